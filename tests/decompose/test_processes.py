# SPDX-License-Identifier: BSD-3-Clause
"""Restarts and folds in joblib's processes: what one process gives.

They take seconds to start. All that needs them is here, so that it meets the same two.
"""

import numpy as np
import pytest
from joblib import Parallel, cpu_count, delayed
from sklearn.model_selection import GridSearchCV

from sklearn_overtensor import OverparamSymmetricCP, OverparamSymmetricCPCV
from sklearn_overtensor.datasets import make_latent_samples, make_symmetric_cp
from sklearn_overtensor.decompose.parameters import SOLVERS

from .interrupts import CtrlC, check_consistent, fit_interrupted

quiet = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
SEVERAL_EPOCHS = {"alpha": 0.05, "random_state": 0}


def own_score(estimator, X, y, sample_weight=None):
    """The score of the estimator; ``scoring=None`` fails in scikit-learn 1.9.1."""
    return estimator.score(X, y, sample_weight=sample_weight)


@pytest.fixture
def monitor():
    callback = pytest.importorskip("sklearn.callback", reason="scikit-learn has none")
    return callback.ScoringMonitor(scoring={"score": own_score})


@pytest.fixture(scope="module")
def noisy():
    return make_symmetric_cp(6, 3, noise=0.1, random_state=0).tensor


@quiet
@pytest.mark.parametrize("solver", SOLVERS)
def test_restarts_do_not_depend_on_n_jobs(solver):
    tensor = make_symmetric_cp(6, 2, random_state=0).tensor
    settings = {"solver": solver, "n_init": 3, "random_state": 5}
    settings = {**settings, "max_epochs": 2, "max_iter": 100}
    one = OverparamSymmetricCP(n_jobs=1, **settings).fit(tensor)
    many = OverparamSymmetricCP(n_jobs=2, **settings).fit(tensor)
    np.testing.assert_array_equal(one.components_, many.components_)
    np.testing.assert_array_equal(one.loss_curve_, many.loss_curve_)


@quiet
def test_restarts_on_torch():
    pytest.importorskip("torch")
    tensor = make_symmetric_cp(6, 2, random_state=0).tensor
    settings = {"backend": "pytorch", "n_init": 2, "random_state": 0}
    settings = {**settings, "max_epochs": 3, "max_iter": 150}
    one = OverparamSymmetricCP(8, n_jobs=1, **settings).fit(tensor)
    two = OverparamSymmetricCP(8, n_jobs=2, **settings).fit(tensor)
    np.testing.assert_allclose(one.components_, two.components_, rtol=1e-6)


@quiet
def test_folds_tell_the_same_and_choose_the_same(capsys):
    X = make_latent_samples(2000, 5, 4, random_state=0).X
    settings = {"order": 4, "statistic": "cumulant", "random_state": 0, "n_init": 2}
    settings = {**settings, "alphas": [0.3, 0.1], "cv": 3, "verbose": 1}
    models, lines = [], []
    for n_jobs in (1, 2):
        models.append(OverparamSymmetricCPCV(n_jobs=n_jobs, **settings).fit(X))
        printed = capsys.readouterr().out.splitlines()
        # In the sequence in which they end.
        lines.append(sorted(line for line in printed if line.startswith("fold")))
    one, two = models
    assert lines[1] == lines[0]
    np.testing.assert_array_equal(one.scores_path_, two.scores_path_)
    np.testing.assert_array_equal(one.weights_, two.weights_)


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_restarts_are_tasks_with_epochs(noisy, n_jobs, monitor):
    model = OverparamSymmetricCP(n_init=3, n_jobs=n_jobs, **SEVERAL_EPOCHS)
    model.set_callbacks(monitor).fit(noisy)
    rows = monitor.get_logs().data
    restarts = [row for row in rows if row["task_name"] == "restart"]
    assert sorted(row["task_id"] for row in restarts) == [0, 1, 2]
    assert max(row["score"] for row in restarts) == pytest.approx(model.score(noisy))
    epochs = [row for row in rows if row["task_name"] == "epoch"]
    assert {row["parent_task_id_path"] for row in epochs} == {(0, 0), (0, 1), (0, 2)}
    plain = OverparamSymmetricCP(n_init=3, **SEVERAL_EPOCHS).fit(noisy)
    np.testing.assert_array_equal(plain.components_, model.components_)


@pytest.mark.parametrize("n_jobs", [None, 2])
def test_scoring_monitor_inside_a_grid_search(n_jobs, monitor):
    X = make_latent_samples(500, 4, 2, random_state=0).X
    model = OverparamSymmetricCP(**SEVERAL_EPOCHS).set_callbacks(monitor)
    grid = GridSearchCV(model, {"alpha": [0.05, 0.2]}, cv=2, n_jobs=n_jobs).fit(X)
    runs = monitor.get_logs(select="all")
    epochs = [row for run in runs for row in run.data if row["task_name"] == "epoch"]
    assert len(epochs) >= 2 * 2 + 1
    assert all(np.isfinite(row["score"]) for row in epochs)
    assert hasattr(grid.best_estimator_, "_skl_callbacks")


def test_workers_share_the_cores():
    def threads_inside():
        """BLAS threads of a worker, and while a small core is solved there."""
        from threadpoolctl import threadpool_info

        from sklearn_overtensor.machine.threads import few_threads

        def count():
            pools = threadpool_info()
            return max(p["num_threads"] for p in pools if p["user_api"] == "blas")

        outside = count()
        with few_threads(3):
            return outside, count()

    for outside, inside in Parallel(n_jobs=2)(delayed(threads_inside)() for _ in "12"):
        assert inside == 1
        assert outside <= max(1, cpu_count() // 2)


# The last one, since it ends the processes; joblib says so.
@pytest.mark.filterwarnings("default:.*tasks which were still being processed")
def test_a_restart_that_is_interrupted(noisy):
    model = OverparamSymmetricCP(n_init=2, n_jobs=2, **SEVERAL_EPOCHS)
    fit_interrupted(model, noisy, CtrlC(epoch=1))
    assert (model.status_, model.n_epochs_) == ("interrupted", 1)
    check_consistent(model, noisy)
