# SPDX-License-Identifier: BSD-3-Clause
"""``CumulantICA`` of more sources than sensors: the mixing, and three codes."""

import numpy as np
import pytest

from sklearn_overtensor import CumulantICA
from sklearn_overtensor.datasets import make_latent_samples
from sklearn_overtensor.estimators.ica import coding
from sklearn_overtensor.estimators.ica.coding import posterior_means, sparse_codes

from .common import matched


@pytest.fixture(scope="module")
def wide():
    """Five sources, four sensors: sources, samples, model."""
    data = make_latent_samples(100_000, 4, 5, random_state=3)
    present = np.random.default_rng(0).uniform(size=data.sources.shape) < 0.2
    sources = data.sources * present / 0.2**0.5
    X = sources @ data.components
    return sources, data.mixing, X, CumulantICA(random_state=0).fit(X)


def test_more_sources_than_sensors(wide):
    _, mixing, _, model = wide
    assert model.n_components_ == 5
    assert model.components_.shape == (5, 4)
    own, signs = matched(model.mixing_, mixing)
    errors = model.mixing_[:, own] * signs - mixing
    assert np.abs(errors).max() < 0.1
    assert np.mean(np.abs(errors) < 3 * model.mixing_std_[:, own]) > 0.7
    np.testing.assert_allclose(model.components_, np.linalg.pinv(model.mixing_), 0.1)


def test_samples_come_back_from_more_sources_than_sensors(wide):
    *_, X, model = wide
    back = model.inverse_transform(model.transform(X[:100]))
    np.testing.assert_allclose(back, X[:100], atol=1e-8)


def test_lasso_finds_sparse_sources_better_than_a_linear_map(wide):
    sources, mixing, X, model = wide
    rows = X[:500]
    own, signs = matched(model.mixing_, mixing)
    left = {}
    for name in ("min_norm", "lasso"):
        model.set_params(transform_algorithm=name)
        found = model.transform(rows)[:, own] * signs
        left[name] = ((found - sources[:500]) ** 2).mean()
    model.set_params(transform_algorithm="min_norm")
    assert left["lasso"] < 0.5 * left["min_norm"]


def test_the_posterior_mean_is_the_best_estimate_of_laplace_sources():
    rng = np.random.default_rng(0)
    mixing = np.linalg.qr(rng.standard_normal((9, 6)))[0].T  # orthonormal rows
    sources = rng.laplace(scale=np.sqrt(0.5), size=(1000, 9))
    white = sources @ mixing.T
    left = [
        ((found - sources) ** 2).mean()
        for found in (
            posterior_means(white, mixing),
            white @ mixing,
            sparse_codes(white, mixing, 0.1),
        )
    ]
    assert left[0] < 0.95 * min(left[1:])


def test_a_posterior_mean_does_not_depend_on_the_other_rows(monkeypatch):
    rng = np.random.default_rng(0)
    mixing, white = rng.standard_normal((2, 3)), rng.standard_normal((20, 2))
    means = posterior_means(white, mixing)
    np.testing.assert_allclose(means @ mixing.T, white, atol=1e-7)
    np.testing.assert_allclose(posterior_means(white[::-1], mixing), means[::-1])
    np.testing.assert_allclose(posterior_means(white[:1], mixing), means[:1])
    monkeypatch.setattr(coding, "BLOCK_BYTES", 8 * 6 * 7)
    np.testing.assert_allclose(posterior_means(white, mixing), means)


def test_many_draws_of_a_posterior_are_its_integral(monkeypatch):
    monkeypatch.setattr(coding, "N_DRAWS", 10_000)
    mixing, z = np.array([[0.8, 0.6]]), np.array([[-3.0], [-1.0], [0.5], [2.0]])
    first = np.linspace(-30, 30, 20_001)
    second = (z - 0.8 * first) / 0.6
    density = np.exp(-np.sqrt(2) * (np.abs(first) + np.abs(second)))
    density /= density.sum(axis=1, keepdims=True)
    expected = np.stack([density @ first, (density * second).sum(axis=1)], axis=1)
    np.testing.assert_allclose(posterior_means(z, mixing), expected, atol=0.05)


def test_a_told_number_may_exceed_the_sensors(wide):
    *_, X, _ = wide
    assert CumulantICA(5, random_state=0).fit(X).mixing_.shape == (4, 5)
