# SPDX-License-Identifier: BSD-3-Clause
"""The loop on tensors so small that each of its steps can be followed."""

import numpy as np
import pytest

from sklearn_overtensor import symmetrize
from sklearn_overtensor.compression import CompactTarget
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.noise.kinds import Level, WhiteNoise
from sklearn_overtensor.refine import Fit, reduce_to_tolerance, refit
from sklearn_overtensor.search.ascent import ascend, starts_of
from sklearn_overtensor.search.fewest import FewestTerms


def problem(noise, rank=2, n_features=8):
    data = make_symmetric_cp(n_features, rank, noise=noise, random_state=0)
    target = CompactTarget(data.tensor / np.linalg.norm(data.tensor))
    return target, WhiteNoise(n_features, 3, 0.05)


def search(target, noise, start=None, max_terms=20):
    steps = []
    loop = FewestTerms(target, noise, max_terms, 1e-12, steps.append)
    fit, explained = loop.search(start or Fit.empty(target))
    return fit, explained, steps


def test_terms_are_added_until_noise_explains_the_rest():
    target, noise = problem(0.1)
    fit, explained, steps = search(target, noise)
    assert explained
    assert len(fit) == 2
    up = [
        step
        for step, last in zip(steps[1:], steps, strict=False)
        if len(step) > len(last)
    ]
    assert all(step.squared < target.squared_norm for step in up)
    assert len(steps[-1]) == 2


def test_terms_that_noise_explains_are_dropped():
    target, noise = problem(0.1)
    right, _, _ = search(target, noise)
    more = 0.1 * np.random.default_rng(0).standard_normal((8, 2))
    vectors = np.column_stack([right.vectors, more])
    crowded = refit(target, Fit(vectors, np.ones(4), 3))
    fit, explained, _ = search(target, noise, crowded)
    assert explained
    assert len(fit) == 2
    assert fit.squared == pytest.approx(right.squared, rel=1e-4)


def test_without_noise_it_ends_where_rounding_is_left():
    target, noise = problem(0.0)
    fit, explained, steps = search(target, noise)
    assert explained
    assert fit.squared < 1e-12
    assert fit is steps[-1]  # it was added to, and nothing was dropped
    assert len(reduce_to_tolerance(target, fit, tol=1e-6)) == 2


def test_nothing_is_found_in_noise():
    rng = np.random.default_rng(0)
    tensor = symmetrize(rng.standard_normal((8, 8, 8)))
    target = CompactTarget(tensor / np.linalg.norm(tensor))
    fit, explained, steps = search(target, WhiteNoise(8, 3, 0.05))
    assert (len(fit), explained, steps) == (0, True, [])


def test_a_level_keeps_the_terms_that_exceed_it():
    weights = np.array([0.8, -0.5, 0.3, 0.1])
    tensor = np.einsum("k,ka,kb,kc,kd->abcd", weights, *[np.eye(6)[:4]] * 4)
    target = CompactTarget(tensor / np.linalg.norm(tensor))
    for alpha, kept in [(0.9, 0), (0.6, 1), (0.4, 2), (0.2, 3), (0.05, 4)]:
        fit, explained, _ = search(target, Level(alpha))
        assert (len(fit), explained) == (kept, True)


def test_a_limit_of_terms_leaves_what_noise_does_not_explain():
    target, noise = problem(0.1, rank=4)
    fit, explained, _ = search(target, noise, max_terms=2)
    assert (len(fit), explained) == (2, False)


def test_many_weak_terms_are_seen_by_looking_ahead():
    """At 30 % noise a few of 20 terms, left out, look like more noise."""
    data = make_symmetric_cp(15, 20, noise=0.2, random_state=3)
    target = CompactTarget(data.tensor / np.linalg.norm(data.tensor))
    fit, _, _ = search(target, WhiteNoise(15, 3, 0.05), max_terms=40)
    assert len(fit) >= 19


def test_an_ascent_leaves_an_axis_along_which_nothing_is_to_be_seen():
    tensor = symmetrize(np.random.default_rng(0).standard_normal((5, 5, 5)))
    tensor[range(5), range(5), range(5)] = 0.0  # as that of a hypergraph
    target = CompactTarget(tensor)
    _, values = ascend(target, np.eye(5), 100)
    _, others = ascend(target, starts_of(5, 50)[:, 5:], 100)
    assert np.abs(values).min() > 0
    assert np.abs(values).max() == pytest.approx(np.abs(others).max(), rel=1e-6)


def test_momentum_halves_the_columns_of_an_ascent_and_loses_no_maximum():
    tensor = symmetrize(np.random.default_rng(0).standard_normal((12, 12, 12)))
    target = CompactTarget(tensor / np.linalg.norm(tensor))
    starts, n_plain = starts_of(12), 0

    class Counted:
        n_columns = 0

        def contract(self, V):
            self.n_columns += V.shape[1]
            return target.contract(V)

    counted = Counted()
    _, values = ascend(counted, starts, 500, 1e-9)
    plain, climbing = starts, np.ones(starts.shape[1], dtype=bool)
    last = np.zeros(starts.shape[1])
    while climbing.any():
        images = target.contract(plain)
        forms = np.einsum("dp,dp->p", plain, images)
        n_plain += climbing.sum()
        climbing &= np.abs(np.abs(forms) - np.abs(last)) > 1e-9 * np.abs(forms)
        moved = np.sign(forms) * images + np.abs(forms) * plain
        plain, last = moved / np.linalg.norm(moved, axis=0), forms
    assert np.abs(values).max() == pytest.approx(np.abs(last).max(), rel=1e-6)
    assert counted.n_columns <= n_plain / 2


def test_looking_ahead_takes_as_many_fits_as_the_logarithm(monkeypatch):
    target, noise = problem(0.1, rank=5, n_features=14)
    fit, _, _ = search(target, noise)
    loop, more = FewestTerms(target, noise, 14, 0.0, None), []
    original = loop._refitted

    def watched(larger, limits):
        more.append(len(larger) - len(fit))
        return original(larger, limits)

    monkeypatch.setattr(loop, "_refitted", watched)
    assert len(fit) == 5
    assert loop._look_ahead(fit, 9) is None
    assert more == [1, 2, 4, 6]


def test_looking_ahead_goes_on_with_twice_as_many_while_they_pay(monkeypatch):
    target, noise = problem(0.1, rank=5, n_features=14)
    fit, _, _ = search(target, noise)
    few = refit(target, fit.without([2, 3, 4]))
    loop, tried = FewestTerms(target, noise, 14, 0.0, None), []
    original = loop._refitted

    def watched(larger, limits):
        tried.append(len(larger))
        return original(larger, limits)

    monkeypatch.setattr(loop, "_refitted", watched)
    ahead = loop._look_ahead(few, 9)
    assert tried == [3, 5]
    assert len(ahead) == 5
    assert len(loop._look_ahead(few, 2)) == 4  # where there is room for no more
