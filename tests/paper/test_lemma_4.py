# SPDX-License-Identifier: BSD-3-Clause
"""Lemma 4: a re-initialisation raises f by O(1 / (lambda m))."""

import importlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_overtensor.datasets import make_spurious_minimum
from sklearn_overtensor.solvers.objective import Components

from .common import (
    ROUNDING,
    Instance,
    instances,
    make_instance,
    replacement_bound,
    run_algorithm,
)


def check_replacements(run):
    r"""Each re-initialisation against the bound; returns the largest share of it.

    Let F be the objective before. The penalty is part of it, so ``lambda sum_i
    ||u_i||^2 <= F``, and the smallest component has ``||u||^2 <= F / (lambda m)``. In
    its second scalar mode that is the size of its weight ``||u||^2``; in the first its
    weight is ``s^{l-2} ||u||^2`` and ``||u||`` is below the threshold
    ``2 sqrt(m + K) delta``. The fresh one weighs ``s^{l-2} delta^2``. So T changes by a
    tensor of norm at most

        x = max(F / (lambda m), s^{l-2} 4 (m + K) delta^2) + s^{l-2} delta^2,

    and ``1/2 ||R||^2`` by at most ``||R|| x + x^2 / 2`` with ``||R|| <= sqrt(2 F)``;
    the penalty gains at most ``lambda delta^2``. For delta small and ``lambda m >= 1``
    that is at most ``(sqrt(2 F) F + F^2 / 2) / (lambda m)``.
    """
    shares = []
    for before, epoch in run.epochs:
        loss = before.evaluation.loss
        increase = epoch[0].evaluation.loss - loss
        bound = replacement_bound(run, loss)
        assert increase <= bound + ROUNDING
        shares.append(increase / bound)
    return max(shares)


@given(
    instance=instances,
    m=st.integers(1, 40),
    alpha=st.sampled_from([1e-3, 1e-2, 0.1, 0.3]),
    seed=st.integers(0, 2**31),
)
@settings(max_examples=10, deadline=None)
def test_the_increase_is_bounded(instance, m, alpha, seed):
    check_replacements(run_algorithm(instance, m, K=4, H=50, alpha=alpha, seed=seed))


@pytest.mark.parametrize(
    ("instance", "alpha", "m"),
    [
        ((4, 2, 3, 0), 0.1, 10),
        ((4, 2, 3, 0), 0.1, 160),
        ((4, 2, 3, 0), 0.4, 40),
        ((5, 2, 4, 1), 0.1, 40),
        ((5, 2, 4, 1), 0.4, 10),
    ],
)
def test_it_falls_as_one_over_lambda_m(instance, alpha, m):
    """With ``F <= 0.6``, as long as f begins near 1/2, the constant is below one."""
    run = run_algorithm(
        make_instance(*instance), m, K=4, H=100, alpha=alpha, delta=1e-6
    )
    for before, epoch in run.epochs:
        assert before.evaluation.loss <= 0.6
        increase = epoch[0].evaluation.loss - before.evaluation.loss
        assert increase <= 1 / (alpha * m) + 1e-9


@pytest.mark.parametrize("order", [3, 4])
def test_equal_components_come_near_it(order):
    """Where all components are equal, as in Theorem 2, none is small."""
    alpha = 0.01
    data = make_spurious_minimum(4, 1, order, n_components=50, alpha=alpha)
    norm = np.linalg.norm(data.tensor)
    run = run_algorithm(
        Instance(data.tensor / norm, np.eye(4)[:, :2]),
        50,
        K=1,
        H=1,
        alpha=alpha / norm,
        delta=1e-6,
        start=Components(data.U_homogeneous / np.sqrt(norm), data.A, data.A),
    )
    # One of m equal weights of a stationary model goes: that costs half its square.
    (before, epoch), weight = run.epochs[0], 1 / (50 * norm)
    increase = epoch[0].evaluation.loss - before.evaluation.loss
    assert increase == pytest.approx(weight**2 / 2, rel=1e-3)
    check_replacements(run)


@pytest.mark.parametrize("order", [3, 4])
def test_replacing_the_largest_component_would_break_it(order, monkeypatch):
    """The bound is no empty one: it is the smallest component that obeys it."""
    gd = importlib.import_module("sklearn_overtensor.solvers.gradient_descent")
    instance = make_instance(5, 1, order, 0)
    monkeypatch.setattr(
        gd,
        "smallest_component",
        lambda components, context: int(
            np.argmax(np.linalg.norm(components.U, axis=0))
        ),
    )
    run = run_algorithm(instance, 40, K=3, H=200, alpha=0.05)
    with pytest.raises(AssertionError):
        check_replacements(run)
