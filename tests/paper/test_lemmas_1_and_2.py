# SPDX-License-Identifier: BSD-3-Clause
"""Lemmas 1 and 2: what an epoch does to f: often much less, never much more."""

import importlib
from itertools import pairwise
from math import log

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

ALPHA = 1e-3


@given(
    instance=instances,
    m=st.integers(1, 12),
    alpha=st.sampled_from([1e-3, 1e-2, 0.1]),
    seed=st.integers(0, 2**31),
)
@settings(max_examples=7, deadline=None)
def test_lemma_2_no_epoch_adds_much(instance, m, alpha, seed):
    r"""``f(U_H) - f(U_0') = O(1 / (lambda m))`` for every epoch.

    Normal steps lower f (Lemma 3) and the re-initialisation adds at most what Lemma 4
    says. What is left are scalar mode switches, of which a component has at most one
    in an epoch. A switch takes a weight from ``s^{l-2} ||u||^2`` to ``||u||^2``, so all
    that happen at once change T by less than ``x = sum s^{l-2} ||u||^2``, and f by at
    most ``||R|| x + x^2 / 2``. Before the step ``||u||`` was at most the threshold
    ``2 sqrt(m + K) delta``, and a step lengthens it by the factor
    ``1 + eta l (s^{l-2} ||R|| + lambda)`` at most: x is as small as delta makes it.
    """
    run = run_algorithm(instance, m, K=4, H=80, alpha=alpha, seed=seed)
    for before, epoch in run.epochs:
        loss = before.evaluation.loss
        bound = replacement_bound(run, loss)
        for earlier, seen in pairwise(epoch):
            passed = earlier.parameters.scalars != seen.parameters.scalars
            reach = run.gain * earlier.evaluation.residual + alpha
            longest = 1 + seen.step * instance.order * reach
            longest *= run.schedule.threshold
            assert (seen.evaluation.norms[passed] <= longest * (1 + ROUNDING)).all()
            weight = run.gain * longest**2 * np.sum(passed)
            switch = np.sqrt(2 * seen.objective_before_switch) * weight + weight**2 / 2
            assert (
                seen.evaluation.loss <= seen.objective_before_switch + switch + ROUNDING
            )
            bound += switch
        assert epoch[-1].evaluation.loss - loss <= bound + len(epoch) * ROUNDING


def decrease_of_lemma_1(residual, d, r, order):
    """``epsilon^4 / (r^{2l} log(d / epsilon))``, with one for the hidden constant."""
    return residual**4 / (r ** (2 * order) * log(d / residual))


@pytest.mark.parametrize(("d", "missed", "order"), [(4, 2, 3), (3, 1, 4)])
def test_lemma_1_one_epoch_in_six_leaves_a_local_minimum(d, missed, order):
    """From the local minimum of Theorem 2 an epoch goes down, if at all, by its draw.

    All components are where no step moves them, so that without the re-initialisation
    no epoch would decrease f at all. At even order about half of the draws, those of
    the right sign, lead out; at odd order a component on the wrong side turns round.
    """
    data = make_spurious_minimum(d, missed, order, alpha=ALPHA)
    norm, m = np.linalg.norm(data.tensor), len(data.A)
    instance = Instance(data.tensor / norm, np.eye(d)[:, : missed + 1])
    start = Components(data.U_homogeneous / np.sqrt(norm), data.A, data.A)
    changes = []
    for seed in range(12):
        run = run_algorithm(
            instance, m, 1, 150, alpha=ALPHA / norm, seed=seed, start=start
        )
        before = run.seen[0].evaluation
        changes.append(run.seen[-1].evaluation.loss - before.loss)
    epsilon = before.residual
    enough = decrease_of_lemma_1(epsilon, d, missed + 1, order)
    assert epsilon > 0.5
    assert np.mean(np.array(changes) <= -enough) >= 1 / 6


@pytest.mark.parametrize("parts", [(6, 4, 3, 0), (6, 5, 3, 1), (5, 4, 4, 2)])
def test_lemma_1_along_whole_runs(parts):
    """Of the epochs that begin above the target accuracy, one in six decreases f.

    Few components and short epochs, so that there are such epochs after the first.
    """
    instance, accuracy = make_instance(*parts), 0.05
    enough = decrease_of_lemma_1(accuracy, instance.d, instance.r, instance.order)
    decreased = []
    for seed in range(4):
        run = run_algorithm(instance, 8, K=10, H=15, alpha=ALPHA, seed=seed)
        for before, epoch in run.epochs:
            if before.evaluation.residual >= accuracy:
                change = epoch[-1].evaluation.loss - before.evaluation.loss
                decreased.append(change <= -enough)
    assert len(decreased) >= 12
    assert np.mean(decreased) >= 1 / 6


def test_without_a_fresh_component_nothing_leaves(monkeypatch):
    """The share above is owed to the re-initialisation, and would be zero without."""
    gd = importlib.import_module("sklearn_overtensor.solvers.gradient_descent")
    monkeypatch.setattr(
        gd, "reinitialize_smallest", lambda components, *others: components
    )
    data = make_spurious_minimum(4, 1, 3, alpha=ALPHA)
    norm = np.linalg.norm(data.tensor)
    run = run_algorithm(
        Instance(data.tensor / norm, np.eye(4)[:, :2]),
        len(data.A),
        1,
        300,
        alpha=ALPHA / norm,
        start=Components(data.U_homogeneous / np.sqrt(norm), data.A, data.A),
    )
    first, last = run.seen[0].evaluation, run.seen[-1].evaluation
    assert last.loss == pytest.approx(first.loss, rel=1e-12)
