# SPDX-License-Identifier: BSD-3-Clause
"""Ways to a decomposition with noise: ours, peers told the rank, peers choosing it.

Each function takes a :class:`_noisy_problems.Problem` and a seed, and returns weights
and one factor a mode.
"""

import warnings
from functools import partial

import numpy as np
import pyttb
from scipy.optimize import minimize
from solvers.symmetric_lbfgs import _loss_and_gradient, _split
from tensorly.decomposition import parafac

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.baselines import JennrichCP, SubspacePowerCP
from sklearn_overtensor.metrics import relative_error
from sklearn_overtensor.targets import DenseTarget

# Iterations of the peers, and the change of the relative error that ends them: beside
# noise of 1 % nothing is gained by more.
MAX_ITER, TOL = 1000, 1e-8
# Iterations at each rank of those that are compared; TensorLy makes 100 by default.
FEW_ITER = 100
# Starts of L-BFGS where it is told the rank, and at each rank where it chooses.
STARTS, FEW_STARTS = 10, 3


def ours(problem, seed):
    """Told the statistic and its order."""
    model = OverparamSymmetricCP(random_state=seed, **problem.options)
    model.fit(problem.data)
    if model.status_ == "noise":
        return np.zeros(0), [np.zeros((problem.d, 0))] * problem.order
    return model.cp_tensor_


def tensorly_parafac(tensor, rank, seed, init, max_iter=MAX_ITER):
    """Alternating least squares."""
    return parafac(
        tensor, rank, n_iter_max=max_iter, init=init, tol=TOL, random_state=seed
    )


def pyttb_cp_als(tensor, rank, seed):
    """The same of the Tensor Toolbox."""
    rng = np.random.RandomState(seed)
    start = pyttb.ktensor([rng.uniform(size=(d, rank)) for d in tensor.shape])
    model, _, _ = pyttb.cp_als(
        pyttb.tensor(tensor),
        rank,
        stoptol=TOL,
        maxiters=MAX_ITER,
        init=start,
        printitn=0,
    )
    return model.weights, model.factor_matrices


def symmetric_lbfgs(tensor, rank, seed, starts=STARTS, max_iter=MAX_ITER):
    """The best of several starts."""
    rng, d, order = np.random.RandomState(seed), len(tensor), tensor.ndim
    scale = np.linalg.norm(tensor)
    target, best = DenseTarget(tensor / scale), None
    for _ in range(starts):
        vectors = rng.standard_normal((d, rank))
        vectors /= np.linalg.norm(vectors, axis=0)
        weights = np.full(rank, 1 / rank)
        if order % 2:
            vectors *= rank ** (-1 / order)
        else:
            pull = np.sum(vectors * target.contract(vectors), axis=0)
            gram = (vectors.T @ vectors) ** order
            weights = np.linalg.lstsq(gram, pull, rcond=None)[0]
        found = minimize(
            _loss_and_gradient,
            np.concatenate([weights, vectors.ravel()]),
            args=(target, rank),
            jac=True,
            method="L-BFGS-B",
            options={"maxiter": max_iter, "ftol": TOL**1.25, "gtol": 1e-7}
            | {"maxcor": 20},
        )
        if best is None or found.fun < best.fun:
            best = found
    weights, vectors = _split(best.x, d, rank)
    return scale * (np.ones(rank) if order % 2 else weights), [vectors] * order


def of_baseline(tensor, rank, seed, estimator, **options):
    """A method of ``sklearn_overtensor.baselines``."""
    return estimator(rank, random_state=seed, **options).fit(tensor).cp_tensor_


FITS = {
    "tensorly-parafac[init=random]": partial(tensorly_parafac, init="random"),
    "tensorly-parafac[init=svd]": partial(tensorly_parafac, init="svd"),
    "pyttb-cp-als": pyttb_cp_als,
    "symmetric-lbfgs": symmetric_lbfgs,
    "subspace-power": partial(of_baseline, estimator=SubspacePowerCP),
    "jennrich": partial(of_baseline, estimator=JennrichCP),
}


def told(problem, seed, fit):
    """At the true rank."""
    return fit(problem.tensor(), problem.rank, seed)


def held_out(problem, seed, fit, few):
    """At the rank that tells one half from the other best."""
    first, second = problem.halves()
    errors = [relative_error(second, few(first, k, seed)) for k in problem.ranks()]
    return fit(problem.tensor(), int(np.argmin(errors)) + 1, seed)


def elbow(problem, seed, fit, few):
    """At the rank where the error bends most: farthest below the line of its ends."""
    tensor = problem.tensor()
    errors = [relative_error(tensor, few(tensor, k, seed)) for k in problem.ranks()]
    line = np.linspace(errors[0], errors[-1], len(errors))
    return fit(tensor, int(np.argmax(line - errors)) + 1, seed)


_SVD = {
    "fit": FITS["tensorly-parafac[init=svd]"],
    "few": partial(tensorly_parafac, init="svd", max_iter=FEW_ITER),
}
_LBFGS = {
    "fit": symmetric_lbfgs,
    "few": partial(symmetric_lbfgs, starts=FEW_STARTS, max_iter=FEW_ITER),
}
CHOOSERS = {
    "parafac[svd], held out": partial(held_out, **_SVD),
    "parafac[svd], elbow": partial(elbow, **_SVD),
    "symmetric-lbfgs, held out": partial(held_out, **_LBFGS),
    "symmetric-lbfgs, elbow": partial(elbow, **_LBFGS),
}
METHODS = (
    {"ours": ours}
    | {name: partial(told, fit=fit) for name, fit in FITS.items()}
    | CHOOSERS
)


def quietly(method, problem, seed):
    """The answer, or None where the method fails on such data."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        try:
            weights, factors = method(problem, seed)
        except (ArithmeticError, ValueError, np.linalg.LinAlgError):
            return None
    finite = all(np.isfinite(part).all() for part in [weights, *factors])
    return (np.asarray(weights), factors) if finite else None
