# SPDX-License-Identifier: BSD-3-Clause
"""make_latent_samples keeps what it promises about the truth it returns."""

from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.utils import Bunch

from sklearn_overtensor.datasets import make_latent_samples

from ..cases import one_test
from .common import dense


@given(
    n_samples=st.integers(1, 30),
    n_features=st.integers(1, 6),
    n_sources=st.none() | st.integers(1, 9),
    distribution=st.sampled_from(["laplace", "uniform", "exponential"]),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=40, deadline=None)
def test_latent_samples_are_what_they_say(
    n_samples, n_features, n_sources, distribution, seed
):
    data = make_latent_samples(
        n_samples, n_features, n_sources, distribution=distribution, random_state=seed
    )
    n_sources = n_features if n_sources is None else n_sources

    assert isinstance(data, Bunch)
    assert data.X.shape == (n_samples, n_features)
    assert data.sources.shape == (n_samples, n_sources)
    assert data.components.shape == (n_sources, n_features)
    assert data.weights.shape == (n_sources,)
    assert_allclose(np.linalg.norm(data.components, axis=1), 1.0)
    assert_array_equal(data.mixing, data.components.T)
    assert_allclose(data.X, data.sources @ data.mixing.T, atol=1e-12)


@pytest.mark.parametrize("distribution", ["laplace", "uniform", "exponential"])
def test_sources_are_standardised_and_independent(distribution):
    sources = make_latent_samples(
        100_000, 3, distribution=distribution, random_state=0
    ).sources
    assert_allclose(sources.mean(axis=0), 0.0, atol=0.02)
    assert_allclose(np.cov(sources.T), np.eye(3), atol=0.03)
    assert_allclose(np.cov(sources.T**2, bias=True)[0, 1:], 0.0, atol=0.1)


def test_distributions_are_cycled_over_the_sources():
    data = make_latent_samples(
        10, 2, 5, distribution=("uniform", "exponential"), random_state=0
    )
    assert_allclose(data.weights, [-1.2, 6.0, -1.2, 6.0, -1.2])
    assert (np.abs(data.sources[:, ::2]) <= np.sqrt(3)).all()
    assert (data.sources[:, 1::2] >= -1).all()


@one_test("order", [3, 4, 5, 6, 8])
@one_test("name", ["laplace", "uniform", "exponential"])
def test_weights_are_the_cumulants_of_the_distribution(name, order):
    weights = make_latent_samples(
        1, 1, distribution=name, order=order, random_state=0
    ).weights
    moments = {
        "laplace": lambda k: factorial(k) / 2 ** (k / 2) * (k % 2 == 0),
        "uniform": lambda k: 3 ** (k / 2) / (k + 1) * (k % 2 == 0),
        "exponential": lambda k: sum(
            (-1) ** i * factorial(k) / factorial(i) for i in range(k + 1)
        ),
    }[name]
    # The recursion from moments to cumulants, independent of the closed forms.
    cumulants = [0.0, 0.0]
    for k in range(2, order + 1):
        known = sum(
            factorial(k - 1)
            / (factorial(j - 1) * factorial(k - j))
            * cumulants[j]
            * moments(k - j)
            for j in range(1, k)
        )
        cumulants.append(moments(k) - known)
    assert_allclose(weights, cumulants[order], rtol=1e-9, atol=1e-9)


def test_third_cumulant_of_the_samples_is_the_one_promised():
    data = make_latent_samples(
        400_000,
        2,
        3,
        distribution="exponential",
        order=3,
        noise=0.5,
        random_state=0,
    )
    centered = data.X - data.X.mean(axis=0)
    moment = np.einsum("na,nb,nc->abc", *[centered] * 3) / len(centered)
    assert_allclose(moment, dense(data.weights, data.components)(3), atol=0.08)


def test_noise_has_the_standard_deviation_asked_for():
    options = {"n_samples": 50_000, "n_features": 3, "random_state": 0}
    clean = make_latent_samples(**options)
    noisy = make_latent_samples(**options, noise=0.7)
    assert_array_equal(clean.sources, noisy.sources)
    assert_array_equal(clean.components, noisy.components)
    covariance = np.cov((noisy.X - clean.X).T)
    assert_allclose(covariance, 0.49 * np.eye(3), atol=0.02)


def test_same_seed_gives_the_same_samples():
    first = make_latent_samples(noise=0.1, random_state=3)
    second = make_latent_samples(noise=0.1, random_state=3, order=6)
    third = make_latent_samples(noise=0.1, random_state=4)
    for name in ("X", "sources", "components", "mixing"):
        assert_array_equal(first[name], second[name])
        assert not np.array_equal(first[name], third[name])


def test_global_generator_is_left_alone():
    before = np.random.get_state()  # noqa: NPY002 - it is the global one
    make_latent_samples(noise=0.1, random_state=0)
    after = np.random.get_state()  # noqa: NPY002
    assert before[0] == after[0]
    assert_array_equal(before[1], after[1])
    assert before[2:] == after[2:]


@one_test(
    ("parameters", "message"),
    [
        ({"n_samples": 0}, r"'n_samples'.*must be an int in the range \[1, inf\)"),
        ({"n_features": 0}, r"'n_features'.*must be an int in the range \[1, inf\)"),
        ({"n_sources": 0}, r"'n_sources'.*must be an int in the range \[1, inf\)"),
        ({"n_sources": 1.5}, r"'n_sources'.*must be an int.*or None.*Got 1\.5"),
        ({"distribution": "laplase"}, r"'distribution'.*'laplace'.*Got 'laplase'"),
        ({"distribution": 3}, r"'distribution'.*'laplace'.*Got 3"),
        ({"distribution": []}, r"distribution is empty; expected names from.*laplace"),
        (
            {"distribution": ["laplace", "normal"]},
            r"distribution holds the unknown 'normal'; expected names from.*uniform",
        ),
        ({"distribution": [None]}, r"distribution holds the unknown None"),
        ({"order": 2}, r"'order'.*must be an int in the range \[3, 32\].*Got 2"),
        ({"noise": -1}, r"'noise'.*must be a float in the range \[0\.0, inf\).*-1"),
        ({"noise": "low"}, r"'noise'.*must be a float.*Got 'low'"),
        ({"random_state": -1}, r"'random_state'.*Got -1"),
    ],
)
def test_latent_samples_refuse(parameters, message):
    with pytest.raises(ValueError, match=message):
        make_latent_samples(**parameters)


def test_latent_samples_refuse_what_cannot_fit():
    with pytest.raises(MemoryError, match=r"n_samples=\d+, n_features=5.* needs"):
        make_latent_samples(10**15)
