# SPDX-License-Identifier: BSD-3-Clause
"""What noise alone can look like: its level, and the variances of samples."""

from math import comb, sqrt

import numpy as np
import pytest
from scipy.stats import beta, norm

from sklearn_overtensor import OverparamSymmetricCP, symmetrize
from sklearn_overtensor.compression import CompactTarget
from sklearn_overtensor.datasets import make_latent_samples
from sklearn_overtensor.noise.kinds import SamplingNoise, WhiteNoise, largest_form
from sklearn_overtensor.search.ascent import ascend, starts_of
from sklearn_overtensor.targets import CumulantTarget, MomentTarget

from ..cases import one_test


def white(n_features, order, rng):
    """Symmetric noise whose forms along unit vectors have variance one."""
    return symmetrize(rng.standard_normal((n_features,) * order))


# --- the level -----------------------------------------------------------------------


def test_in_one_dimension_it_is_the_normal_quantile():
    for significance in (0.05, 0.01):
        assert largest_form(1, 3, significance) == pytest.approx(
            norm.isf(significance / 2), abs=1e-3
        )


@pytest.mark.parametrize(("n_features", "order"), [(10, 3), (4, 6)])
def test_draws_exceed_it_as_often_as_it_says(n_features, order):
    rng, n_draws, significance = np.random.default_rng(0), 200, 0.1
    level = largest_form(n_features, order, significance)
    starts = starts_of(n_features, 4 * n_features)
    largest = [
        np.abs(
            ascend(CompactTarget(white(n_features, order, rng)), starts, 40)[1]
        ).max()
        for _ in range(n_draws)
    ]
    exceeded = np.mean(np.array(largest) > level)
    # Four standard errors of a share of 200 draws.
    assert abs(exceeded - significance) < 4 * sqrt(0.1 * 0.9 / n_draws)


def test_it_grows_with_the_dimension_and_falls_with_the_significance():
    levels = [largest_form(d, 3, 0.05) for d in (2, 10, 50, 300, 2000)]
    assert np.all(np.diff(levels) > 0)
    # The ground state of the spherical model with three spins is 1.657 sqrt(d).
    assert levels[-1] / sqrt(2000) == pytest.approx(1.657, rel=0.01)
    assert largest_form(10, 3, 0.01) > largest_form(10, 3, 0.05)


def test_white_noise_knows_its_level_from_what_is_left():
    rng = np.random.default_rng(0)
    n_entries = comb(8 + 2, 3)
    squares = [np.sum(white(8, 3, rng) ** 2) for _ in range(100)]
    assert np.mean(squares) == pytest.approx(n_entries, rel=0.05)
    noise = WhiteNoise(8, 3, 0.05)
    assert noise.standard_error(n_entries - 2 * 8, 2) == pytest.approx(1.0)
    given = WhiteNoise(8, 3, 0.05, size=sqrt(n_entries))
    assert given.standard_error(0.0, 5) == pytest.approx(1.0)


def test_a_form_is_a_share_of_the_noise_that_it_is_in():
    """Of four entries: along a unit vector, one coordinate of four."""
    noise = WhiteNoise(2, 3, 0.1)
    assert noise.quantile == largest_form(2, 3, 0.05)  # two looks are taken
    share = noise.limits(np.eye(2), 1.0, 0)[0]
    chance = beta(1 / 2, 3 / 2).sf(share**2)
    assert chance == pytest.approx(2 * norm.sf(noise.quantile))


def test_alpha_of_samples_is_what_was_allowed():
    X = make_latent_samples(2000, 3, 3, distribution="exponential", random_state=0).X
    model = OverparamSymmetricCP(statistic="cumulant", random_state=0).fit(X)
    target = CumulantTarget(X, 3)
    variances = target.form_variances(model.components_.T)
    allowed = largest_form(3, 3, 0.025) * np.sqrt(variances / target.squared_norm)
    assert model.alpha_ == pytest.approx(allowed.max(), rel=1e-4)


# --- the noise of samples ------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "order"),
    [
        (MomentTarget, 3),
        (MomentTarget, 6),
        (CumulantTarget, 3),
        (CumulantTarget, 4),
        (CumulantTarget, 6),
    ],
)
def test_variances_of_forms_are_those_of_repeated_samples(kind, order):
    rng, n_samples = np.random.default_rng(0), 400
    V = np.linalg.qr(rng.standard_normal((3, 3)))[0][:, :2]

    def draw():
        return kind(rng.uniform(-1, 2, (n_samples, 3)), order)

    forms = [np.sum(V * draw().contract(V), axis=0) for _ in range(250)]
    found = np.mean([draw().form_variances(V) for _ in range(20)], axis=0)
    np.testing.assert_allclose(found, np.var(forms, axis=0), rtol=0.3)


@one_test("order", [3, 4, 5])
@one_test("kind", [MomentTarget, CumulantTarget])
def test_influence_is_what_a_little_more_weight_changes(kind, order):
    """``q(x_n'v)`` against a finite difference in the weight of row n."""
    rng = np.random.default_rng(1)
    X, v = rng.standard_exponential((9, 2)), np.array([[0.6], [0.8]])

    def form(weights):
        return float(v[:, 0] @ kind(X, order, weights).contract(v)[:, 0])

    target, step = kind(X, order), 1e-6
    centred = X - (X.mean(axis=0) if kind is CumulantTarget else 0)
    y = centred @ v[:, 0]
    moments = [np.array([np.mean(y**k)]) for k in range(order + 1)]
    coefficients = target.influence(moments)
    for n in range(len(X)):
        more = np.full(len(X), (1 - step) / len(X))
        more[n] += step
        influence = sum(
            float(np.squeeze(c)) * y[n] ** j for j, c in coefficients.items()
        )
        slope = (form(more) - form(None)) / step
        assert influence == pytest.approx(slope, rel=1e-3, abs=1e-4)


@one_test("order", [3, 4])
@one_test("kind", [MomentTarget, CumulantTarget])
def test_gradients_of_forms_vary_as_forms_do(kind, order):
    """Euler: a gradient of degree l - 1 along its vector is l times the form."""
    rng = np.random.default_rng(2)
    target, v = (
        kind(rng.standard_exponential((50, 3)), order),
        rng.standard_normal((3, 1)),
    )
    gram = target.form_gradient_gram(v, np.eye(3))
    along = float(v[:, 0] @ gram @ v[:, 0]) / order**2
    assert along == pytest.approx(float(target.form_variances(v)[0]), rel=1e-8)


def test_weights_are_numbers_of_rows(context):
    rng = np.random.default_rng(0)
    X, counts = rng.standard_normal((20, 3)), rng.integers(0, 4, 20)
    V = np.eye(3)
    weighted = MomentTarget(context.asarray(X), 3, counts)
    repeated = MomentTarget(context.asarray(np.repeat(X, counts, axis=0)), 3)
    np.testing.assert_allclose(
        weighted.form_variances(V), repeated.form_variances(V), rtol=1e-10
    )


def test_weights_that_are_no_counts_have_no_unit():
    rng = np.random.default_rng(0)
    X, weights = rng.standard_normal((20, 3)), rng.uniform(0.1, 2, 20)
    one, other, even = (
        MomentTarget(X, 3, each).form_variances(np.eye(3))
        for each in (weights, 1e-150 * weights, np.full(20, 0.3))
    )
    np.testing.assert_allclose(other, one, rtol=1e-10)
    plain = MomentTarget(X, 3).form_variances(np.eye(3))
    np.testing.assert_allclose(even, plain, rtol=1e-10)


def test_every_kind_of_rows_has_the_same_variances():
    sparse = pytest.importorskip("scipy.sparse")
    X = np.random.default_rng(0).poisson(1.0, (40, 4)).astype(float)
    rows = [X, np.asfortranarray(X), sparse.csr_array(X)]
    try:
        import dask.array
    except ImportError:
        pass
    else:
        rows.append(dask.array.from_array(X, chunks=(7, -1)))
    V = np.random.default_rng(1).standard_normal((4, 3))
    for kind in (MomentTarget, CumulantTarget):
        first, *others = (kind(X, 4).form_variances(V) for X in rows)
        for other in others:
            np.testing.assert_allclose(other, first, rtol=1e-9)


def test_where_the_estimate_is_small_its_error_is_not():
    X = np.random.default_rng(0).standard_normal((500, 5))
    noise = SamplingNoise(CumulantTarget(X, 4), np.eye(5), 1.0, 0.05)
    limits = noise.limits(starts_of(5, 100), 0.0, 0)
    assert limits.min() >= noise.quantile * sqrt(24 / 500) * 0.6
