# SPDX-License-Identifier: BSD-3-Clause
"""Tensors with noise: is the number of terms right, and the fit as good as can be?"""

import time
import warnings
from dataclasses import dataclass
from statistics import median

import numpy as np

NOISES = (0.001, 0.01, 0.1, 0.3)
SIGNIFICANCE = 0.05
# The weakest term of uneven weights, beside the strongest of one.
WEAKEST = 0.2
# Decrease of the objective not worth another step, for a target of norm one. Limits of
# noise are 1e-8 and more.
PRECISION = 1e-12


@dataclass(frozen=True)
class Family:
    """Random tensors of one kind."""

    d: int
    r: int
    l: int
    kind: str = ""
    collinearity: float | None = None

    @property
    def label(self):
        """For a table."""
        kind = f"cosine {self.collinearity}" if self.collinearity else self.kind
        return f"({self.d}, {self.r}, {self.l})" + (f" {kind}" if kind else "")

    def make(self, noise, seed):
        """A tensor with noise, the same without, and the true terms."""
        from sklearn_overtensor.datasets import make_symmetric_cp

        data = make_symmetric_cp(
            self.d,
            self.r,
            self.l,
            collinearity=self.collinearity,
            signed=self.kind == "signed",
            noise=noise,
            random_state=seed,
        )
        if self.kind == "uneven":
            return _uneven(data, self.l, noise, seed)
        return data.tensor, data.tensor_clean, data.weights, data.components


FAMILIES = (
    Family(10, 4, 3),
    Family(15, 20, 3),
    Family(8, 6, 4),
    Family(20, 8, 3),
    Family(7, 10, 4),
    Family(12, 5, 5),
    Family(8, 6, 4, "signed"),
    Family(7, 10, 4, "signed"),
    Family(10, 4, 3, "uneven"),
    Family(10, 8, 3, "uneven"),
    Family(10, 4, 3, collinearity=0.8),
    Family(10, 8, 3, collinearity=0.7),
)


def _uneven(data, order, noise, seed):
    """The same components with weights from one down to ``WEAKEST``."""
    from tensorly import cp_to_tensor

    from sklearn_overtensor import symmetrize

    weights = np.linspace(1, WEAKEST, len(data.weights))
    clean = symmetrize(cp_to_tensor((weights, [data.components.T] * order)))
    rng = np.random.default_rng(seed)
    drawn = symmetrize(rng.standard_normal(clean.shape))
    drawn *= noise * np.linalg.norm(clean) / np.linalg.norm(drawn)
    return clean + drawn, clean, weights, data.components


def oracle(tensor, clean, weights, components):
    """Error of the fit that starts from the truth, and whether each term shows.

    A term shows if without it the others, fitted again, leave so much more that noise
    does not explain it.
    """
    from sklearn_overtensor.metrics import relative_error
    from sklearn_overtensor.noise.kinds import WhiteNoise
    from sklearn_overtensor.refine import Fit, levenberg_marquardt
    from sklearn_overtensor.targets import DenseTarget

    order, norm = tensor.ndim, np.linalg.norm(tensor)
    target = DenseTarget(tensor / norm)
    noise = WhiteNoise(len(tensor), order, SIGNIFICANCE)
    truth = Fit.of_terms(weights / norm, components.T, order)
    full = levenberg_marquardt(target, truth)
    found, directions = full.terms
    error = relative_error(clean, (norm * found, [directions] * order))
    for i in range(len(weights)):
        fewer = levenberg_marquardt(target, full.without(i), precision=PRECISION)
        squared = fewer.squared
        limit = noise.limits(directions[:, [i]], squared, len(weights) - 1)[0]
        if squared - full.squared <= limit**2:
            return error, False
    return error, True


def run(family, noise, seed):
    """One fit beside the oracle's."""
    from sklearn_overtensor import OverparamSymmetricCP
    from sklearn_overtensor.metrics import relative_error

    warnings.simplefilter("ignore")
    tensor, clean, weights, components = family.make(noise, seed)
    start = time.perf_counter()
    model = OverparamSymmetricCP(order=family.l, random_state=0).fit(tensor)
    seconds = time.perf_counter() - start
    best, solvable = oracle(tensor, clean, weights, components)
    count = 0 if model.status_ == "noise" else model.n_components_
    return {
        "seed": seed,
        "terms": count,
        "solvable": solvable,
        "error": relative_error(clean, model.cp_tensor_) / best,
        "seconds": seconds,
    }


def summarise(family, noise, found):
    """One line: a family at one size of the noise."""
    right = [one for one in found if one["terms"] == family.r]
    solvable = [one for one in found if one["solvable"]]
    wrong = [
        one
        for one in found
        if one["terms"] > family.r or (one["solvable"] and one["terms"] < family.r)
    ]
    errors = [one["error"] for one in right] or [float("nan")]
    return {
        "family": family.label,
        "noise": noise,
        "runs": len(found),
        "solvable": len(solvable),
        "right": sum(one["terms"] == family.r for one in solvable),
        "more": sum(one["terms"] > family.r for one in found),
        "median error": round(median(errors), 4),
        "max error": round(max(errors), 4),
        "seconds": round(median(one["seconds"] for one in found), 4),
        "wrong (seed: terms)": " ".join(
            f"{one['seed']}:{one['terms']}" for one in wrong
        ),
    }


def measure(each, n_seeds, quick=False):
    """Lines of the table.

    Parameters
    ----------
    each : callable
        ``each(function, tuples of arguments)`` calls it for all, in parallel.
    n_seeds : int
    quick : bool, default=False
    """
    families = FAMILIES[:1] + FAMILIES[2:3] + FAMILIES[8:9] if quick else FAMILIES
    cells = [(family, noise) for family in families for noise in NOISES]
    found = each(run, [(*cell, seed) for cell in cells for seed in range(n_seeds)])
    return [
        summarise(*cell, found[i * n_seeds : (i + 1) * n_seeds])
        for i, cell in enumerate(cells)
    ]
