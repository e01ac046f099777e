# SPDX-License-Identifier: BSD-3-Clause
"""The over-parametrised start: many tiny terms go down at once."""

import numpy as np
from scipy.optimize import minimize

from ..solvers.start import random_columns
from .terms import MixedTerms

# Length of fresh vectors, for measurements of variance one.
TINY = 1e-3
MAX_ITER = 600
# Weight that is nothing, for measurements of variance one.
DUST = 1e-5


def descend(measurements, terms, alpha, max_iter=MAX_ITER):
    """Minimise ``1/2 mean r^2 / mean y^2 + alpha sum_i |w_i|`` from a start.

    Parameters
    ----------
    measurements : Measurements
    terms : MixedTerms
        Plain, ``a_i u_i^{⊗l}``.
    alpha : float
        Price of a term, for measurements of variance one.

    Returns
    -------
    terms : MixedTerms
    converged : bool

    Notes
    -----
    The paper's two-homogeneous model, ``w_i = a_i ||t_i||^2`` along ``t_i``, makes the
    price ``alpha sum_i ||t_i||^2``, which is smooth, and lets components that start
    tiny grow alone. With ``v = t / ||t||`` the gradient of a value
    ``||t||^2 A(v^{⊗l})`` is ``||t|| [l A(v^{l-1}, ·) - (l-2) A(v^{⊗l}) v]``.
    """
    size = np.sqrt(measurements.squared_norm)
    signs, orders = terms.signs, terms.orders
    shape = terms.vectors.shape

    def plain(flat):
        t = flat.reshape(shape)
        lengths = np.maximum(np.linalg.norm(t, axis=0), 1e-150)
        v = t / lengths
        return (
            t,
            lengths,
            v,
            MixedTerms(v * (size * lengths**2) ** (1 / orders), signs, orders),
        )

    def objective(flat):
        t, lengths, v, model = plain(flat)
        r, downhill = measurements.slope(model)
        # d/du of a plain term of length L is L^{l-1} times that of a unit one.
        unit = downhill * (size * lengths**2) ** (1 / orders - 1) / size
        along = np.einsum("dk,dk->k", v, unit) / orders
        gradient = lengths * ((orders - 2) * along * v - unit) + 2 * alpha * t
        squares = float(lengths @ lengths)
        value = 0.5 * measurements.mean_square(r) / size**2 + alpha * squares
        return value, gradient.ravel()

    lengths = np.linalg.norm(terms.vectors, axis=0)
    sizes = np.sqrt(lengths**orders / size)
    start = terms.vectors * (sizes / np.maximum(lengths, 1e-300))
    found = minimize(
        objective,
        start.ravel(),
        jac=True,
        method="L-BFGS-B",
        options={
            "maxiter": max_iter,
            "maxfun": 2 * max_iter,
            "ftol": 1e-13,
            "gtol": 1e-8,
        },
    )
    return plain(found.x)[-1], found.status == 0


def descend_to_few(measurements, terms, alpha):
    """Descend, merge what is one term, drop what the price has taken, and settle.

    Returns
    -------
    terms : MixedTerms
    converged : bool
    """
    terms, _ = descend(measurements, terms, alpha)
    terms = without_dust(measurements, terms.canonical())
    if len(terms) == 0:
        return terms, True
    terms, converged = descend(measurements, terms, alpha)
    return without_dust(measurements, terms), converged


def without_dust(measurements, terms):
    """Without the terms that a price has taken down to nothing."""
    sizes = np.linalg.norm(terms.vectors, axis=0) ** terms.orders
    return terms.take(sizes > DUST * np.sqrt(measurements.squared_norm))


def tiny_terms(measurements, widths, random_state):
    """Terms of random directions, tiny; of even orders half of each sign.

    Parameters
    ----------
    measurements : Measurements
    widths : dict
        Number of terms by order.
    random_state : RandomState
    """
    size = np.sqrt(measurements.squared_norm)
    parts = [MixedTerms.empty(measurements.n_features)]
    for order, width in widths.items():
        directions = random_columns(measurements.n_features, width, random_state)
        weights = np.full(width, size * TINY**2)
        if order % 2 == 0:
            weights[1::2] *= -1
        parts.append(MixedTerms.of_order(weights, directions, order))
    return MixedTerms.plus(*parts)
