# SPDX-License-Identifier: BSD-3-Clause
"""Seeds give the same numbers each time, and different ones for different seeds."""

import numpy as np

from sklearn_overtensor.machine.random import random_state_of


def test_a_seed_decides_the_numbers():
    first, again, other = (
        random_state_of(seed).standard_normal(5) for seed in (3, np.int32(3), 4)
    )
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).min() > 0
