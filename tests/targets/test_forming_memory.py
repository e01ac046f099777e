# SPDX-License-Identifier: BSD-3-Clause
"""The guard of memory counts what forming an array takes at its peak."""

import tracemalloc

import numpy as np
import pytest

from sklearn_overtensor.machine import memory
from sklearn_overtensor.targets import (
    AccumulatedMoments,
    CPTarget,
    CumulantTarget,
    MixedMomentTarget,
    MomentTarget,
)

# Large enough that blocks of rows are small beside the array.
N_FEATURES = {3: 100, 4: 32, 5: 17, 6: 11}
TARGETS = {
    "moment": lambda X, order: MomentTarget(X, order, contraction="dense"),
    "cumulant": lambda X, order: CumulantTarget(X, order, contraction="dense"),
    "mixed": lambda X, order: MixedMomentTarget(X[:, 1:], order, noise_variance=0.1),
    "moments of parts": lambda X, order: AccumulatedMoments(order, "moment").update(X),
    "cumulant of parts": lambda X, order: AccumulatedMoments(order, "cumulant").update(
        X
    ),
    "cp": lambda X, order: CPTarget(np.ones(4), X[:4], order),
}


def counted(monkeypatch, target):
    """Bytes that the guard asks for."""
    asked = []

    def available():
        asked.append(True)
        return 0

    with monkeypatch.context() as patch:
        patch.setattr(memory, "available_bytes", available)
        patch.setattr(memory, "Decimal", lambda n_bytes: asked.append(n_bytes) or 0)
        with pytest.raises(MemoryError):
            target.to_dense()
    return asked[-1]


def peak(make):
    tracemalloc.start()
    try:
        start, _ = tracemalloc.get_traced_memory()
        tracemalloc.reset_peak()
        make()
        return tracemalloc.get_traced_memory()[1] - start
    finally:
        tracemalloc.stop()


# Each order of a cumulant has a formula of its own.
@pytest.mark.parametrize(
    ("kind", "order"),
    [(kind, order) for kind in TARGETS for order in N_FEATURES if kind == "cumulant"]
    + [(kind, 3 + i % 2) for i, kind in enumerate(TARGETS) if kind != "cumulant"]
    + [(kind, 6 - i % 2) for i, kind in enumerate(TARGETS) if kind != "cumulant"],
)
def test_the_guard_counts_the_peak(kind, order, monkeypatch):
    # Each kind has both, at odd orders and at even ones.
    dtype = (np.float32, np.float64)[(list(TARGETS).index(kind) + order // 2) % 2]
    X = np.random.default_rng(0).exponential(size=(60, N_FEATURES[order]))
    target = TARGETS[kind](X.astype(dtype), order)
    most = counted(monkeypatch, target)
    size = N_FEATURES[order] ** order * np.dtype(dtype).itemsize
    assert size <= most
    # Products of a slice and numbers of monomials come on top: in arrays as small as
    # these they show.
    assert peak(target.to_dense) <= 1.25 * most
