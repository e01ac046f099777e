# SPDX-License-Identifier: BSD-3-Clause
"""Ctrl-C keeps the best model so far, and a warm start goes on from it."""

import numpy as np
import pytest
import tensorly as tl
from sklearn.exceptions import ConvergenceWarning, NotFittedError
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_info, threadpool_limits

from sklearn_overtensor import OverparamSymmetricCP, overparam_symmetric_cp
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.metrics import relative_error

from .interrupts import CtrlC, check_consistent, fit_interrupted

SOLVERS = ("lbfgs", "gd")
# On the tensor `noisy` either solver takes several epochs.
OPTIONS = {
    "lbfgs": {"alpha": 0.05, "random_state": 0},
    "gd": {"alpha": 0.05, "random_state": 0, "max_epochs": 4, "max_iter": 40},
}


def objective(weights, error, tensor, alpha=0.05):
    """What alpha asks for: fewer terms may leave more."""
    return 0.5 * error**2 + alpha * np.abs(weights).sum() / np.linalg.norm(tensor)


class HiddenTensor:
    """A target that shows its contractions alone, and interrupts the given ones."""

    def __init__(self, tensor, interrupted=()):
        self.tensor, self.interrupted, self.calls = tensor, interrupted, 0
        self.order, self.n_features = tensor.ndim, len(tensor)
        self.squared_norm = float(np.sum(tensor**2))

    def contract(self, V):
        self.calls += 1
        if self.calls in self.interrupted:
            raise KeyboardInterrupt
        return np.einsum("abc,am,bm->cm", self.tensor, V, V)


@pytest.fixture(scope="module")
def noisy():
    return make_symmetric_cp(6, 3, noise=0.1, random_state=0).tensor


@pytest.mark.parametrize(
    ("solver", "refine", "n_epochs"),
    [("lbfgs", True, 2), ("lbfgs", False, 1), ("gd", True, 2), ("gd", False, 2)],
)
def test_the_best_epoch_is_kept(solver, refine, n_epochs, noisy):
    model = OverparamSymmetricCP(solver=solver, refine=refine, **OPTIONS[solver])
    fit_interrupted(model, noisy, CtrlC(epoch=n_epochs))
    assert (model.status_, model.n_epochs_) == ("interrupted", n_epochs)
    check_consistent(model, noisy)
    lowest = min(model.loss_curve_[model.epoch_ends_ - 1])
    if refine:  # a fit without the penalty is closer
        assert model.reconstruction_err_ < min(model.residual_curve_)
    else:
        size = np.abs(model.weights_).sum() / np.linalg.norm(noisy)
        objective = 0.5 * model.reconstruction_err_**2 + 0.05 * size
        assert objective == pytest.approx(lowest, rel=1e-6)


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_warm_start_ends_as_good_as_an_uninterrupted_fit(solver, noisy):
    model = OverparamSymmetricCP(solver=solver, warm_start=True, **OPTIONS[solver])
    fit_interrupted(model, noisy, CtrlC(epoch=1))
    model.fit(noisy)
    assert model.status_ != "interrupted"
    plain = OverparamSymmetricCP(solver=solver, **OPTIONS[solver]).fit(noisy)
    found, expected = (
        objective(one.weights_, one.reconstruction_err_, noisy)
        for one in (model, plain)
    )
    assert found <= expected + 1e-6


def test_a_warm_start_finds_the_exact_answer():
    tensor = make_symmetric_cp(8, 16, order=4, random_state=1).tensor
    model = OverparamSymmetricCP(refine=False, alpha=1e-3, random_state=0)
    fit_interrupted(model, tensor, CtrlC(epoch=1))
    model.set_params(refine=True, warm_start=True).fit(tensor)
    assert (model.status_, model.n_components_) == ("exact", 16)
    check_consistent(model, tensor)


def test_what_is_kept_may_be_exact():
    """A model of the search for an exact answer, in whitened coordinates."""
    tensor = make_symmetric_cp(6, 8, random_state=3).tensor
    model = OverparamSymmetricCP(n_components=10, random_state=0)
    fit_interrupted(model, tensor, CtrlC(epoch=0, at_end=True))
    assert (model.status_, model.n_epochs_) == ("exact", 1)
    check_consistent(model, tensor)


def test_what_is_kept_has_at_most_rank_terms(noisy):
    model = OverparamSymmetricCP(rank=2, **OPTIONS["lbfgs"])
    fit_interrupted(model, noisy, CtrlC(epoch=1))
    assert model.n_components_ <= 2


@pytest.mark.parametrize("refine", [True, False])
@pytest.mark.parametrize("solver", SOLVERS)
def test_the_function_keeps_it_too_and_goes_on(solver, refine, noisy):
    options = {"solver": solver, "refine": refine, **OPTIONS[solver]}
    least_squares = solver == "lbfgs" and refine  # each fit is an epoch of its own

    def interrupt(seen):
        if (seen.epoch, seen.iteration) == (2, 1 if least_squares else 3):
            raise KeyboardInterrupt

    with pytest.warns(ConvergenceWarning, match="pass it as init"):
        kept = overparam_symmetric_cp(noisy, observer=interrupt, **options)
    assert (kept.status, kept.n_epochs) == ("interrupted", 1)
    error = relative_error(noisy, tl.cp_to_tensor(kept.cp_tensor))
    assert kept.reconstruction_err == pytest.approx(error)
    init = kept.weights, kept.components
    resumed = overparam_symmetric_cp(noisy, init=init, **options)
    plain = overparam_symmetric_cp(noisy, **options)
    # Without refinement both are minima of the penalised objective.
    slack = 1e-6 if refine else 1e-2
    found, expected = (
        objective(one.weights, one.reconstruction_err, noisy)
        for one in (resumed, plain)
    )
    assert found <= expected + slack


@pytest.mark.parametrize("refine", [True, False])
@pytest.mark.parametrize("solver", SOLVERS)
def test_an_interrupt_at_any_contraction_is_kept_or_raised(solver, refine, noisy):
    options = {"solver": solver, "refine": refine, **OPTIONS[solver]}
    undisturbed = HiddenTensor(noisy)
    plain = overparam_symmetric_cp(undisturbed, **options)
    outcomes = []
    for call in np.linspace(1, undisturbed.calls, 12).astype(int):
        try:
            with pytest.warns(ConvergenceWarning):
                kept = overparam_symmetric_cp(HiddenTensor(noisy, {call}), **options)
        except KeyboardInterrupt:
            outcomes.append("raised")
            continue
        outcomes.append(kept.status)
        error = relative_error(noisy, tl.cp_to_tensor(kept.cp_tensor))
        if np.isnan(kept.reconstruction_err):  # interrupted while it was computed
            outcomes[-1] = "without a residual"
            assert error < 1
        else:
            assert kept.reconstruction_err == pytest.approx(error, abs=1e-6)
        assert 1 <= kept.n_epochs <= plain.n_epochs
    # Raised before an epoch has ended, kept from there on.
    assert outcomes[0] == "raised"
    first = outcomes.index("interrupted")
    assert set(outcomes[:first]) == {"raised"}
    assert set(outcomes[first:]) <= {"interrupted", "without a residual"}


@pytest.mark.parametrize("solver", SOLVERS)
def test_the_second_interrupt_is_raised(solver, noisy):
    undisturbed = HiddenTensor(noisy)
    overparam_symmetric_cp(undisturbed, solver=solver, **OPTIONS[solver])
    late = range(undisturbed.calls // 2, 10**6)
    with pytest.raises(KeyboardInterrupt):
        overparam_symmetric_cp(
            HiddenTensor(noisy, late), solver=solver, **OPTIONS[solver]
        )


@pytest.mark.parametrize("solver", SOLVERS)
def test_before_the_first_epoch_has_ended_it_is_raised(solver, noisy):
    model = OverparamSymmetricCP(solver=solver, **OPTIONS[solver])
    model.set_callbacks(CtrlC(epoch=0))
    with pytest.raises(KeyboardInterrupt):
        model.fit(noisy)
    with pytest.raises(NotFittedError):
        check_is_fitted(model)


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_restart_that_was_interrupted_counts_with_those_before(solver, noisy):
    first = OverparamSymmetricCP(solver=solver, **OPTIONS[solver]).fit(noisy)
    model = OverparamSymmetricCP(solver=solver, n_init=3, **OPTIONS[solver])
    fit_interrupted(model, noisy, CtrlC(epoch=1, restart=1))
    assert model.status_ == "interrupted"
    assert model.reconstruction_err_ <= first.reconstruction_err_
    check_consistent(model, noisy)


def test_restarts_that_have_ended_are_kept(noisy):
    first = OverparamSymmetricCP(**OPTIONS["lbfgs"]).fit(noisy)
    model = OverparamSymmetricCP(n_init=3, **OPTIONS["lbfgs"])
    fit_interrupted(model, noisy, CtrlC(epoch=0, restart=1))
    np.testing.assert_array_equal(model.components_, first.components_)
    assert model.status_ == "interrupted"
    model.set_callbacks(CtrlC(epoch=0, restart=0))
    with pytest.raises(KeyboardInterrupt):
        model.fit(noisy)


@pytest.mark.parametrize("solver", SOLVERS)
def test_backend_and_threads_are_as_they_were(solver, noisy, context):
    def blas_threads():
        pools = threadpool_info()
        return [pool["num_threads"] for pool in pools if pool["user_api"] == "blas"]

    model = OverparamSymmetricCP(solver=solver, **OPTIONS[solver])
    with threadpool_limits(2, user_api="blas"):
        before = tl.get_backend(), blas_threads()
        fit_interrupted(model, context.asarray(noisy), CtrlC(epoch=1))
        assert (tl.get_backend(), blas_threads()) == before
    assert isinstance(model.components_, np.ndarray)
    check_consistent(model, noisy)
