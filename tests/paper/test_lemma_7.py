# SPDX-License-Identifier: BSD-3-Clause
"""Lemma 7: a re-initialised component that stays correlated grows exponentially."""

from dataclasses import dataclass

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from sklearn_overtensor.algebra.cp import multilinear

from .common import ROUNDING, XP, instances, make_instance, model, run_algorithm

ALPHA, STEP = 1e-3, 0.01


@dataclass(frozen=True)
class Track:
    """A re-initialised component along its epoch, one entry for each iteration.

    Attributes
    ----------
    size : ndarray
        ``||P_S u_t||``.
    kappa : ndarray
        ``-a <P_S^{⊗l}(T_t - T*), v_t^{⊗l}>`` with ``v_t = P_S u_t / ||P_S u_t||``.
    rho : ndarray
        ``s_t ||P_S u_t|| / ||u_t||``.
    leak : ndarray
        What the residual outside of S can add, relative to ``||P_S u_t||``.
    """

    size: np.ndarray
    kappa: np.ndarray
    rho: np.ndarray
    leak: np.ndarray

    def rates(self, order):
        """``l (rho^{l-2} kappa - lambda - leak)`` at each step."""
        return order * (self.rho ** (order - 2) * self.kappa - ALPHA - self.leak)


def follow(run, epoch):
    instance, order = run.instance, run.instance.order
    rows = []
    for seen in epoch:
        j = seen.reinitialized
        inside = instance.basis.T @ seen.parameters.U[:, j]
        size, norm = np.linalg.norm(inside), seen.evaluation.norms[j]
        gap = model(seen.evaluation, order) - instance.tensor
        core = multilinear(XP, gap, instance.basis)
        outside = np.sqrt(max(np.sum(gap**2) - np.sum(core**2), 0.0))
        form = core
        for _ in range(order):
            form = form @ (inside / size)
        scalar = seen.parameters.scalars[j]
        rows.append(
            (
                size,
                -seen.parameters.signs[j] * float(form),
                scalar * size / norm,
                scalar ** (order - 2) * outside * norm / size,
            )
        )
    return Track(*np.array(rows).T)


@given(
    instance=instances,
    m=st.integers(2, 8),
    seed=st.integers(0, 2**31),
)
@settings(max_examples=10, deadline=None)
def test_each_step_multiplies_as_the_correlation_says(instance, m, seed):
    r"""One step of Lemma 7, whatever the correlation.

    With ``p = P_S u`` the step of the algorithm is
    ``p' = p - eta (l a c^{l-2} P_S R(u^{l-1}, ·) + lambda l p)``, ``c = s / ||u||``, so

        ||p'||^2 >= ||p||^2 - 2 eta l (a c^{l-2} R(u^{l-1}, p) + lambda ||p||^2).

    If all of R were in S, then ``R(u^{l-1}, p) = R(p^{l}) = -a kappa ||p||^l``. What is
    not in S, with the norm o, changes this by at most ``o ||u||^{l-1} ||p||``. With
    ``rho = s ||p|| / ||u||`` therefore

        ||p'||^2 >= (1 + 2 eta l (rho^{l-2} kappa - lambda - s^{l-2} o ||u|| / ||p||))
                    ||p||^2.
    """
    run = run_algorithm(
        instance, m, K=2, H=80, alpha=ALPHA, step_size=STEP, seed=seed, delta=1e-4
    )
    for _, epoch in run.epochs:
        track = follow(run, epoch)
        factors = 1 + 2 * STEP * track.rates(instance.order)[:-1]
        assert (
            track.size[1:] ** 2 >= factors * track.size[:-1] ** 2 * (1 - ROUNDING)
        ).all()


@given(
    instance=instances,
    m=st.integers(2, 8),
    seed=st.integers(0, 2**31),
)
@settings(max_examples=10, deadline=None)
def test_growth_is_exponential_while_the_correlation_lasts(instance, m, seed):
    r"""Lemma 7 itself, with its constants.

    Let ``||P_S u_0|| = c_0 delta / sqrt(d)``. As long as the component only grows in S,

    - in the first scalar mode ``||u|| <= 2 sqrt(m + K) delta``, so
      ``rho >= sqrt(d (m + K)) c_0 delta / sqrt(d) / (2 sqrt(m + K) delta) = c_0 / 2``;
    - in the second ``||u||`` has passed that threshold, while Lemma 5 keeps
      ``||P_B u|| <= sqrt(m + K) delta``, half of it. The first of the two grows with
      ``||P_S u||`` and the second does not, so ``rho >= sqrt(3) / 2``.

    With ``rho_0 = min(c_0 / 2, sqrt(3) / 2)`` and ``kappa`` such that ``rho_0^{l-2}
    kappa >= 4 lambda``, and while what leaks from B is below a quarter of it too, the
    step above gives

        ||P_S u_t||^2 >= (1 + eta l rho_0^{l-2} kappa)^t ||P_S u_0||^2

    for as long as the correlation has been at least kappa: Lemma 7, with
    ``kappa = epsilon / r^{l/2}`` and lambda a small enough multiple of that.
    """
    order = instance.order
    run = run_algorithm(
        instance, m, K=2, H=150, alpha=ALPHA, step_size=STEP, seed=seed, delta=1e-5
    )
    for _, epoch in run.epochs:
        track = follow(run, epoch)
        c_0 = track.size[0] * np.sqrt(instance.d) / run.schedule.delta
        gain = min(c_0 / 2, np.sqrt(3) / 2) ** (order - 2)
        for kappa in (4 * ALPHA / gain, 0.5 * track.kappa[0]):
            if gain * kappa < 4 * ALPHA:
                continue
            lasts = (track.kappa >= kappa) & (track.leak <= gain * kappa / 4)
            t = np.arange(len(lasts))[np.append(True, np.cumprod(lasts[:-1])) == 1]
            bound = (1 + STEP * order * gain * kappa) ** t * track.size[0] ** 2
            assert (track.size[t] ** 2 >= bound * (1 - ROUNDING)).all()
            # The lower bound of rho, on which the constant rests.
            kept = t[lasts[t]]
            assert (track.rho[kept] ** (order - 2) >= gain * (1 - 1e-9)).all()


def test_the_growth_is_large():
    """The two tests above are not empty: some component grows a thousandfold."""
    run = run_algorithm(
        make_instance(5, 1, 3, 0),
        6,
        K=1,
        H=400,
        alpha=ALPHA,
        step_size=STEP,
        delta=1e-5,
    )
    gains = []
    for j in range(6):
        (_, epoch) = run.epochs[0]
        sizes = [
            np.linalg.norm(run.instance.basis.T @ seen.parameters.U[:, j])
            for seen in epoch
        ]
        gains.append(max(sizes) / sizes[0])
    assert max(gains) > 1000
    assert min(gains) < 2  # the wrong sign: no correlation, no growth
