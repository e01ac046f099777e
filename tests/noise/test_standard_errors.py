# SPDX-License-Identifier: BSD-3-Clause
"""Standard errors: intervals cover the truth as often as they say."""

import tracemalloc

import numpy as np
import pytest

from sklearn_overtensor import (
    OverparamSymmetricCP,
    overparam_symmetric_cp,
    symmetrize,
)
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.noise import standard_errors
from sklearn_overtensor.refine.normal_equations import gram_blocks, normal_matrix
from sklearn_overtensor.targets import CPTarget

from ..cases import one_test

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
REPETITIONS = 25
# Root mean squares that are one in the mean, give or take four times 1 / sqrt(2 n) for
# so many independent errors n: three or four weights, or tangents, a repetition.
OF_WEIGHTS, OF_ENTRIES = (0.7, 1.3), (0.85, 1.15)


def check_errors(models, weights, components, order):
    """Errors are as large as the standard errors say."""
    sizes, entries = [], []
    for model in models:
        if model.n_components_ != len(weights):
            continue
        overlap = model.components_ @ components.T
        match = np.abs(overlap).argmax(axis=1)
        signs = np.sign(overlap[np.arange(len(match)), match])
        moved = model.components_ * signs[:, None] - components[match]
        entries.append(moved / model.components_std_)
        changed = model.weights_ * signs**order - weights[match]
        sizes.append(changed / model.weights_std_)
    assert len(sizes) > 0.9 * len(models)
    for errors, (least, most) in ((sizes, OF_WEIGHTS), (entries, OF_ENTRIES)):
        assert least < np.sqrt(np.mean(np.square(errors))) < most


def test_errors_of_noisy_tensors_are_as_large_as_they_say():
    n_features, rank, order = 5, 3, 4
    truth = make_symmetric_cp(n_features, rank, order, random_state=7)
    rng, scale = np.random.default_rng(0), 0.05 * np.linalg.norm(truth.tensor)
    models = []
    for _ in range(REPETITIONS):
        noise = symmetrize(rng.standard_normal((n_features,) * order))
        tensor = truth.tensor + scale * noise / np.linalg.norm(noise)
        models.append(OverparamSymmetricCP(random_state=0).fit(tensor))
    check_errors(models, truth.weights, truth.components, order)


@pytest.mark.parametrize("statistic", ["moment", "cumulant"])
def test_errors_of_samples_are_as_large_as_they_say(statistic):
    mixing = np.random.default_rng(5).standard_normal((5, 3))
    lengths = np.linalg.norm(mixing, axis=0)
    rng = np.random.default_rng(1)
    models = [
        OverparamSymmetricCP(statistic=statistic, random_state=0).fit(
            (rng.uniform(size=(5000, 3)) ** 3 - 1 / 4) @ mixing.T
        )
        for _ in range(REPETITIONS)
    ]
    # The third cumulant, and third central moment, of a uniform variable cubed.
    third = 1 / 10 - 3 / 28 + 3 / 64 - 1 / 64
    check_errors(models, third * lengths**3, (mixing / lengths).T, 3)


def test_errors_of_terms_of_either_sign_are_as_large_as_they_say():
    mixing = np.random.default_rng(5).standard_normal((4, 3))
    lengths = np.linalg.norm(mixing, axis=0)
    rng, powers, models = np.random.default_rng(1), np.array([9, 1, 9]), []
    for _ in range(REPETITIONS):
        X = rng.uniform(size=(10_000, 3)) ** powers @ mixing.T
        model = OverparamSymmetricCP(order=4, statistic="cumulant", random_state=0)
        models.append(model.fit(X))
    # Fourth cumulants of uniform variables to these powers, from E u^k = 1 / (k + 1).
    m = 1 / (np.outer(range(1, 5), powers) + 1)
    variance = m[1] - m[0] ** 2
    fourth = m[3] - 4 * m[0] * m[2] + 6 * m[0] ** 2 * m[1] - 3 * m[0] ** 4
    fourth -= 3 * variance**2
    check_errors(models, fourth * lengths**4, (mixing / lengths).T, 4)


def test_exact_tensors_have_none():
    data = make_symmetric_cp(8, 3, random_state=0)
    model = OverparamSymmetricCP(random_state=0).fit(data.tensor)
    assert model.noise_ == 0
    np.testing.assert_array_equal(model.weights_std_, np.zeros(3))
    np.testing.assert_array_equal(model.components_std_, np.zeros((3, 8)))


def test_exact_samples_are_samples_still():
    """Rows along three directions: the directions are sure, the weights are not."""
    rng = np.random.default_rng(0)
    directions = np.linalg.qr(rng.standard_normal((6, 6)))[0][:3]
    X = rng.gamma(4, 0.25, (3000, 1)) * directions[rng.integers(3, size=3000)]
    model = OverparamSymmetricCP(random_state=0).fit(X)
    assert (model.n_components_, model.status_) == (3, "exact")
    assert np.all(model.components_std_ < 1e-6)
    assert np.all((model.weights_std_ > 0.01) & (model.weights_std_ < 0.2))


def test_without_refinement_there_are_none():
    data = make_symmetric_cp(6, 2, noise=0.1, random_state=0)
    model = OverparamSymmetricCP(6, refine=False, random_state=0).fit(data.tensor)
    assert np.isnan(model.weights_std_).all()
    assert np.isnan(model.components_std_).all()


def test_a_given_alpha_has_them_too():
    data = make_symmetric_cp(8, 3, noise=0.05, random_state=0)
    found = OverparamSymmetricCP(random_state=0).fit(data.tensor)
    given = OverparamSymmetricCP(alpha=0.03, random_state=0).fit(data.tensor)
    np.testing.assert_allclose(given.weights_std_, found.weights_std_, rtol=0.05)
    assert given.alpha_ == 0.03


def test_nothing_of_the_square_of_the_features_is_formed():
    """Of 20,000 features that would be 3.2 GB for each term."""
    rng = np.random.default_rng(0)
    target = CPTarget([3.0, 2.0, 1.0], rng.standard_normal((3, 20_000)), order=3)
    tracemalloc.start()
    try:
        result = overparam_symmetric_cp(target, rank=2, random_state=0)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert np.isfinite(result.components_std).all()
    assert peak < 2e8


@one_test(("d", "m"), [(5, 2), (6, 5), (4, 4), (4, 6)])
def test_the_inverse_normal_matrix_is_the_whole_ones(d, m):
    rng = np.random.default_rng(0)
    vectors, signs = rng.standard_normal((d, m)), np.where(np.arange(m) % 2, -1.0, 1.0)
    blocks = gram_blocks(signs, vectors, 4)
    inverse = np.linalg.inv(normal_matrix(vectors, *blocks))
    solve = standard_errors._inverse_of_normal(vectors, *blocks)
    np.testing.assert_allclose(solve(np.eye(d * m)), inverse, rtol=1e-7, atol=1e-9)


def test_terms_that_are_one_have_no_inverse():
    vectors = np.eye(4)[:, [0, 1, 1]]
    assert (
        standard_errors._inverse_of_normal(
            vectors, *gram_blocks(np.ones(3), vectors, 3)
        )
        is None
    )
