# SPDX-License-Identifier: BSD-3-Clause
"""The same rows by another route give the same terms."""

import threading

import numpy as np
import pytest
from scipy.sparse import csr_array
from sklearn.datasets import load_diabetes, load_iris, load_wine
from sklearn.preprocessing import scale

from sklearn_overtensor import OverparamSymmetricCP

from ..conftest import has_torch

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")

# Tables with one term, several, and none that noise does not explain.
TABLES = {
    "iris": (load_iris().data, {"order": 3}),
    "wine": (load_wine().data, {"order": 3, "statistic": "cumulant"}),
    "wine, standardised": (scale(load_wine().data), {"order": 4}),
    "diabetes": (load_diabetes().data, {"order": 4, "statistic": "cumulant"}),
}


def in_a_thread(model, X):
    thread = threading.Thread(target=model.fit, args=(X,))
    thread.start()
    thread.join()
    return model


def on_dask(model, X):
    try:
        import dask.array as da
    except ImportError:
        return model.fit(X)
    return model.fit(da.from_array(X, chunks=(50, -1)))


def on_torch(model, X):
    import torch

    return model.set_params(backend="pytorch").fit(torch.tensor(X))


ROUTES = {
    "another seed": lambda model, X: model.set_params(random_state=5).fit(X),
    "restarts": lambda model, X: model.set_params(n_init=2).fit(X),
    "moved rows": lambda model, X: model.fit(np.random.default_rng(0).permutation(X)),
    "columns in memory": lambda model, X: model.fit(np.asfortranarray(X)),
    "sparse": lambda model, X: model.fit(csr_array(X)),
    "dask": on_dask,
    "a formed tensor": lambda model, X: model.set_params(contraction="dense").fit(X),
    "no formed tensor": lambda model, X: model.set_params(contraction="implicit").fit(
        X
    ),
    "another thread": in_a_thread,
    "another unit": lambda model, X: model.fit(3 * X),
}
if has_torch():
    ROUTES["torch"] = on_torch


@pytest.mark.parametrize("table", TABLES)
def test_every_route_leads_to_the_same_terms(table):
    X, options = TABLES[table]
    base = OverparamSymmetricCP(random_state=0, **options).fit(X)
    for name, route in ROUTES.items():
        model = route(OverparamSymmetricCP(random_state=0, **options), X)
        factor = 3.0 ** options["order"] if name == "another unit" else 1.0
        assert model.status_ == base.status_, name
        np.testing.assert_allclose(
            model.weights_, factor * base.weights_, rtol=1e-7, err_msg=name
        )
        np.testing.assert_allclose(
            model.components_, base.components_, atol=1e-7, err_msg=name
        )


def test_of_equal_exact_answers_the_first_is_taken():
    """Four terms fit any moment of order 3 in 3 features, in more than one way."""
    X, options = load_iris().data[:, 1:], {"noise": 0, "random_state": 0, "n_init": 3}
    base = OverparamSymmetricCP(**options).fit(X)
    for route in {"moved rows", "torch"} & set(ROUTES):
        model = ROUTES[route](OverparamSymmetricCP(**options), X)
        np.testing.assert_allclose(
            model.weights_, base.weights_, rtol=1e-6, err_msg=route
        )


def test_single_precision_keeps_as_many_terms():
    X = load_iris().data
    fits = [
        OverparamSymmetricCP(alpha=0.05, random_state=0).fit(X.astype(dtype))
        for dtype in ("float32", "float64")
    ]
    assert fits[0].n_components_ == fits[1].n_components_
    # Singular values that single precision loses would promise an exact answer of five
    # terms, and 240 epochs would look for it.
    assert fits[0].n_epochs_ == fits[1].n_epochs_ == 1


@pytest.mark.parametrize("n_components", [None, 8])
def test_all_of_three_tight_clusters_are_found(n_components):
    rng = np.random.default_rng(2)
    centres = rng.standard_normal((3, 100))
    X = centres[rng.integers(3, size=2000)] + 0.05 * rng.standard_normal((2000, 100))
    model = OverparamSymmetricCP(n_components, order=4, random_state=0).fit(X)
    directions = centres / np.linalg.norm(centres, axis=1, keepdims=True)
    assert model.n_components_ == 3
    assert np.abs(directions @ model.components_.T).max(axis=1).min() > 0.99
