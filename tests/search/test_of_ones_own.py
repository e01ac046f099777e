# SPDX-License-Identifier: BSD-3-Clause
"""A solver and a target of one's own work wherever the package's do."""

import numpy as np
import pytest

from sklearn_overtensor import (
    OverparamSymmetricCP,
    overparam_symmetric_cp,
    symmetric_cp_path,
)
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.decompose.parameters import CONSTRAINTS
from sklearn_overtensor.metrics import factor_match_score
from sklearn_overtensor.search import SOLVERS
from sklearn_overtensor.solvers.result import SolverResult

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
TRUTH = make_symmetric_cp(6, 3, collinearity=0.3, random_state=0)


class BareTarget:
    """Nothing but the four names of the contract."""

    order, n_features = 3, 6
    squared_norm = float(np.sum(TRUTH.tensor**2))

    def contract(self, V):
        return np.einsum("abc,bm,cm->am", TRUTH.tensor, V, V)


def deflation(target, options, random_source, init=None):
    """Power iterations, one term after the other: no descent, no epochs."""
    random_state, size = random_source(), target.n_features
    weights, V = np.empty(0), np.empty((size, 0))
    for _ in range(options.n_components):

        def remainder(v, weights=weights, V=V):
            model = V @ (weights * (V.T @ v) ** (target.order - 1))
            return target.contract(v[:, None])[:, 0] - model

        v = random_state.standard_normal(size)
        for _ in range(200):
            v = remainder(v) + 1e-12 * v
            v /= np.linalg.norm(v)
        weights = np.append(weights, v @ remainder(v))
        V = np.column_stack([V, v])
    return SolverResult(weights, V, epochs=[], stationary=False)


@pytest.fixture
def own_solver(monkeypatch):
    monkeypatch.setitem(SOLVERS, "deflation", deflation)
    # What is allowed is read when the package is imported.
    allowed = CONSTRAINTS["solver"][0]
    monkeypatch.setattr(allowed, "options", {*allowed.options, "deflation"})
    return {"solver": "deflation", "n_components": 6, "random_state": 0}


def check_terms(weights, components):
    score = factor_match_score(
        TRUTH.components, components, TRUTH.weights, weights, order=3
    )
    assert len(weights) == 3
    assert score > 0.999


@pytest.mark.parametrize("data", [TRUTH.tensor, BareTarget()], ids=["array", "bare"])
class TestOfOnesOwn:
    def test_through_fit(self, data, own_solver):
        model = OverparamSymmetricCP(alpha=1e-4, **own_solver).fit(data)
        check_terms(model.weights_, model.components_)

    def test_through_the_function(self, data, own_solver):
        result = overparam_symmetric_cp(data, alpha=1e-4, **own_solver)
        check_terms(result.weights, result.components)

    def test_as_it_is(self, data, own_solver):
        result = overparam_symmetric_cp(data, alpha=1e-4, refine=False, **own_solver)
        assert result.n_components == 6
        assert result.reconstruction_err < 0.3

    def test_through_a_path(self, data, own_solver):
        alphas, results, _ = symmetric_cp_path(data, alphas=[0.3, 1e-4], **own_solver)
        assert len(results) == len(alphas) == 2
        check_terms(results[-1].weights, results[-1].components)

    def test_a_target_takes_the_packages_solvers(self, data):
        for solver in ("lbfgs", "gd"):
            model = OverparamSymmetricCP(
                noise=0, solver=solver, max_epochs=3, max_iter=100, random_state=0
            )
            model.fit(data)
            check_terms(model.weights_, model.components_)
