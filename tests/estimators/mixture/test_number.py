# SPDX-License-Identifier: BSD-3-Clause
"""The number of components: which neighbours are tried, and which one is kept."""

import numpy as np
import pytest

from sklearn_overtensor.estimators.mixture.number import choose_number, is_better

from ...cases import one_test


@one_test("first", [1, 3, 5, 8])
def test_the_number_is_found_from_either_side(first):
    noise = 0.1 * np.random.default_rng(0).standard_normal((10, 200))
    asked = []

    def densities_of(k):
        asked.append(k)
        return noise[k] - 0.5 * abs(k - 4)

    assert choose_number(densities_of, first, 9, 0.05) == 4
    assert len(asked) == len(set(asked))  # none is fitted twice


def test_no_more_than_the_most():
    assert choose_number(lambda k: np.full(9, float(k)), 2, 5, 0.05) == 5


def test_chance_makes_a_mixture_better_as_often_as_asked():
    draws = np.random.default_rng(0).standard_normal((4000, 100))
    zero = np.zeros(100)
    share = np.mean([is_better(draw, zero, 0.05) for draw in draws])
    assert share == pytest.approx(0.05, abs=0.015)


def test_rounding_is_no_difference():
    assert not is_better(np.full(50, 3.0 + 1e-14), np.full(50, 3.0), 0.05)
