# SPDX-License-Identifier: BSD-3-Clause
"""What is decomposed in the comparison with noise."""

from dataclasses import dataclass

import numpy as np
from _noise_samples import KINDS, draw_sources
from _noise_tensors import Family, oracle

from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.metrics import relative_error
from sklearn_overtensor.targets import CumulantTarget

ROWS = 10_000
# Ranks that are compared beyond the true one.
BEYOND = 4
# Cumulants of the distributions of the sources at the orders where they show.
CUMULANTS = {"exponential": 2.0, "Laplace": 12.0}


@dataclass
class Problem:
    """A tensor, or rows, with what is true of it.

    ``tensor()`` is what the peers decompose, formed anew at each call, and ``halves()``
    two with independent noise whose mean it is; ``data`` is what ours gets.
    """

    rank: int
    order: int
    data: np.ndarray
    weights: np.ndarray
    components: np.ndarray
    options: dict
    tensor: object
    halves: object

    @property
    def d(self):
        return self.components.shape[1]

    def ranks(self):
        """Those from which a user of a peer chooses."""
        return range(1, self.rank + BEYOND + 1)

    def error(self, model):
        """Relative error beside the truth."""
        return relative_error(self.truth, model)

    @property
    def truth(self):
        return self.weights, [self.components.T] * self.order

    def oracle(self):
        """That of least squares at the true rank from the truth."""
        from tensorly import cp_to_tensor

        clean = cp_to_tensor(self.truth)
        return oracle(self.tensor(), clean, self.weights, self.components)[0]


@dataclass(frozen=True)
class Noisy:
    """A tensor with white noise."""

    family: Family
    noise: float

    @property
    def label(self):
        return f"{self.family.label}, noise {self.noise:.0%}"

    def make(self, seed):
        """Two copies with more noise, and their mean."""
        family = self.family
        tensor, clean, weights, components = family.make(self.noise, seed)
        other = make_symmetric_cp(
            family.d, 1, family.l, noise=self.noise, random_state=1000 + seed
        )
        more = other.tensor - other.tensor_clean
        more *= np.linalg.norm(tensor - clean) / np.linalg.norm(more)
        return Problem(
            family.r,
            family.l,
            tensor,
            weights,
            components,
            {"order": family.l},
            lambda: tensor,
            lambda: (tensor + more, tensor - more),
        )


@dataclass(frozen=True)
class Rows:
    """Mixtures of independent sources; their cumulant is what is decomposed."""

    kind: str
    d: int
    r: int

    @property
    def label(self):
        order = KINDS[self.kind][1]
        return f"({self.d}, {self.r}, {order}) {self.kind} sources, 10,000 rows"

    def make(self, seed):
        """Rows, and the cumulants of all and of halves."""
        rng, order = np.random.default_rng(seed), KINDS[self.kind][1]
        mixing = rng.standard_normal((self.d, self.r))
        X = draw_sources(self.kind, ROWS, self.r, rng) @ mixing.T
        lengths = np.linalg.norm(mixing, axis=0)

        def cumulant(rows):
            return CumulantTarget(rows, order=order).to_dense()

        return Problem(
            self.r,
            order,
            X,
            CUMULANTS[self.kind] * lengths**order,
            (mixing / lengths).T,
            {"order": order, "statistic": "cumulant"},
            lambda: cumulant(X),
            lambda: (cumulant(X[::2]), cumulant(X[1::2])),
        )


CELLS = [
    Noisy(family, noise)
    for family in (
        Family(10, 4, 3),
        Family(20, 8, 3),
        Family(10, 13, 3),
        Family(8, 6, 4, "signed"),
        Family(10, 4, 3, collinearity=0.8),
    )
    for noise in (0.01, 0.1)
] + [
    Rows("exponential", 8, 4),
    Rows("exponential", 8, 8),
    Rows("exponential", 6, 8),
    Rows("Laplace", 6, 6),
]
