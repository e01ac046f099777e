# SPDX-License-Identifier: BSD-3-Clause
"""The families of exact tensors that are decomposed."""

from dataclasses import dataclass, field

import numpy as np

from sklearn_overtensor.algebra.cp import cp_to_dense
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.machine.backend import load_backend


@dataclass(frozen=True)
class Family:
    """Random exact tensors of one kind and size.

    Attributes
    ----------
    label : str
        What readers see.
    d, r, l : int
        Features, terms, order.
    options : dict
        What ``make_symmetric_cp`` is told beside the sizes.
    uniform : bool
        Components with entries uniform in [0, 1] instead: all nearly parallel.
    """

    label: str
    d: int
    r: int
    l: int
    options: dict = field(default_factory=dict)
    uniform: bool = False

    def make(self, seed):
        """Tensor, weights and components of one seed."""
        if self.uniform:
            return _make_uniform(self.d, self.r, self.l, seed)
        data = make_symmetric_cp(
            self.d, self.r, self.l, random_state=seed, **self.options
        )
        return data.tensor, data.weights, data.components


def _make_uniform(d, r, l, seed):
    rng = np.random.RandomState(seed)
    components = rng.uniform(size=(r, d))
    components /= np.linalg.norm(components, axis=1, keepdims=True)
    weights = np.sort(rng.uniform(0.5, 2.0, size=r))[::-1]
    tensor = cp_to_dense(load_backend("numpy"), weights, components.T, l)
    return tensor, weights, components


def _family(kind, d, r, l, uniform=False, **options):
    label = f"{LABELS[kind]} ({d}, {r}, {l})"
    return f"{kind}-{d}-{r}-{l}", Family(label, d, r, l, options, uniform)


LABELS = {
    "gaussian": "Gaussian",
    "signed": "signed",
    "collinear": "cosine 0.9",
    "collinear-signed": "cosine 0.9, signed",
    "collinear-half": "cosine 0.5",
    "orthogonal": "orthogonal",
    "uniform": "uniform [0, 1]",
}


FAMILIES = dict(
    [
        _family("gaussian", 20, 5, 3),
        _family("gaussian", 30, 10, 3),
        _family("gaussian", 100, 20, 3),
        _family("collinear", 20, 8, 3, collinearity=0.9),
        _family("gaussian", 15, 20, 3),
        _family("gaussian", 15, 30, 3),
        _family("signed", 8, 16, 4, signed=True),
        _family("signed", 8, 32, 4, signed=True),
        _family("signed", 6, 18, 4, signed=True),
        _family("collinear-signed", 20, 5, 4, collinearity=0.9, signed=True),
        _family("orthogonal", 30, 30, 3, orthogonal=True),
        _family("gaussian", 50, 50, 3),
        *(
            _family("uniform", d, r, l, uniform=True)
            for l in (3, 4)
            for d in (6, 10, 20)
            for r in (5, 10)
        ),
        _family("gaussian", 200, 20, 3),
        _family("signed", 60, 10, 4, signed=True),
        *(
            _family("signed", d, r, l, signed=True)
            for d, r, l in (
                (10, 40, 4),
                (20, 100, 4),
                (20, 180, 4),
                (40, 200, 4),
                (10, 30, 5),
                (6, 20, 6),
            )
        ),
        _family("collinear-half", 30, 28, 3, collinearity=0.5),
        _family("gaussian", 100, 100, 3),
        _family("gaussian", 60, 150, 3),
    ]
)
# A cross-section that runs in about two minutes.
QUICK = (
    "gaussian-20-5-3",
    "collinear-20-8-3",
    "gaussian-15-20-3",
    "signed-8-16-4",
    "uniform-10-5-3",
)
