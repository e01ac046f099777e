# SPDX-License-Identifier: BSD-3-Clause
"""Known entries of a symmetric tensor as measurements of it."""

import numpy as np
from scipy.sparse import csr_array

from .measurements import Measurements


class EntryMeasurements(Measurements):
    """Distinct entries, each times the root of how often it stands in the array.

    So they keep the norm, and white symmetric noise has one size in all of them.

    Parameters
    ----------
    target : KnownEntries
    """

    def __init__(self, target):
        indices, n_features = target.indices, target.n_features
        n, self._order = indices.shape
        self._indices, roots = indices, np.sqrt(target.multiplicity)
        self._share = roots ** (1 / self._order)  # of each factor of an entry
        rows, shape = np.arange(n), (n, n_features)
        self._modes = [
            csr_array((self._share, (rows, indices[:, mode])), shape=shape)
            for mode in range(self._order)
        ]
        uniform = np.full(n, 1 / n)
        super().__init__(target.values * roots, uniform, n, n_features, intercept=False)

    def project(self, V, block):
        """The factors of each entry of ``v^{⊗l}``, of shape (n, l, k)."""
        return V[self._indices[block]] * self._share[block, None, None]

    def values(self, projection, order):
        """Their products."""
        return projection.prod(axis=1)

    def _others(self, projection):
        for mode in range(self._order):
            yield mode, np.delete(projection, mode, axis=1).prod(axis=1)

    def pull_back(self, R, projection, order, block):
        """``1/l`` times the gradient of ``sum_n R_n A_n(v^{⊗l})``."""
        return (
            sum(
                self._modes[mode][block].T @ (R * others)
                for mode, others in self._others(projection)
            )
            / order
        )

    def slopes(self, projection, order, block):
        """``1/l`` times the gradient of each value."""
        rows = np.arange(len(projection))
        slopes = np.zeros((len(rows), self.n_features, projection.shape[2]))
        share = self._share[block, None] / order
        for mode, others in self._others(projection):
            slopes[rows, self._indices[block, mode]] += others * share
        return slopes
