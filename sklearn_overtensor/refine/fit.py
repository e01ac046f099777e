# SPDX-License-Identifier: BSD-3-Clause
"""What rooms hand to one another: terms, and what they leave of a target."""

from dataclasses import dataclass, replace
from functools import cached_property
from math import nan, sqrt

import numpy as np


@dataclass(frozen=True)
class Fit:
    """A sum of terms ``a_i u_i^{⊗l}``, and what it leaves of a target."""

    vectors: np.ndarray  # columns u_i, (d, k)
    signs: np.ndarray  # a_i, 1 or -1, (k,)
    order: int  # l
    squared: float = nan  # norm of the remainder; NaN where nobody has asked yet

    def __len__(self):
        return len(self.signs)

    @cached_property
    def terms(self):
        """Weights and unit directions."""
        return split(self.vectors, self.signs, self.order)

    @classmethod
    def of_terms(cls, weights, directions, order):
        """These terms, not fitted to anything."""
        return cls(*join(weights, directions, order), order)

    @classmethod
    def empty(cls, target):
        """No terms."""
        size = target.n_features
        return cls(np.empty((size, 0)), np.empty(0), target.order, target.squared_norm)

    def at(self, vectors, squared=nan):
        """Other vectors with the same signs."""
        return replace(self, vectors=vectors, squared=squared)

    def residual(self, target):
        """Relative norm of the remainder."""
        return sqrt(self.squared / target.squared_norm)

    def measured(self, target):
        """The same terms, with what they leave of this target."""
        return replace(self, squared=target.difference(self.signs, self.vectors)[0])

    def plus(self, weights, directions):
        """With more terms, not fitted again."""
        vectors, signs = join(weights, directions, self.order)
        vectors = np.column_stack([self.vectors, vectors])
        return Fit(vectors, np.append(self.signs, signs), self.order)

    def without(self, index):
        """Without one term or some, not fitted again."""
        vectors = np.delete(self.vectors, index, axis=1)
        return Fit(vectors, np.delete(self.signs, index), self.order)


def split(vectors, signs, order):
    """Signed weights ``a_i ||u_i||^l`` and unit directions of ``a_i u_i^{⊗l}``."""
    norms = np.linalg.norm(vectors, axis=0)
    return signs * norms**order, vectors / np.where(norms > 0, norms, 1.0)


def join(weights, directions, order):
    """Vectors ``u_i`` and signs ``a_i`` from signed weights and unit directions."""
    signs = np.where(weights < 0, -1.0, 1.0)
    if order % 2:
        directions, signs = directions * signs, np.ones_like(signs)
    return directions * np.abs(weights) ** (1 / order), signs
