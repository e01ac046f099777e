# SPDX-License-Identifier: BSD-3-Clause
"""Lemma 3: a normal step lowers f by at least ``eta / l ||grad||^2``."""

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_overtensor.solvers.gradient_descent import _Search

from .common import ROUNDING, instances, run_algorithm


def short_step(run, seen):
    r"""A step eta for which Lemma 3 is proved at a point.

    Let e be the exact gradient of f and g that of Algorithm 1, which holds c and ĉ
    fixed: ``g = e`` across each component and ``g = (l/2) e`` along it, because both
    terms of a component are homogeneous of degree l in the one case and 2 in the
    other. Hence ``<e, g> = ||g_t||^2 + (2/l) ||g_r||^2 >= (2/l) ||g||^2``, and with a
    bound L on the second derivative of f along the step

        f(U - eta g) - f(U) <= -(2/l) eta ||g||^2 + (L/2) eta^2 ||g||^2,

    at most ``-(eta/l) ||g||^2`` for ``eta <= 2 / (l L)``.

    For L take a direction W. The second derivative is
    ``||T'||^2 + <R, T''> + 2 alpha ||W||^2`` with ``R = T - T*``. A component is
    ``s^{l-2} p^2 v^{⊗l}`` with length p. Its first derivative has the norm
    ``s^{l-2} p (4 w_r^2 + l w_t^2)^{1/2}``, at most ``s^{l-2} p sqrt(l + 1) ||w||``.
    Its second derivative against R is, in the plane of u and w with the angle t and
    ``psi(t) = <R, v(t)^{⊗l}>``, the matrix of entries ``2 psi``, ``psi'``,
    ``2 psi + psi''``, where ``|psi| <= ||R||``, ``|psi'| <= sqrt(l) ||R||`` and
    ``|psi''| <= (l + sqrt(2 l (l - 1))) ||R||``: together less than ``4 l ||R||``. So

        L = (l + 1) sum_i s_i^{2(l-2)} ||u_i||^2 + 4 l max_i s_i^{l-2} ||R|| + 2 alpha.

    Twice that covers the change of lengths and of R along a step this short.
    """
    order = run.instance.order
    gain = seen.parameters.scalars ** (order - 2)
    curvature = (
        (order + 1) * np.sum((gain * seen.evaluation.norms) ** 2)
        + 4 * order * np.max(gain) * seen.evaluation.residual
        + 2 * run.alpha
    )
    return 2 / (order * 2 * curvature)


def one_step(run, seen, step):
    """Change of f in one normal step, and the decrease that Lemma 3 promises."""
    search = _Search(run.objective, run.schedule, step)
    gradient = run.objective.algorithm_gradient(seen.parameters, seen.evaluation)
    _, moved = search._descend(seen.parameters, seen.evaluation, gradient)
    promised = step / run.instance.order * np.sum(gradient**2)
    return moved.loss - seen.evaluation.loss, promised


@given(
    instance=instances,
    m=st.integers(1, 9),
    alpha=st.sampled_from([1e-3, 1e-2, 0.1]),
    seed=st.integers(0, 2**31),
)
@settings(max_examples=12, deadline=None)
def test_short_steps_go_down_as_promised(instance, m, alpha, seed):
    run = run_algorithm(instance, m, K=2, H=60, alpha=alpha, seed=seed)
    for seen in run.seen[::7]:
        assert seen.evaluation.loss <= 10  # the assumption of the lemma
        change, promised = one_step(run, seen, short_step(run, seen))
        assert change <= -promised + ROUNDING
        # And no more than l + 1 times as much: ``<e, g>`` is at most ``||g||^2``, and
        # the second order term at most a half of the least that the first one gives.
        assert change >= -(instance.order + 1) * promised - ROUNDING


@given(instance=instances, m=st.integers(1, 9), seed=st.integers(0, 2**31))
@settings(max_examples=8, deadline=None)
def test_so_do_the_steps_that_the_algorithm_takes(instance, m, seed):
    run = run_algorithm(instance, m, K=3, H=80, alpha=1e-2, seed=seed)
    for before, after in pairwise(run.seen):
        if after.iteration == 0:
            continue
        gradient = run.objective.algorithm_gradient(
            before.parameters, before.evaluation
        )
        promised = after.step / instance.order * np.sum(gradient**2)
        change = after.objective_before_switch - before.evaluation.loss
        assert change <= -promised + ROUNDING


@given(instance=instances, seed=st.integers(0, 2**31))
@settings(max_examples=10, deadline=None)
def test_the_promise_is_not_empty(instance, seed):
    """It is far above rounding, and steps up the gradient break it."""
    run = run_algorithm(instance, 6, K=1, H=40, alpha=1e-2, seed=seed)
    seen = max(run.seen, key=lambda one: one_step(run, one, short_step(run, one))[1])
    step = short_step(run, seen)
    assert one_step(run, seen, step)[1] > 1e3 * ROUNDING
    assert one_step(run, seen, -step)[0] > 0
