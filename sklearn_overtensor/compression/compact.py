# SPDX-License-Identifier: BSD-3-Clause
"""A small dense symmetric tensor with each repeated entry stored once."""

import numpy as np
from scipy.linalg import lstsq

from ..algebra.contracted import Contracted
from ..algebra.cp import integer_power
from ..algebra.monomials import monomial_table, monomials


class CompactTarget(Contracted):
    """A dense symmetric tensor as a matrix ``(d, C(d + l - 2, l - 1))``.

    It is the mode-1 unfolding without its repeated columns.

    Parameters
    ----------
    tensor : ndarray of shape (d,) * order
        Symmetric.

    Notes
    -----
    ``contract(V) = T_(1) diag(multiplicity) K(V)`` with ``K`` the monomials of degree
    ``l - 1``: one matrix product, ``(l - 1)!`` times smaller than with the whole
    unfolding.
    """

    def __init__(self, tensor):
        self.order = tensor.ndim
        self.n_features = len(tensor)
        _, indices, self.multiplicity = monomial_table(self.n_features, self.order - 1)
        flat = np.ravel_multi_index(indices.T, (self.n_features,) * (self.order - 1))
        self.unfolding = tensor.reshape(self.n_features, -1).take(flat, axis=1)
        self._weighted = self.unfolding * self.multiplicity
        self.squared_norm = float(np.vdot(self.unfolding, self._weighted))

    def bound_of_forms(self):
        """Largest singular value of the mode-1 unfolding: no form is larger."""
        return float(np.linalg.norm(self.unfolding * np.sqrt(self.multiplicity), 2))

    def contract(self, vectors):
        """Columns ``T(v, ..., v, ·)`` for the columns of ``vectors (d, m)``."""
        return self._weighted @ monomials(vectors, self.order - 1)

    def difference(self, signs, vectors):
        """``||D||^2`` and ``D(u_i^{l-1}, ·)`` for ``D = T - sum_i a_i u_i^{⊗l}``.

        From the explicit difference, so that nothing cancels.
        """
        powers = monomials(vectors, self.order - 1)
        gap = self.unfolding - (vectors * signs) @ powers.T
        weighted = gap * self.multiplicity
        return float(np.vdot(gap, weighted)), weighted @ powers


def least_squares_weights(target, directions):
    """Weights of the terms with these directions that fit a target best."""
    forms = np.sum(directions * target.contract(directions), axis=0)
    return lstsq(integer_power(directions.T @ directions, target.order), forms)[0]
