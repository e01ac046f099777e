# SPDX-License-Identifier: BSD-3-Clause
"""Lemma 5: outside of the subspace S of T* the model stays as small as its start."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_overtensor.solvers.objective import TwoHomogeneousObjective

from .common import ROUNDING, instances, make_instance, run_algorithm


def leakages(run):
    """``||P_B U||_F^2`` at each step, in units of ``delta^2``."""
    return np.array(
        [
            np.sum(run.instance.on_B(seen.parameters.U) ** 2) / run.schedule.delta**2
            for seen in run.seen
        ]
    )


def mixing(run, seen):
    r"""The matrix M with ``P_B U' = P_B U (I - eta M)``.

    T* has no part in B, so that ``P_B (T - T*)(u_i^{l-1}, ·)`` is
    ``sum_j a_j c_j^{l-2} <u_i, u_j>^{l-1} P_B u_j``, and Algorithm 1's gradient gives

        M_ij = l a_i c_i^{l-2} a_j c_j^{l-2} <u_i, u_j>^{l-1} + lambda l 1[i = j].

    The entrywise power of a Gram matrix is positive semidefinite (Schur), and so is
    it with signs and sizes on both sides. Hence ``||P_B U'||_F <= ||P_B U||_F``
    whenever ``eta ||M|| <= 2``: at small steps the leakage grows at
    (re-)initialisations alone, by ``delta^2`` at most for each of the m + K of them.
    """
    order = run.instance.order
    size = seen.parameters.signs * seen.parameters.scalars ** (order - 2)
    size = size * seen.evaluation.norms
    cosines = seen.evaluation.V.T @ seen.evaluation.V
    matrix = np.outer(size, size) * cosines ** (order - 1)
    return order * (matrix + run.alpha * np.eye(len(size)))


@given(
    instance=instances,
    m=st.integers(1, 9),
    alpha=st.sampled_from([1e-3, 1e-2, 0.1]),
    seed=st.integers(0, 2**31),
)
@settings(max_examples=8, deadline=None)
def test_the_leakage_is_bounded_throughout(instance, m, alpha, seed):
    run = run_algorithm(instance, m, K=4, H=100, alpha=alpha, step_size=0.02, seed=seed)
    for seen in run.seen[::10]:  # eta is small enough
        assert 0.02 * np.linalg.norm(mixing(run, seen), 2) <= 2
    leakage = leakages(run)
    initialised = np.array([m + seen.epoch for seen in run.seen])
    assert (leakage <= initialised * (1 + ROUNDING)).all()
    assert leakage.max() <= (m + run.schedule.K) * (1 + ROUNDING)


@given(instance=instances, m=st.integers(1, 9), seed=st.integers(0, 2**31))
@settings(max_examples=7, deadline=None)
def test_it_never_grows_within_an_epoch(instance, m, seed):
    run = run_algorithm(instance, m, K=2, H=100, alpha=1e-2, step_size=0.02, seed=seed)
    leakage = leakages(run)
    for i in range(1, len(run.seen)):
        if run.seen[i].iteration > 0:
            assert leakage[i] <= leakage[i - 1] * (1 + ROUNDING)


@given(
    instance=instances,
    m=st.integers(1, 9),
    alpha=st.sampled_from([1e-3, 1e-2, 0.1]),
    seed=st.integers(0, 2**31),
)
@settings(max_examples=8, deadline=None)
def test_automatic_steps_keep_the_bound(instance, m, alpha, seed):
    """The objective alone would not: what is in B hardly counts in it.

    Without the limit, steps come to three times ``2 / ||M||``, and to far more where
    all components go to zero and every step passes.
    """
    run = run_algorithm(instance, m, K=4, H=100, alpha=alpha, seed=seed)
    leakage = np.sqrt(leakages(run))
    rounding = 1e-14 / run.schedule.delta  # of components of norm one
    for i, (before, after) in enumerate(pairwise(run.seen)):
        if after.iteration > 0:
            limit = run.objective.longest_step(before.parameters, before.evaluation)
            assert after.step <= limit
            assert leakage[i + 1] <= leakage[i] + rounding
    for seen in run.seen[::10]:
        limit = run.objective.longest_step(seen.parameters, seen.evaluation)
        assert limit * np.linalg.norm(mixing(run, seen), 2) <= 2 * (1 + ROUNDING)
    initialised = np.array([m + seen.epoch for seen in run.seen])
    assert (leakage <= np.sqrt(initialised) + rounding).all()


def test_the_matrix_is_the_one_of_the_algorithm():
    run = run_algorithm(
        make_instance(5, 2, 3, 0), 6, K=1, H=60, alpha=1e-2, step_size=0.02
    )
    on_B = run.instance.on_B
    for before, after in pairwise(run.seen[1:]):
        factor = np.eye(6) - 0.02 * mixing(run, before)
        expected = on_B(before.parameters.U) @ factor
        np.testing.assert_allclose(on_B(after.parameters.U), expected, atol=1e-15)


def test_the_exact_gradient_would_break_it(monkeypatch):
    """Why Algorithm 1 holds c and ĉ fixed: the paper's motivation of it.

    The exact gradient adds ``(l - 2) |<R, v^{⊗l}>|`` times a component to its way
    wherever that component is on the wrong side of the residual: in B too.
    """
    instances = [make_instance(4, 1, 4, seed) for seed in range(4)]
    options = {"K": 1, "H": 300, "alpha": 1e-3, "step_size": 0.02}
    for instance in instances:
        kept = leakages(run_algorithm(instance, 8, **options))
        assert kept[1:].max() <= kept[1] * (1 + ROUNDING)
    monkeypatch.setattr(
        TwoHomogeneousObjective,
        "algorithm_gradient",
        TwoHomogeneousObjective.exact_gradient,
    )
    broken = [leakages(run_algorithm(each, 8, **options)) for each in instances]
    assert max(one[1:].max() / one[1] for one in broken) > 1 + 1e-3
