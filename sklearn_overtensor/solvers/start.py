# SPDX-License-Identifier: BSD-3-Clause
"""Random starts: they depend on the seed and on shapes, never on the data."""

import numpy as np


def random_columns(n_features, m, random_state):
    """Columns drawn from the uniform distribution on the unit sphere, ``(d, m)``."""
    columns = random_state.standard_normal((n_features, m))
    return columns / np.linalg.norm(columns, axis=0)


def random_signs(m, random_state):
    """Signs drawn from Unif{1, -1}, ``(m,)``."""
    return random_state.choice([-1.0, 1.0], size=m)


def random_models(n_features, count, width, random_state):
    """Many models of such columns, ``(count, n_features, width)``."""
    columns = random_columns(n_features, count * width, random_state)
    return columns.reshape(n_features, count, width).transpose(1, 0, 2)
