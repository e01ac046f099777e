# SPDX-License-Identifier: BSD-3-Clause
"""What is merged lies where the weights say; what is pruned is below the limit."""

import numpy as np

from sklearn_overtensor.refine import merge_parallel, prune


def test_the_mean_direction_leans_to_the_heavier_term():
    turn = np.array([0.0, 0.1])
    directions = np.array([np.cos(turn), np.sin(turn)]) * [1, -1]
    weights, merged = merge_parallel(np.array([3.0, 1.0]), directions, order=4)
    mean = 3 * directions[:, 0] - directions[:, 1]
    assert weights.tolist() == [4]
    assert np.allclose(merged[:, 0], mean / np.linalg.norm(mean))


def test_a_term_at_the_limit_stays():
    weights, directions = np.array([-4.0, 2.0, 1.0]), np.eye(3)
    assert prune(weights, directions, 0.5)[0].tolist() == [-4, 2]
    assert prune(weights, directions, 0.1, floor=3.0)[0].tolist() == [-4]
    assert prune(weights, directions, 0.1, floor=9.0)[0].tolist() == [-4]
