# SPDX-License-Identifier: BSD-3-Clause
"""``verbose=1`` prints a line an epoch, with the numbers that the result keeps."""

import re

import numpy as np
import pytest

from sklearn_overtensor import (
    OverparamSymmetricCP,
    OverparamSymmetricCPCV,
    overparam_symmetric_cp,
)
from sklearn_overtensor.datasets import make_latent_samples, make_symmetric_cp

LINE = re.compile(
    r"(?:start (?P<start>\d+), )?epoch +(?P<epoch>\d+): objective (?P<objective>\S+), "
    r"relative residual (?P<residual>\S+)"
)
SOLVERS = ("lbfgs", "gd")
OPTIONS = {"alpha": 0.05, "max_iter": 40, "random_state": 0}

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@pytest.fixture(scope="module")
def noisy():
    return make_symmetric_cp(6, 3, noise=0.1, random_state=0).tensor


def printed(capsys):
    lines = capsys.readouterr().out.splitlines()
    # The lines of folds have a test of their own.
    lines = [line for line in lines if not line.startswith("fold")]
    matches = [LINE.fullmatch(line) for line in lines]
    assert lines
    assert all(matches), lines
    return matches


def check_lines(matches, result):
    """One line for each epoch, and the curves of the result in them."""
    assert [int(match["epoch"]) for match in matches] == list(
        range(1, len(result.epoch_ends) + 1)
    )
    objectives = [float(match["objective"]) for match in matches]
    np.testing.assert_allclose(
        objectives, result.loss_curve[result.epoch_ends - 1], rtol=1e-6
    )
    residuals = [float(match["residual"]) for match in matches]
    np.testing.assert_allclose(residuals, result.residual_curve, rtol=1e-2)


@pytest.mark.parametrize("solver", SOLVERS)
def test_a_line_an_epoch(solver, noisy, capsys):
    result = overparam_symmetric_cp(noisy, solver=solver, verbose=1, **OPTIONS)
    matches = printed(capsys)
    assert len(matches) > 1
    assert not any(match["start"] for match in matches)
    check_lines(matches, result)


@pytest.mark.parametrize("solver", SOLVERS)
def test_lines_of_restarts_say_whose_they_are(solver, noisy, capsys):
    options = {"solver": solver, "n_init": 2, **OPTIONS}
    result = overparam_symmetric_cp(noisy, verbose=1, **options)
    matches = printed(capsys)
    starts = [[m for m in matches if m["start"] == start] for start in ("0", "1")]
    assert len(matches) == sum(map(len, starts))
    lowest = [float(lines[-1]["objective"]) for lines in starts]
    kept = [np.isclose(result.loss_curve[-1], loss, rtol=1e-6) for loss in lowest]
    check_lines(starts[kept.index(True)], result)


def test_an_answer_that_is_read_off_is_an_epoch(capsys):
    tensor = make_symmetric_cp(4, 4, random_state=0).tensor
    OverparamSymmetricCP(verbose=1, random_state=0).fit(tensor)
    assert len(printed(capsys)) == 1


def test_the_cv_estimator_prints_its_last_fit(capsys):
    X = make_latent_samples(500, 4, 2, random_state=0).X
    model = OverparamSymmetricCPCV(alphas=[0.1, 0.3], cv=2, verbose=1, random_state=0)
    model.fit(X)
    assert len(printed(capsys)) == model.n_epochs_


def test_silence_by_default(noisy, capsys):
    OverparamSymmetricCP(random_state=0).fit(noisy)
    assert capsys.readouterr().out == ""
