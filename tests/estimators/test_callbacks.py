# SPDX-License-Identifier: BSD-3-Clause
"""scikit-learn's callbacks are told of each epoch, and one may end the search."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_overtensor import OverparamSymmetricCP, OverparamSymmetricCPCV
from sklearn_overtensor.datasets import make_latent_samples, make_symmetric_cp

callback = pytest.importorskip("sklearn.callback", reason="scikit-learn has none")
ProgressBar, ScoringMonitor = callback.ProgressBar, callback.ScoringMonitor
SOLVERS = ("lbfgs", "gd")


def own_score(estimator, X, y, sample_weight=None):
    """The score of the estimator; ``scoring=None`` fails in scikit-learn 1.9.1."""
    return estimator.score(X, y, sample_weight=sample_weight)


class Recorder:
    """Keeps the tasks that it is told of, and stops after so many epochs."""

    def __init__(self, stop_after=np.inf, fitted=True):
        self.stop_after = stop_after
        self.begun, self.ended, self.fitted, self.set_up = [], [], [], 0

    def setup(self, estimator, context):
        self.set_up += 1

    def teardown(self, estimator, context):
        self.set_up -= 1

    def on_fit_task_begin(self, estimator, context, *, X=None, y=None):
        self.begun.append((context.task_name, context.task_id))

    def on_fit_task_end(
        self,
        estimator,
        context,
        *,
        X=None,
        y=None,
        metadata=None,
        fitted_estimator=None,
    ):
        self.ended.append((context.task_name, context.task_id))
        if fitted_estimator is not None:
            self.fitted.append((fitted_estimator, X, y, metadata))
        return context.task_name == "epoch" and context.task_id + 1 >= self.stop_after

    @property
    def n_epochs(self):
        return sum(name == "epoch" for name, _ in self.ended)


@pytest.fixture(scope="module")
def noisy():
    """A tensor that takes several epochs with either solver."""
    return make_symmetric_cp(6, 3, noise=0.1, random_state=0).tensor


@pytest.fixture(scope="module")
def samples():
    return make_latent_samples(500, 4, 2, random_state=0).X


def estimator(solver="lbfgs", **options):
    """A model whose search takes several epochs, and converges on noise."""
    few = {"max_epochs": 4, "max_iter": 40} if solver == "gd" else {}
    options = {"alpha": 0.05, "random_state": 0, **few, **options}
    return OverparamSymmetricCP(solver=solver, **options)


@pytest.mark.parametrize("solver", SOLVERS)
def test_an_epoch_is_a_subtask(solver, noisy):
    recorder = Recorder()
    model = estimator(solver).set_callbacks(recorder).fit(noisy)
    epochs = [("epoch", k) for k in range(model.n_epochs_)]
    assert model.n_epochs_ > 1
    assert recorder.ended == [*epochs, ("fit", 0)]
    assert recorder.begun == [("fit", 0), *epochs]
    assert recorder.set_up == 0
    plain = estimator(solver).fit(noisy)
    np.testing.assert_array_equal(plain.components_, model.components_)


@pytest.mark.parametrize("refine", [True, False])
@pytest.mark.parametrize("solver", SOLVERS)
def test_models_of_epochs_are_fitted(solver, refine, samples):
    weight = np.linspace(1, 2, len(samples))
    recorder = Recorder()
    model = estimator(solver, refine=refine, statistic="cumulant", order=4)
    model.set_callbacks(recorder).fit(samples, sample_weight=weight)
    assert len(recorder.fitted) == model.n_epochs_ + 1
    for fitted, X, y, metadata in recorder.fitted:
        assert X is samples
        assert y is samples
        assert metadata["sample_weight"] is weight
        code = fitted.transform(X)
        assert code.shape == (len(X), fitted.n_components_)
        assert fitted.score(X, y, **metadata) > 0.3
        np.testing.assert_allclose(np.linalg.norm(fitted.components_, axis=1), 1)
        np.testing.assert_array_equal(fitted.mean_, model.mean_)
    if not refine and solver == "gd":  # the last epoch's model is the result
        last = recorder.fitted[-2][0]
        np.testing.assert_allclose(last.weights_, model.weights_)
        np.testing.assert_allclose(last.components_, model.components_)


def test_models_of_whitened_epochs_fit_the_data():
    tensor = make_symmetric_cp(6, 8, random_state=3).tensor
    recorder = Recorder()
    OverparamSymmetricCP(random_state=0).set_callbacks(recorder).fit(tensor)
    assert recorder.n_epochs >= 1
    for fitted, X, *_ in recorder.fitted:
        assert fitted.score(X) > 0.9


@pytest.mark.parametrize("refine", [True, False])
@pytest.mark.parametrize("solver", SOLVERS)
def test_a_callback_that_returns_true_ends_the_search(solver, refine, noisy):
    recorder = Recorder(stop_after=1)
    model = estimator(solver, refine=refine).set_callbacks(recorder).fit(noisy)
    assert (recorder.n_epochs, model.n_epochs_, model.status_) == (1, 1, "stopped")
    assert len(model.epoch_ends_) == 1
    penalised = recorder.fitted[0][0]
    if refine:
        assert model.n_components_ <= penalised.n_components_
        assert model.reconstruction_err_ < np.sqrt(1 - penalised.score(noisy)) + 1e-8
    else:
        np.testing.assert_allclose(model.weights_, penalised.weights_)


def test_a_search_that_is_stopped_may_be_exact():
    truth = make_symmetric_cp(6, 8, random_state=3)
    model = OverparamSymmetricCP(n_components=10, random_state=0)
    model.set_callbacks(Recorder(stop_after=1)).fit(truth.tensor)
    assert (model.status_, model.n_components_, model.n_epochs_) == ("exact", 8, 1)


def test_a_stopped_search_has_at_most_rank_terms(noisy):
    model = estimator(rank=2).set_callbacks(Recorder(stop_after=1)).fit(noisy)
    assert model.n_components_ <= 2


@pytest.mark.parametrize("solver", SOLVERS)
def test_scoring_monitor_scores_each_epoch(solver, noisy):
    monitor = ScoringMonitor(scoring={"score": own_score})
    model = estimator(solver).set_callbacks(monitor).fit(noisy)
    *epochs, last = [row["score"] for row in _by_task(monitor)]
    assert len(epochs) == model.n_epochs_
    assert last == pytest.approx(model.score(noisy))
    # A penalised model leaves more than its refit; terms that are dropped fit a little.
    assert epochs[-1] <= last + 1e-4
    assert epochs[-1] > 0.5


def _by_task(monitor):
    """Rows of epochs, then that of the fit."""
    rows = monitor.get_logs().data
    return [*(row for row in rows if row["task_name"] == "epoch"), rows[0]]


@pytest.mark.parametrize("solver", SOLVERS)
def test_progress_bar_alone_and_inside_a_grid_search(solver, samples, noisy, capsys):
    pytest.importorskip("rich")
    estimator(solver).set_callbacks(ProgressBar()).fit(noisy)
    assert "OverparamSymmetricCP - fit" in capsys.readouterr().out
    estimator(solver, n_init=2).set_callbacks(ProgressBar()).fit(noisy)
    assert "OverparamSymmetricCP - restart #1" in capsys.readouterr().out
    grid = GridSearchCV(estimator(solver), {"alpha": [0.1, 0.2]}, cv=2)
    grid.set_callbacks(ProgressBar(max_propagation_depth=None)).fit(samples)
    out = capsys.readouterr().out
    assert "GridSearchCV - fit" in out
    assert "OverparamSymmetricCP - fit" in out


def test_the_last_fit_of_a_cv_estimator_is_told_of(samples):
    recorder = Recorder()
    model = OverparamSymmetricCPCV(alphas=[0.05, 0.2], cv=2, random_state=0)
    model.set_callbacks(recorder).fit(samples)
    assert recorder.ended[-1] == ("fit", 0)
    assert recorder.n_epochs == model.n_epochs_ > 0


def test_partial_fit_is_told_of(samples):
    recorder = Recorder()
    model = estimator(alpha=0.2).set_callbacks(recorder)
    model.partial_fit(samples[:200]).partial_fit(samples[200:])
    assert recorder.ended.count(("fit", 0)) == 2
    assert recorder.set_up == 0


def test_callbacks_survive_clone_and_pipelines(noisy, samples):
    recorder = Recorder()
    model = estimator().set_callbacks(recorder)
    make_pipeline(StandardScaler(), model).fit(samples)
    n_epochs = recorder.n_epochs
    assert n_epochs > 0
    clone(model).fit(samples)
    assert recorder.n_epochs > n_epochs
    model.set_callbacks()
    assert not hasattr(clone(model), "_skl_callbacks")


def test_an_error_in_a_callback_is_raised_and_tears_down(noisy):
    class Failing(Recorder):
        def on_fit_task_end(self, estimator, context):
            raise RuntimeError("the disk is full")

    recorder = Failing()
    with pytest.raises(RuntimeError, match="the disk is full"):
        estimator().set_callbacks(recorder).fit(noisy)
    assert recorder.set_up == 0


@pytest.mark.parametrize("n_init", [1, 2])
@pytest.mark.parametrize("solver", SOLVERS)
def test_models_of_epochs_are_in_the_units_of_the_data(solver, n_init, noisy):
    """Also where floats cannot square the data, and a power of two is taken out."""
    recorder = Recorder()
    model = estimator(solver, n_init=n_init).set_callbacks(recorder).fit(noisy * 1e-140)
    assert len(recorder.fitted) > 1
    for fitted, *_ in recorder.fitted:
        assert fitted.weights_[0] == pytest.approx(model.weights_[0], rel=0.5)
