# SPDX-License-Identifier: BSD-3-Clause
"""What a fit asks of measurements, beside dense computations."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.measured import measurements as module
from sklearn_overtensor.measured.descent import descend, tiny_terms
from sklearn_overtensor.measured.entries import EntryMeasurements
from sklearn_overtensor.measured.fit import MixedFit
from sklearn_overtensor.measured.noise import ResidualNoise
from sklearn_overtensor.measured.rows import RowMeasurements
from sklearn_overtensor.measured.terms import MixedTerms
from sklearn_overtensor.noise.kinds import largest_form
from sklearn_overtensor.targets.known import KnownEntries

from ..cases import one_test


def rows(n=40, d=4, intercept=True, sparse=False):
    rng = np.random.default_rng(0)
    X, y = rng.standard_normal((n, d)), rng.standard_normal(n)
    p = rng.uniform(1, 2, n)
    return RowMeasurements(csr_array(X) if sparse else X, y, p / p.sum(), n, intercept)


def entries(d=4, order=3):
    rng = np.random.default_rng(0)
    tensor = make_symmetric_cp(d, 2, order=order, random_state=0).tensor
    known = rng.uniform(size=tensor.shape) < 0.5
    return EntryMeasurements(KnownEntries(tensor, known))


def mixed_terms(measurements, orders):
    rng = np.random.default_rng(1)
    signs = np.where(np.array(orders) % 2, 1.0, -1.0)
    vectors = rng.standard_normal((measurements.n_features, len(orders)))
    return MixedTerms(vectors, signs, np.array(orders))


CASES = {
    "rows": (rows, [1, 2, 2, 3, 4]),
    "rows without a constant": (lambda: rows(intercept=False), [2, 3]),
    "sparse rows": (lambda: rows(sparse=True), [1, 3]),
    "entries": (entries, [3, 3]),
    "entries of order 4": (lambda: entries(3, 4), [4, 4]),
}


@pytest.fixture(params=CASES, name="case")
def case_fixture(request):
    make, orders = CASES[request.param]
    measurements = make()
    return measurements, mixed_terms(measurements, orders)


def numerical_jacobian(measurements, terms, step=1e-6):
    """Of the centred values in ``vectors.ravel()``, by central differences."""
    columns = []
    for i in range(terms.vectors.size):
        move = np.zeros(terms.vectors.size)
        move[i] = step
        move = move.reshape(terms.vectors.shape)
        ahead = measurements.residual(terms.moved(move))
        behind = measurements.residual(terms.moved(-move))
        columns.append((behind - ahead) / (2 * step))
    return np.column_stack(columns)


def test_the_slope_is_that_of_the_mean_square(case):
    measurements, terms = case
    r, downhill = measurements.slope(terms)
    J = numerical_jacobian(measurements, terms)
    expected = J.T @ (measurements.probability * r)
    assert np.allclose(downhill.ravel(), expected, rtol=1e-6, atol=1e-6)


def test_the_normal_matrix_is_that_of_the_jacobian(case):
    measurements, terms = case
    others = measurements.probes(terms.vectors[:, :1], int(terms.orders[-1]))
    matrix, cross = measurements.normal_matrix(terms, others)
    J = numerical_jacobian(measurements, terms)
    weighted = J.T * measurements.probability
    size = np.abs(matrix).max()
    assert np.allclose(matrix, weighted @ J, atol=1e-6 * size)
    assert np.allclose(cross, weighted @ others, atol=1e-6 * size)


def test_blocks_change_nothing(case, monkeypatch):
    measurements, terms = case
    r, downhill = measurements.slope(terms)
    matrix, _ = measurements.normal_matrix(terms)
    monkeypatch.setattr(module, "BLOCK_BYTES", 8 * 7 * terms.vectors.size)
    assert len(measurements.blocks(terms.vectors.size)) > 1
    r_blocked, downhill_blocked = measurements.slope(terms)
    assert np.allclose(r, r_blocked)
    assert np.allclose(downhill, downhill_blocked)
    assert np.allclose(matrix, measurements.normal_matrix(terms)[0])


def test_rows_are_white_and_a_constant_is_at_its_best():
    measurements = rows()
    Z = measurements.project(np.eye(measurements.n_features), slice(None))
    moment = Z.T @ (Z * measurements.probability[:, None])
    assert np.allclose(moment, np.eye(len(moment)))
    r = measurements.residual(mixed_terms(measurements, [2, 3]))
    assert measurements.probability @ r == pytest.approx(0, abs=1e-12)


def test_all_entries_keep_the_norm_of_the_tensor():
    tensor = make_symmetric_cp(4, 2, random_state=0).tensor
    known = KnownEntries(tensor, np.ones_like(tensor, dtype=bool))
    measurements = EntryMeasurements(known)
    total = measurements.count * measurements.squared_norm
    assert total == pytest.approx(np.sum(tensor**2))


@one_test("order", [1, 2, 3, 4])
def test_the_descent_ends_where_its_objective_is_flat(order):
    measurements = rows(200)
    alpha = 0.05
    start = tiny_terms(measurements, {order: 3}, np.random.RandomState(0))
    start = MixedTerms(start.vectors * 100, start.signs, start.orders)
    terms, _ = descend(measurements, start, alpha)
    size = np.sqrt(measurements.squared_norm)

    def objective(terms):
        weights = np.linalg.norm(terms.vectors, axis=0) ** terms.orders
        left = np.mean(measurements.residual(terms) ** 2 * measurements.probability)
        left *= len(measurements.y)
        return left / 2 / size**2 + alpha * weights.sum() / size

    value = objective(terms)
    assert value <= objective(start)
    rng = np.random.default_rng(0)
    for _ in range(20):
        step = 1e-3 * rng.standard_normal(terms.vectors.shape)
        assert objective(terms.moved(step * np.abs(terms.vectors))) >= value - 1e-9


def test_canonical_terms_are_the_same_polynomial_and_fewer():
    measurements = rows()
    terms = mixed_terms(measurements, [1, 1, 2, 2, 2, 2, 2, 3])
    terms = terms.plus(terms.take([7]))  # a parallel one
    canonical = terms.canonical()
    assert list(np.bincount(canonical.orders)[1:]) == [1, 4, 1]
    assert np.allclose(measurements.residual(terms), measurements.residual(canonical))


def test_a_fit_recovers_the_terms_next_to_its_start():
    measurements = rows(300)
    truth = mixed_terms(measurements, [1, 2, 3, 3])
    measurements.y = -measurements.residual(truth) + measurements.y
    measurements.y = measurements._centred(measurements.y)
    fit = MixedFit.of(measurements, truth.moved(0.01 * truth.vectors))
    assert fit.squared < 1e-25


def test_noise_explains_no_more_than_all_that_is_left():
    noise = ResidualNoise(rows(), [1, 3], 0.05)
    assert noise.explained([3], 2.0, 3) == 2.0
    # Of many measurements: q^2 variances.
    quantile = largest_form(4, 3, 0.025)
    assert noise.explained([3], 2.0, 1e8) == pytest.approx(2 * quantile**2 / 1e8)


def test_noise_of_a_known_size_does_not_depend_on_what_is_left():
    noise = ResidualNoise(rows(), [3], 0.05, variance=0.5)
    assert noise.explained([3], 1.0, 20) == noise.explained([3], 9.0, 20)
