# SPDX-License-Identifier: BSD-3-Clause
"""Terms ``a_i u_i^{⊗l_i}`` of several orders at once."""

from dataclasses import dataclass

import numpy as np

from ..refine import join, merge_parallel, split


@dataclass(frozen=True)
class MixedTerms:
    """Terms of a polynomial, each with an order of its own.

    Attributes
    ----------
    vectors : ndarray of shape (d, k)
    signs : ndarray of shape (k,)
        Of even orders 1 or -1; of odd ones 1.
    orders : ndarray of int of shape (k,)
        Ascending.
    """

    vectors: np.ndarray
    signs: np.ndarray
    orders: np.ndarray

    def __len__(self):
        return len(self.orders)

    @classmethod
    def empty(cls, n_features):
        """No terms."""
        return cls(np.empty((n_features, 0)), np.empty(0), np.empty(0, dtype=int))

    @classmethod
    def of_order(cls, weights, directions, order):
        """From signed weights and directions of one order."""
        vectors, signs = join(weights, directions, order)
        return cls(vectors, signs, np.full(len(signs), order))

    def plus(self, *others):
        """With other terms."""
        parts = (self, *others)
        orders = np.concatenate([part.orders for part in parts])
        sequence = np.argsort(orders, kind="stable")
        vectors = np.column_stack([part.vectors for part in parts])
        signs = np.concatenate([part.signs for part in parts])
        return MixedTerms(vectors[:, sequence], signs[sequence], orders[sequence])

    def take(self, kept):
        """Some of the terms: indices or a mask."""
        return MixedTerms(self.vectors[:, kept], self.signs[kept], self.orders[kept])

    def moved(self, step):
        """The same terms with other vectors."""
        return MixedTerms(self.vectors + step, self.signs, self.orders)

    def groups(self):
        """Each order with the slice of its terms."""
        # Of a few numbers lists are faster, and every step of a descent asks.
        orders, start = self.orders.tolist(), 0
        for order in sorted(set(orders)):
            stop = start + orders.count(order)
            yield order, slice(start, stop)
            start = stop

    def canonical(self):
        """The same polynomial from as few terms as are seen without a fit.

        Parallel terms of an order are one. Those of order 1 add up to one; those of
        order 2 are the eigenvectors of a matrix, for squares of other vectors can make
        the same.
        """
        parts = [MixedTerms.empty(len(self.vectors))]
        for order, group in self.groups():
            weights, directions = split(
                self.vectors[:, group], self.signs[group], order
            )
            if order == 1:
                total = self.vectors[:, group].sum(axis=1)
                weights = np.array([np.linalg.norm(total)])
                directions = total[:, None] / (weights or 1.0)
            elif order == 2:
                weights, directions = eigenterms((directions * weights) @ directions.T)
            else:
                weights, directions = merge_parallel(weights, directions, order)
            heavy = weights != 0
            parts.append(
                MixedTerms.of_order(weights[heavy], directions[:, heavy], order)
            )
        return MixedTerms.plus(*parts)


def eigenterms(matrix):
    """Eigenvalues that are not rounding and their eigenvectors."""
    values, vectors = np.linalg.eigh(matrix)
    sizes = np.abs(values)
    kept = sizes > 1e-13 * sizes.max(initial=0.0)
    return values[kept], vectors[:, kept]


def heaviest(terms, count):
    """The terms of the largest weights."""
    sizes = np.linalg.norm(terms.vectors, axis=0) ** terms.orders
    return terms.take(np.sort(np.argsort(-sizes, kind="stable")[:count]))
