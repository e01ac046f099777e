# SPDX-License-Identifier: BSD-3-Clause
"""What noise alone can look like, and what is found in it."""

import warnings
from math import comb, sqrt

import numpy as np
import pytest
from scipy.stats import beta, norm
from sklearn.exceptions import ConvergenceWarning

from sklearn_overtensor import OverparamSymmetricCP, overparam_symmetric_cp, symmetrize
from sklearn_overtensor.compression import CompactTarget
from sklearn_overtensor.datasets import make_latent_samples, make_symmetric_cp
from sklearn_overtensor.metrics import factor_match_score
from sklearn_overtensor.noise.kinds import SamplingNoise, WhiteNoise, largest_form
from sklearn_overtensor.search.ascent import ascend, starts_of
from sklearn_overtensor.targets import CPTarget, CumulantTarget, MomentTarget

quiet = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


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
    starts = starts_of(n_features, 40)
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

    forms = [np.sum(V * draw().contract(V), axis=0) for _ in range(400)]
    found = np.mean([draw().form_variances(V) for _ in range(20)], axis=0)
    np.testing.assert_allclose(found, np.var(forms, axis=0), rtol=0.3)


@pytest.mark.parametrize("order", [3, 4, 5])
@pytest.mark.parametrize("kind", [MomentTarget, CumulantTarget])
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


@pytest.mark.parametrize("order", [3, 4])
@pytest.mark.parametrize("kind", [MomentTarget, CumulantTarget])
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


# --- answers -------------------------------------------------------------------------


@quiet
@pytest.mark.parametrize(
    ("n_features", "rank", "order", "signed", "noise"),
    [
        (10, 4, 3, False, 1e-3),
        (8, 6, 4, True, 0.3),
        (12, 7, 3, False, 0.3),
        (7, 4, 5, False, 0.3),
    ],
)
def test_noisy_tensors_have_the_terms_that_were_planted(
    n_features, rank, order, signed, noise
):
    data = make_symmetric_cp(
        n_features, rank, order, signed=signed, noise=noise, random_state=1
    )
    model = OverparamSymmetricCP(random_state=0).fit(data.tensor)
    assert (model.n_components_, model.status_) == (rank, "within_noise")
    assert model.noise_ == pytest.approx(noise, rel=0.15)
    clean = CPTarget(data.weights, data.components, order).to_dense()
    norm_of_noise = np.linalg.norm(data.tensor - clean)
    left = model.reconstruction_err_ * np.linalg.norm(data.tensor)
    assert left <= norm_of_noise  # the least-squares fit, at the truth or better


def test_the_seed_and_the_unit_change_nothing():
    data = make_symmetric_cp(10, 4, noise=0.1, random_state=0)
    first, *others = [
        OverparamSymmetricCP(random_state=seed).fit(scale * data.tensor)
        for seed, scale in [(0, 1), (1, 1), (2, 1e-3), (3, 1e6)]
    ]
    for other in others:
        np.testing.assert_allclose(other.components_, first.components_, atol=1e-6)
        assert other.alpha_ == pytest.approx(first.alpha_, rel=1e-5)


def test_noise_that_is_given_is_taken():
    data = make_symmetric_cp(10, 4, noise=0.1, random_state=0)
    model = OverparamSymmetricCP(noise=0.1, random_state=0).fit(data.tensor)
    assert (model.n_components_, model.noise_) == (4, 0.1)


def sources(seed, n_samples=10_000, n_sources=4, n_sensors=6):
    rng = np.random.default_rng(seed)
    mixing = rng.standard_normal((n_sensors, n_sources))
    gains = 10 ** rng.uniform(-1, 1, (n_sensors, 1))
    return rng.exponential(size=(n_samples, n_sources)) @ (
        gains * mixing
    ).T, gains * mixing


@pytest.mark.parametrize("contraction", ["implicit", "dense"])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_sources_are_counted_in_any_units(seed, contraction):
    X, mixing = sources(seed)
    model = OverparamSymmetricCP(
        statistic="cumulant", contraction=contraction, random_state=seed
    ).fit(X)
    assert (model.n_components_, model.status_) == (4, "within_noise")
    assert factor_match_score(mixing.T, model.components_, order=3) > 0.97
    again = OverparamSymmetricCP(statistic="cumulant", random_state=seed + 1).fit(
        np.random.default_rng(0).permutation(X)
    )
    np.testing.assert_allclose(again.components_, model.components_, atol=1e-5)


def test_parts_of_samples_are_counted_too():
    X, _ = sources(0)
    model = OverparamSymmetricCP(statistic="cumulant", random_state=0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for part in np.array_split(X, 4):
            model.partial_fit(part)
    assert model.n_components_ == 4
    # Rows that are gone do not say how far each moves the terms.
    assert np.isnan(model.weights_std_).all()


@quiet
@pytest.mark.parametrize(("order", "statistic"), [(3, "moment"), (4, "cumulant")])
def test_nothing_is_found_in_nothing(order, statistic):
    found = [
        OverparamSymmetricCP(order=order, statistic=statistic, random_state=0).fit(
            np.random.default_rng(seed).standard_normal((1000, 5))
        )
        for seed in range(20)
    ]
    quiet_ones = [model for model in found if model.status_ == "noise"]
    # 19 are expected at 5 %, give or take one.
    assert len(quiet_ones) >= 16
    assert all(model.n_components_ == 1 for model in quiet_ones)
    assert all(model.noise_ == np.inf for model in quiet_ones)


def test_noise_warns():
    X = np.random.default_rng(0).standard_normal((500, 5))
    with pytest.warns(ConvergenceWarning, match="told from noise.*noise=0"):
        result = overparam_symmetric_cp(X, statistic="cumulant", random_state=0)
    assert result.status == "noise"


@pytest.mark.parametrize("solver", ["lbfgs", "gd"])
def test_the_penalty_comes_from_the_noise_where_it_is_asked_for(solver):
    data = make_symmetric_cp(8, 2, noise=0.1, random_state=0)
    settings = {"max_epochs": 3, "max_iter": 200, "random_state": 0, "solver": solver}
    plain = OverparamSymmetricCP(refine=False, n_components=9, **settings)
    plain.fit(data.tensor)
    assert 0.01 < plain.alpha_ < 0.1
    assert np.isnan(plain.weights_std_).all()
    refined = OverparamSymmetricCP(**settings).fit(data.tensor)
    assert refined.n_components_ == 2


def test_clusters_in_many_features_are_found_within_a_bounded_search():
    """The residual is not worth an array of 300^3, nor is a norm that is estimated."""
    rng = np.random.default_rng(0)
    centres = rng.standard_normal((3, 300))
    X = centres[rng.integers(3, size=2000)] + 0.3 * rng.standard_normal((2000, 300))
    model = OverparamSymmetricCP(random_state=0).fit(X)
    assert (model.n_components_, model.status_) == (3, "within_noise")
    assert factor_match_score(centres, model.components_, order=3) > 0.99


def test_an_estimated_norm_is_never_exact():
    rng = np.random.default_rng(5)
    centres = rng.standard_normal((3, 100))
    X = centres[rng.integers(3, size=8500)] + 0.05 * rng.standard_normal((8500, 100))
    target = MomentTarget(X, 4)
    assert 0 < target.norm_error < 0.1
    model = OverparamSymmetricCP(order=4, random_state=0).fit(X)
    assert model.status_ != "exact"
    assert model.reconstruction_err_ >= sqrt(target.norm_error) * 0.99
    assert model.score(X) <= 1


def test_drawn_rows_do_not_follow_the_order_of_the_rows():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((16_384, 200))
    X /= np.linalg.norm(X, axis=1, keepdims=True)
    X[1::2] = np.eye(200)[0]
    exact = (
        0.25
        + 0.5 * np.mean(X[::2, 0] ** 4)
        + 0.25 * np.mean((X[::2][:2000] @ X[::2][:2000].T) ** 4)
    )
    target = MomentTarget(X, 4)
    assert abs(target.squared_norm - exact) < 5 * target.norm_error * exact
