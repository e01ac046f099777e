# SPDX-License-Identifier: BSD-3-Clause
"""The estimator on samples in chunks: lazily, on threads, and on a cluster."""

import contextlib
import multiprocessing
import os
import signal
import threading

import joblib
import numpy as np
import pytest
import scipy.sparse
from sklearn.model_selection import GridSearchCV

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.datasets import make_latent_samples
from sklearn_overtensor.rows import chunked

from ..cases import one_test

dask = pytest.importorskip("dask")
da = pytest.importorskip("dask.array")
dd = pytest.importorskip("dask.dataframe")
distributed = pytest.importorskip("distributed")

STATISTICS = ("moment", "cumulant")


@pytest.fixture(scope="module")
def X():
    return make_latent_samples(3000, 4, distribution="exponential", random_state=0).X


def estimator(order=4, statistic="cumulant", **parameters):
    settings = {"alpha": 0.1, "random_state": 0, **parameters}
    return OverparamSymmetricCP(order=order, statistic=statistic, **settings)


def assert_same_model(model, other):
    scale = np.abs(other.weights_).max()
    assert model.n_components_ == other.n_components_
    np.testing.assert_allclose(model.weights_, other.weights_, atol=1e-8 * scale)
    np.testing.assert_allclose(model.components_, other.components_, atol=1e-8)
    np.testing.assert_allclose(model.mean_, other.mean_, atol=1e-10)


@pytest.mark.parametrize("statistic", STATISTICS)
@pytest.mark.parametrize("contraction", ["dense", "implicit"])
def test_fit_and_score(X, statistic, contraction):
    settings = {"statistic": statistic, "contraction": contraction, "order": 3}
    chunks = da.from_array(X, chunks=(700, 4))
    model = estimator(**settings).fit(chunks)
    expected = estimator(**settings).fit(X)
    assert_same_model(model, expected)
    assert model.score(chunks) == pytest.approx(expected.score(X), rel=1e-9)


def test_sample_weights(X):
    weight = np.arange(3000.0) % 3
    expected = estimator().fit(X, sample_weight=weight)
    chunks = da.from_array(X, chunks=(700, 4))
    for weights in (weight, da.from_array(weight, chunks=400)):
        assert_same_model(estimator().fit(chunks, sample_weight=weights), expected)


@pytest.mark.parametrize("make", [np.asarray, scipy.sparse.csr_array])
def test_transform_is_lazy(X, make):
    model = estimator().fit(X)
    read = []

    def load(block):
        if len(block):  # dask tries functions on an empty block
            read.append(len(block))
        return make(block)

    chunks = da.from_array(X, chunks=(700, 4)).map_blocks(load, dtype=float)
    read.clear()
    code = model.transform(chunks)
    assert read == []
    assert code.chunks == ((700, 700, 700, 700, 200), (model.n_components_,))
    np.testing.assert_allclose(code.compute(), model.transform(X), atol=1e-8)
    assert sum(read) == 3000


def test_frames_bring_names_of_features(X):
    import pandas as pd

    frame = dd.from_pandas(pd.DataFrame(X, columns=list("abcd")), npartitions=3)
    model = estimator().fit(frame)
    assert list(model.feature_names_in_) == list("abcd")
    assert_same_model(model, estimator().fit(X))
    with pytest.raises(ValueError, match="feature names should match"):
        model.transform(frame.rename(columns={"a": "z"}))


def unknown_sizes(chunks):
    return chunks[chunks[:, 0] > 0]


def with_nan(chunks):
    return da.where(chunks == chunks[1500, 2], np.nan, chunks)


@one_test(
    ("change", "error", "message"),
    [
        (unknown_sizes, ValueError, r"unknown sizes.*compute_chunk_sizes\(\)"),
        (
            lambda c: c.rechunk((700, 2)),
            ValueError,
            r"by columns.*rechunk",
        ),
        (lambda c: c * 1j, ValueError, "Complex data not supported"),
        (with_nan, ValueError, "contains NaN"),
        (lambda c: c / 0 * np.inf, ValueError, "NaN|infinity"),
        (lambda c: c[:0], ValueError, r"shape \(0, 4\): samples are needed"),
        (lambda c: c[:, 0], ValueError, "got 1 dimensions"),
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_bad_chunks(X, change, error, message):
    chunks = change(da.from_array(X, chunks=(700, 4)))
    with pytest.raises(error, match=message):
        estimator().fit(chunks)


def test_other_widths_and_collections(X):
    import dask.bag

    chunks = da.from_array(X, chunks=(700, 4))
    model = estimator().fit(chunks)
    for ask in (model.transform, model.score):
        with pytest.raises(ValueError, match=r"X has 3 features.*expecting 4"):
            ask(chunks[:, :3])
    with pytest.raises(TypeError, match=r"dask collection Bag.*\.compute\(\)"):
        model.fit(dask.bag.from_sequence([1, 2]))
    with pytest.raises(ValueError, match=r"shape == \(2,\), expected \(3000,\)"):
        model.fit(chunks, sample_weight=np.ones(2))
    with pytest.raises(ValueError, match=r"shape == \(2,\), expected \(3000,\)"):
        model.fit(chunks, sample_weight=da.ones(2))


# --- a cluster -----------------------------------------------------------------------


@contextlib.contextmanager
def cluster_of_two(processes):
    with (
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=processes,
            dashboard_address=":0",
            memory_limit=0,
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


@pytest.fixture(scope="module")
def threads():
    with cluster_of_two(processes=False):
        yield


def test_restarts_on_a_cluster(threads, X):
    expected = estimator(n_init=3).fit(X)
    with joblib.parallel_backend("dask"):
        assert_same_model(estimator(n_init=3).fit(X), expected)


def test_grid_search_on_a_cluster(threads, X):
    search = GridSearchCV(estimator(3), {"alpha": [0.1, 0.5]}, cv=2)
    expected = search.fit(X).cv_results_["mean_test_score"]
    with joblib.parallel_backend("dask"):
        found = search.fit(X).cv_results_["mean_test_score"]
    np.testing.assert_allclose(found, expected, rtol=1e-8)


@pytest.fixture
def processes(monkeypatch):
    """Forks of a process that has imported what they need, once for all of them."""
    method = "forkserver"
    if method not in multiprocessing.get_all_start_methods():
        method = "spawn"
    monkeypatch.setattr(
        distributed.utils, "_forkserver_preload_set", True, raising=False
    )
    multiprocessing.set_forkserver_preload(["distributed", "sklearn_overtensor"])
    with (
        dask.config.set({"distributed.worker.multiprocessing-method": method}),
        cluster_of_two(processes=True) as client,
    ):
        yield client


# Each contraction goes to the cluster: as few as a model to be polished takes.
BUDGET = {"contraction": "implicit", "order": 3, "max_epochs": 1, "max_iter": 25}


# One test, since processes take seconds to start.
@pytest.mark.slow
def test_neither_worker_processes_nor_the_death_of_one_change_anything(
    processes, X, monkeypatch
):
    chunks = da.from_array(X, chunks=(700, 4))
    settings = {"statistic": "cumulant", **BUDGET}
    model = estimator(**settings).fit(chunks.persist())
    assert_same_model(model, estimator(**settings).fit(X))
    # Chunks that are not persisted: what the dead one held is made again. Every step
    # of Algorithm 1 contracts with them; the default solver does so only where the
    # core is large.
    settings = {"statistic": "moment", **BUDGET, "solver": "gd", "refine": False}
    settings["n_components"] = 3
    expected = estimator(**settings).fit(X)
    victim = next(iter(processes.run(os.getpid).values()))
    sums, of_chunks = [], chunked._sum

    def counted(shares):
        sums.append(None)
        if len(sums) == 5:
            threading.Timer(0.01, os.kill, (victim, signal.SIGKILL)).start()
        return of_chunks(shares)

    monkeypatch.setattr(chunked, "_sum", counted)
    model = estimator(**settings).fit(chunks)
    assert len(sums) > 20
    assert_same_model(model, expected)
    assert victim not in processes.run(os.getpid).values()
