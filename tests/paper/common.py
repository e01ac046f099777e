# SPDX-License-Identifier: BSD-3-Clause
"""Random instances of the paper's setting, and Algorithm 1 seen from inside."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from numpy.random import RandomState

from sklearn_overtensor.algebra.cp import cp_to_dense
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.machine.backend import load_backend
from sklearn_overtensor.solvers.course import Course
from sklearn_overtensor.solvers.gradient_descent import gradient_descent, make_schedule
from sklearn_overtensor.solvers.monitor import Monitor
from sklearn_overtensor.solvers.objective import TwoHomogeneousObjective
from sklearn_overtensor.targets import DenseTarget

XP = load_backend("numpy")
ROUNDING = 1e-13  # of an objective of order one


@dataclass(frozen=True)
class Instance:
    """A tensor of norm one, an orthonormal basis of S, and the projections."""

    tensor: np.ndarray
    basis: np.ndarray

    @property
    def order(self):
        return self.tensor.ndim

    @property
    def d(self):
        return len(self.tensor)

    @property
    def r(self):
        return self.basis.shape[1]

    def on_S(self, U):
        return self.basis @ (self.basis.T @ U)

    def on_B(self, U):
        return U - self.on_S(U)


def make_instance(d, r, order, seed):
    data = make_symmetric_cp(d, r, order, signed=True, random_state=seed)
    basis = np.linalg.qr(data.components.T)[0]
    return Instance(data.tensor / np.linalg.norm(data.tensor), basis)


instances = st.builds(
    make_instance,
    d=st.integers(3, 6),
    r=st.integers(1, 2),
    order=st.integers(3, 4),
    seed=st.integers(0, 2**31),
)


@dataclass(frozen=True)
class Run:
    """A run of Algorithm 1 and its constants."""

    instance: Instance
    schedule: Any
    alpha: float
    objective: Any
    seen: list

    @property
    def epochs(self):
        """For each epoch, what was seen last before it, and then in it."""
        return [
            (
                next(one for one in reversed(self.seen) if one.epoch == k - 1),
                [one for one in self.seen if one.epoch == k],
            )
            for k in range(1, self.seen[-1].epoch + 1)
        ]

    @property
    def gain(self):
        """``s^{l-2}`` of the first scalar mode."""
        return self.schedule.scalar ** (self.instance.order - 2)


def run_algorithm(
    instance, m, K, H, *, alpha, step_size="auto", seed=0, delta="auto", start=None
):
    """Algorithm 1 on an instance, with everything that it passed through."""
    schedule = make_schedule(instance.d, instance.order, m, K, H, delta)
    target, seen = DenseTarget(instance.tensor), []
    gradient_descent(
        target,
        schedule,
        alpha=alpha,
        step_size=step_size,
        tol=0,
        random_state=RandomState(seed),
        start=start,
        course=Course(Monitor(observer=seen.append)),
    )
    objective = TwoHomogeneousObjective(target, alpha)
    return Run(instance, schedule, alpha, objective, seen)


def model(evaluation, order):
    """The tensor T of an evaluation."""
    return cp_to_dense(XP, evaluation.weights, evaluation.V, order)


def replacement_bound(run, loss):
    """Lemma 4's bound on what a re-initialisation adds to an objective ``loss``.

    See ``test_lemma_4.py`` for the derivation.
    """
    schedule = run.schedule
    removed = max(loss / (run.alpha * schedule.m), run.gain * schedule.threshold**2)
    change = removed + run.gain * schedule.delta**2
    return np.sqrt(2 * loss) * change + change**2 / 2 + run.alpha * schedule.delta**2
