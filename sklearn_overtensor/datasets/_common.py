# SPDX-License-Identifier: BSD-3-Clause
"""What the generators share: the range of orders and random directions."""

import numpy as np

MAX_ORDER = 32  # NumPy 1.x arrays have at most 32 axes


def random_directions(
    rng: np.random.RandomState, rank: int, n_features: int, cosine: float | None = None
) -> np.ndarray:
    """Draw unit rows (rank, n_features), uniform or with every cosine given."""
    if cosine is None:
        rows = rng.standard_normal((rank, n_features))
    else:
        q, r = np.linalg.qr(rng.standard_normal((n_features, rank)))
        q *= np.where(np.diag(r) < 0, -1.0, 1.0)  # uniform (Haar) frame
        # G = (1 - c) I + c 11' has the eigenvalues 1 - c and, along 1, 1 + (r - 1) c.
        small, large = np.sqrt([1 - cosine, max(0.0, 1 + (rank - 1) * cosine)])
        root = small * np.eye(rank) + (large - small) / rank
        rows = root @ q.T
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)
