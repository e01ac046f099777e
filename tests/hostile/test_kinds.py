# SPDX-License-Identifier: BSD-3-Clause
"""Containers, seeds and sizes that are odd: the same answer, or an error that helps."""

import numpy as np
import pandas as pd
import pytest

from sklearn_overtensor import (
    OverparamPolynomialRegressor,
    OverparamSymmetricCP,
    overparam_symmetric_cp,
)
from sklearn_overtensor.metrics import relative_error
from sklearn_overtensor.targets import CumulantTarget

from ..cases import one_test
from ..conftest import has_torch

needs_torch = pytest.mark.skipif(not has_torch(), reason="needs torch")
pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
X = np.random.default_rng(0).integers(0, 5, size=(12, 3)).astype(float)


def fit(data, **parameters):
    parameters = {"random_state": 0, "max_epochs": 2, **parameters}
    return OverparamSymmetricCP(**parameters).fit(data)


def read_only(X):
    X = X.copy()
    X.flags.writeable = False
    return X


def strided(X):
    wide = np.zeros((24, 6))
    wide[::2, ::2] = X
    return wide[::2, ::2]


SAME = {
    "list": lambda X: X.tolist(),
    "tuple": lambda X: tuple(map(tuple, X)),
    "integers": lambda X: X.astype("i4"),
    "bytes": lambda X: X.astype("u1"),
    "half": lambda X: X.astype("f2"),
    "extended": lambda X: X.astype(np.longdouble),
    "objects": lambda X: X.astype(object),
    "big-endian": lambda X: X.astype(">f8"),
    "read-only": read_only,
    "strided": strided,
    "reversed": lambda X: np.ascontiguousarray(X[::-1])[::-1],
    "nothing masked": lambda X: np.ma.array(X, mask=False),
    "frame": pd.DataFrame,
    "nullable frame": lambda X: pd.DataFrame(X).astype("Int64"),
    "mixed frame": lambda X: pd.DataFrame(X).astype({0: "i8", 1: "f4", 2: "object"}),
}


@pytest.fixture(scope="module")
def expected():
    return fit(X)


@pytest.mark.parametrize("kind", SAME)
def test_the_same_numbers_in_other_memory(kind, expected):
    data = SAME[kind](X)
    if isinstance(data, pd.DataFrame):
        data.columns = ["a", "b", "c"]
    before = data.copy() if hasattr(data, "copy") else data
    model = fit(data)
    np.testing.assert_allclose(model.weights_, expected.weights_, rtol=1e-6)
    np.testing.assert_allclose(model.transform(data), expected.transform(X), atol=1e-6)
    np.testing.assert_array_equal(np.asarray(data), np.asarray(before))


@needs_torch
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "int8", "float64"])
@pytest.mark.parametrize("backend", ["numpy", None])
def test_torch_dtypes(dtype, backend, expected):
    import torch

    data = torch.tensor(X).to(getattr(torch, dtype))
    data.requires_grad_(dtype == "float64")
    model = fit(data, backend=backend)
    np.testing.assert_allclose(model.weights_, expected.weights_, rtol=1e-6)
    assert not model.transform(data).requires_grad
    assert relative_error(data, X) == 0


@needs_torch
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_torch_tensors_without_plain_values():
    import torch

    nested = torch.nested.nested_tensor([torch.ones(2, 2), torch.ones(3, 2)])
    quantized = torch.quantize_per_tensor(torch.ones(3, 3), 0.1, 0, torch.qint8)
    for data, message in (
        (nested, r"nested torch tensor: call \.to_padded_tensor"),
        (quantized, r"quantized torch tensor: call \.dequantize"),
        (torch.empty(3, 3, device="meta"), "'meta', which holds no values"),
    ):
        with pytest.raises((TypeError, ValueError), match=message):
            overparam_symmetric_cp(data)


@one_test("method", ["fit", "transform", "score", "partial_fit"])
def test_masks_and_dates(method):
    model = fit(X)
    with pytest.raises(ValueError, match=r"\d+ masked entries.*SimpleImputer"):
        getattr(model, method)(np.ma.masked_greater(X, 1.0))
    days = X.astype("timedelta64[D]")
    with pytest.raises(TypeError, match=r"dates or times \(timedelta64\[D\]\)"):
        getattr(model, method)(days)


@pytest.mark.parametrize(
    "seed", [0, np.int8(3), np.uint64(2**32 - 1), None, np.random.RandomState(0), True]
)
@pytest.mark.parametrize("n_init", [1, 2])
def test_seeds(seed, n_init):
    model = fit(
        X, random_state=seed, n_init=n_init, solver="gd", alpha=0.1, max_iter=20
    )
    assert np.isfinite(model.weights_).all()


@one_test("one", [True, np.int8(1), np.uint64(1)])
def test_one_component_of_any_kind_of_integer(one):
    assert fit(X, n_components=one, rank=one).n_components_ == 1
    y = X[:, 0] ** 3
    model = OverparamPolynomialRegressor(one, degree=3, fit_lower=False, random_state=0)
    assert model.fit(X, y).n_components_ == 1


@one_test("seed", [-1, 2**32, 1.5, "a", np.random.default_rng(0)])
def test_bad_seeds(seed):
    with pytest.raises(ValueError, match=r"'random_state' parameter .* must be an int"):
        fit(X, random_state=seed)


# --- sizes ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("statistic", "n_features", "order"),
    [
        ("moment", 1, 30),
        ("moment", 2, 12),
        ("cumulant", 1, 30),
        ("cumulant", 1, 12),
        ("cumulant", 2, 7),
    ],
)
def test_high_orders_of_few_features(statistic, n_features, order):
    data = np.random.default_rng(0).standard_normal((5, n_features))
    model = fit(data, order=order, statistic=statistic, noise=0)
    assert model.reconstruction_err_ < 1.0
    assert np.isfinite(model.weights_).all()


@pytest.mark.parametrize("order", [7, 8])
def test_cumulants_of_high_order(order):
    """Of a Bernoulli variable: ``kappa_{n+1} = p (1 - p) d kappa_n / dp``."""
    p = np.polynomial.Polynomial([0, 1])
    kappa = p
    for _ in range(order - 1):
        kappa = p * (1 - p) * kappa.deriv()
    X = np.array([[0.0], [0.0], [1.0]])
    found = CumulantTarget(X, order).to_dense().ravel()[0]
    assert found == pytest.approx(kappa(1 / 3), rel=1e-10)


@pytest.mark.parametrize("solver", ["lbfgs", "gd"])
@pytest.mark.parametrize("alpha", [10.0, 1e9, 1e300])
def test_a_penalty_beyond_any_answer_keeps_the_strongest_term(solver, alpha):
    model = fit(X, rank=1, alpha=alpha, solver=solver, max_iter=20)
    assert model.n_components_ == 1
    best = fit(X, rank=1)
    assert model.reconstruction_err_ == pytest.approx(
        best.reconstruction_err_, rel=1e-4
    )


@pytest.mark.parametrize("solver", ["lbfgs", "gd"])
@pytest.mark.parametrize("init_scale", [1e-100, 1e6])
@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_starts_of_any_length(solver, init_scale):
    for refine in (True, False):
        parameters = {"solver": solver, "refine": refine, "max_iter": 20}
        model = fit(X, init_scale=init_scale, **parameters)
        assert np.isfinite(model.loss_curve_).all()
        assert np.isfinite(model.components_).all()


def test_a_width_far_above_need():
    assert fit(X, n_components=200, noise=0).reconstruction_err_ < 1e-6
