# SPDX-License-Identifier: BSD-3-Clause
"""partial_fit: part by part, and the same model as one fit of all parts."""

import pickle

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import sklearn
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.datasets import make_latent_samples

from ..conftest import torch_param

STATISTICS = ("moment", "cumulant")


def samples(n_samples=1200, n_features=4, seed=0, statistic="cumulant"):
    """Samples whose statistic has a clear decomposition, and noise.

    For cumulants skewed independent sources, mixed; for moments one source at a time.
    """
    if statistic == "cumulant":
        return make_latent_samples(
            n_samples, n_features, distribution="exponential", random_state=seed
        ).X
    rng = np.random.default_rng(seed)
    terms = rng.standard_normal((n_features, n_features))
    which = rng.integers(n_features, size=n_samples)
    noise = 0.1 * rng.standard_normal((n_samples, n_features))
    return terms[which] * rng.uniform(1, 2, (n_samples, 1)) + noise


def estimator(order=3, statistic="cumulant", **parameters):
    settings = {"alpha": 0.1, "random_state": 0, **parameters}
    return OverparamSymmetricCP(order=order, statistic=statistic, **settings)


def fed(model, parts, weights=None):
    for part, weight in zip(parts, weights or [None] * len(parts), strict=True):
        model.partial_fit(part, sample_weight=weight)
    return model


def assert_same_model(model, other, rtol=1e-8):
    scale = np.abs(other.weights_).max()
    assert model.n_components_ == other.n_components_
    np.testing.assert_allclose(model.weights_, other.weights_, atol=rtol * scale)
    np.testing.assert_allclose(model.components_, other.components_, atol=rtol)
    np.testing.assert_allclose(model.mean_, other.mean_, rtol=rtol)
    assert model.status_ == other.status_


@pytest.mark.parametrize(  # all orders of both: targets/test_accumulated.py
    ("order", "statistic"),
    [(3, "cumulant"), (4, "moment"), (5, "moment"), (6, "cumulant")],
)
def test_parts_give_the_model_of_all(order, statistic):
    X = samples(statistic=statistic)
    settings = {"order": order, "statistic": statistic, "n_components": 3}
    model = fed(estimator(**settings), np.split(X, [5, 400, 401]))
    assert_same_model(model, estimator(**settings).fit(X))
    assert model.n_samples_seen_ == len(X)


@pytest.mark.parametrize("parameters", [{"rank": 2}, {"alpha": 1e-2}, {"solver": "gd"}])
def test_whatever_decides_the_rank(parameters):
    X = samples()
    if "solver" in parameters:
        parameters = {**parameters, "max_epochs": 2, "max_iter": 100}
    model = fed(estimator(**parameters), np.split(X, 2))
    assert_same_model(model, estimator(**parameters).fit(X))


@pytest.mark.parametrize("statistic", STATISTICS)
def test_few_rows_do_not_mislead_the_search(statistic):
    # The first rows are of other directions and of another scale than all that follow.
    rng = np.random.default_rng(0)
    first, X = 30 * rng.exponential(size=(20, 4)), samples(4000, statistic=statistic)
    parts = [first, *np.split(X, 2)]
    model = fed(estimator(4, statistic), parts)
    assert_same_model(model, estimator(4, statistic).fit(np.concatenate(parts)))


@pytest.mark.parametrize("statistic", STATISTICS)
def test_weights_of_samples(statistic, rng):
    X, weight = samples(statistic=statistic), rng.integers(0, 3, 1200).astype(float)
    weight[400:800] = 0  # a part that counts nothing
    model = fed(
        estimator(statistic=statistic), np.split(X, 3), weights=np.split(weight, 3)
    )
    whole = estimator(statistic=statistic).fit(X, sample_weight=weight)
    assert_same_model(model, whole)


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("kind", [scipy.sparse.csr_array, scipy.sparse.csc_array])
def test_sparse_parts(statistic, kind):
    X = np.where(samples(statistic=statistic) > 0.5, samples(statistic=statistic), 0.0)
    model = fed(estimator(statistic=statistic), [kind(X) for X in np.split(X, 3)])
    assert_same_model(model, estimator(statistic=statistic).fit(X))


@pytest.mark.parametrize("statistic", STATISTICS)
def test_single_precision(statistic):
    X = samples(statistic=statistic).astype("float32")
    # Rounding moves models that have terms for the noise.
    settings = {"statistic": statistic, "n_components": 3}
    model = fed(estimator(**settings), np.split(X, 3))
    assert model.components_.dtype == model.weights_.dtype == np.float32
    assert_same_model(model, estimator(**settings).fit(X), rtol=1e-5)


@pytest.mark.parametrize("backend", [torch_param])
@pytest.mark.parametrize("statistic", STATISTICS)
def test_torch_parts(statistic, backend):
    import torch

    X = samples(statistic=statistic)
    parts = [torch.as_tensor(part) for part in np.split(X, 3)]
    model = fed(estimator(statistic=statistic), parts)
    assert_same_model(model, estimator(statistic=statistic).fit(X))
    by_name = fed(estimator(statistic=statistic, backend=backend), np.split(X, 3))
    assert_same_model(by_name, model)


def test_a_mapped_file_is_read_part_by_part(tmp_path):
    X = samples()
    np.save(tmp_path / "X.npy", X)
    mapped = np.load(tmp_path / "X.npy", mmap_mode="r")
    model = fed(estimator(), [mapped[i : i + 500] for i in range(0, 1200, 500)])
    assert_same_model(model, estimator().fit(X))


def test_a_model_in_the_middle_of_a_stream_can_be_saved():
    parts = np.split(samples(), 3)
    model = pickle.loads(pickle.dumps(fed(estimator(), parts[:2])))
    assert_same_model(fed(model, parts[2:]), estimator().fit(samples()))
    assert not hasattr(clone(model), "n_samples_seen_")


def test_each_part_ends_with_a_model_that_works():
    X, model = samples(), estimator()
    for n_seen, part in zip([400, 800, 1200], np.split(X, 3), strict=True):
        model.partial_fit(part)
        assert_same_model(model, estimator().fit(X[:n_seen]))
        assert model.transform(X).shape == (1200, model.n_components_)
        assert model.score(X[:n_seen]) == pytest.approx(
            1 - model.reconstruction_err_**2
        )


def test_fit_begins_anew():
    first, second, third = np.split(samples(), 3)
    model = fed(estimator(), [first]).fit(second)
    assert not hasattr(model, "n_samples_seen_")
    assert_same_model(model.partial_fit(third), estimator().fit(third))
    model.fit(second).partial_fit(third[:, :3])  # of another width, too
    assert model.n_features_in_ == 3


def test_warm_start_is_a_start_and_no_more_where_the_fit_is_clear():
    X = samples(6000)
    model = fed(estimator(warm_start=True), np.split(X, 4))
    assert_same_model(model, estimator().fit(X), rtol=1e-6)


def test_names_of_features_are_kept_and_compared():
    frame = pd.DataFrame(samples(), columns=list("abcd"))
    model = fed(estimator(), [frame[:600], frame[600:]])
    assert list(model.feature_names_in_) == list("abcd")
    with pytest.raises(ValueError, match="feature names should match"):
        model.partial_fit(frame.rename(columns={"a": "z"}))
    assert model.n_samples_seen_ == 1200


def test_sample_weight_is_routed():
    with sklearn.config_context(enable_metadata_routing=True):
        model = estimator().set_partial_fit_request(sample_weight=True)
        request = model.get_metadata_routing().partial_fit.requests
    assert request == {"sample_weight": True}


# --- what is refused -----------------------------------------------------------------


@pytest.fixture
def model():
    return fed(estimator(), [samples()])


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        (lambda X: X[:, :3], ValueError, "X has 3 features.* expecting 4 features"),
        (lambda X: np.where(X > 3, np.inf, X), ValueError, "contains infinity"),
        (lambda X: X[:0], ValueError, r"0 sample\(s\)"),
        (lambda X: X[0], ValueError, "got 1D array"),
        (lambda X: np.ones((4, 4, 4)), ValueError, r"got shape \(4, 4, 4\).* to fit"),
        (lambda X: np.ones((4, 4, 4)).tolist(), ValueError, "a tensor goes to fit"),
    ],
)
def test_a_bad_part_changes_nothing(model, change, error, message):
    before = {name: id(value) for name, value in vars(model).items()}
    with pytest.raises(error, match=message):
        model.partial_fit(change(samples()))
    assert {name: id(value) for name, value in vars(model).items()} == before


def test_a_first_part_may_have_no_cumulant():
    model = estimator()
    with pytest.warns(ConvergenceWarning, match="nothing to decompose"):
        model.partial_fit(np.ones((3, 4)))
    assert model.n_samples_seen_ == 3
    assert model.status_ == "noise"


@pytest.mark.parametrize("change", [{"order": 4}, {"statistic": "moment"}])
def test_another_statistic_in_mid_stream(model, change):
    ((name, _),) = change.items()
    message = f"{name}=.* but the parts so far were accumulated with {name}=.*clone"
    with pytest.raises(ValueError, match=message):
        model.set_params(**change).partial_fit(samples())
    model.set_params(**change).fit(samples()).partial_fit(samples())


def test_other_parameters_may_change_in_mid_stream(model):
    model.set_params(rank=2).partial_fit(samples(seed=1))
    both = np.concatenate([samples(), samples(seed=1)])
    assert_same_model(model, estimator(rank=2).fit(both))


def test_dask_goes_to_fit():
    array = pytest.importorskip("dask.array")
    with pytest.raises(TypeError, match="pass it to fit, which takes it whole"):
        estimator().partial_fit(array.ones((4, 3)))


def test_an_array_that_cannot_fit():
    message = r"order 6 in 5000 features needs .* GiB, but only .* available"
    with pytest.raises(MemoryError, match=message):
        estimator(order=6).partial_fit(np.ones((2, 5000)))
