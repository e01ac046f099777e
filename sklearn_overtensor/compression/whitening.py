# SPDX-License-Identifier: BSD-3-Clause
"""Change of basis after which components are as orthogonal as they can be."""

import numpy as np

from ..algebra.cp import multilinear
from ..machine.backend import load_backend

EPS = float(np.finfo(float).eps)


def whiten(core, *, n_iter=12, noise=EPS, max_noise=1e-6):
    r"""Bring a tensor to the least norm that a change of basis gives it.

    Parameters
    ----------
    core : ndarray of shape (k,) * l
        Symmetric, of norm one, with an unfolding of full row rank.
    n_iter : int, default=12
        Most iterations; the parallel components of the benchmarks need at most ten.
    noise : float
        Relative size of the rounding in ``core``.
    max_noise : float, default=1e-6
        The scaling stops before it lifts the rounding above this.

    Returns
    -------
    white : ndarray of shape (k,) * l
        ``T(S, ..., S)``, scaled to norm one.
    change : ndarray of shape (k, k)
        ``S`` with that scale: the components of ``white`` are ``u' = S' u``.
    noise : float
        Relative size of the rounding in ``white``.

    Notes
    -----
    ``S <- S G^{-1/(l+1)}`` with ``G`` the Gram matrix of the unfolding, repeated. At
    the fixed point ``G`` is proportional to the identity, which marks the least norm
    in the orbit of the tensor under changes of basis of determinant one. With at most
    ``k`` independent components the result is an orthogonal tensor, however parallel
    they were. (``G^{-1/(2l)}`` is the exact step for weights and ``G^{-1/2}``, that for
    angles, overshoots; ``1/(l+1)`` measured fastest.)
    """
    xp, order, size = load_backend("numpy"), core.ndim, len(core)
    start, change, white = noise, np.eye(size), core
    for _ in range(n_iter):
        unfolding = white.reshape(size, -1)
        values, basis = np.linalg.eigh(unfolding @ unfolding.T)
        if values[-1] < 1.05 * values[0]:
            break
        values = np.maximum(values / values[-1], 1e-12)
        trial = change @ (basis * values ** (-1 / (order + 1))) @ basis.T
        trial_white = multilinear(xp, core, trial)
        scale = np.linalg.norm(trial_white)
        trial /= scale ** (1 / order)
        trial_noise = start * np.linalg.norm(trial, 2) ** order
        if not trial_noise < max_noise:
            break
        change, white, noise = trial, trial_white / scale, trial_noise
    return white, change, noise
