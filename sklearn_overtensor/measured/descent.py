# SPDX-License-Identifier: BSD-3-Clause
"""The over-parametrised start: many tiny terms go down at once."""

import numpy as np
from scipy.optimize import minimize, root

from ..solvers.start import random_columns
from .fit import MixedFit
from .terms import MixedTerms

# Length of fresh vectors, for measurements of variance one.
TINY = 1e-3
MAX_ITER = 600
# Weight that is nothing, for measurements of variance one.
DUST = 1e-5
# Largest entry of a gradient that is rounding, for measurements of variance one.
ROUNDING = 1e-14
# Most steps of Newton's method, which start where 3 to 13 are enough.
NEWTON_STEPS = 20


class Priced:
    """``1/2 mean r^2 / mean y^2 + alpha sum_i |w_i|`` as a function of all terms.

    Parameters
    ----------
    measurements : Measurements
    terms : MixedTerms
        The start: plain, ``a_i u_i^{⊗l}``.
    alpha : float
        Price of a term, for measurements of variance one.

    Notes
    -----
    The paper's two-homogeneous model, ``w_i = a_i ||t_i||^2`` along ``t_i``, makes the
    price ``alpha sum_i ||t_i||^2``, which is smooth, and lets components that start
    tiny grow alone. With ``v = t / ||t||`` the gradient of a value
    ``||t||^2 A(v^{⊗l})`` is ``||t|| [l A(v^{l-1}, ·) - (l-2) A(v^{⊗l}) v]``.
    """

    def __init__(self, measurements, terms, alpha):
        self._of, self._alpha = measurements, alpha
        self._size = np.sqrt(measurements.squared_norm)
        self._signs, self._orders = terms.signs, terms.orders
        self._shape = terms.vectors.shape
        lengths = np.linalg.norm(terms.vectors, axis=0)
        sizes = np.sqrt(lengths**self._orders / self._size)
        self.start = (terms.vectors * (sizes / np.maximum(lengths, 1e-300))).ravel()

    def _polar(self, flat):
        t = flat.reshape(self._shape)
        lengths = np.maximum(np.linalg.norm(t, axis=0), 1e-150)
        return t, lengths, t / lengths

    def terms(self, flat):
        """Plain terms of the vectors ``t_i``."""
        _, lengths, v = self._polar(flat)
        u = v * (self._size * lengths**2) ** (1 / self._orders)
        return MixedTerms(u, self._signs, self._orders)

    def __call__(self, flat):
        """Value and gradient."""
        (t, lengths, v), orders, size = self._polar(flat), self._orders, self._size
        r, downhill = self._of.slope(self.terms(flat))
        # d/du of a plain term of length L is L^{l-1} times that of a unit one.
        unit = downhill * (size * lengths**2) ** (1 / orders - 1) / size
        along = np.einsum("dk,dk->k", v, unit) / orders
        gradient = lengths * ((orders - 2) * along * v - unit) + 2 * self._alpha * t
        price = self._alpha * float(lengths @ lengths)
        value = 0.5 * self._of.mean_square(r) / size**2 + price
        return value, gradient.ravel()


def descend(measurements, terms, alpha, max_iter=MAX_ITER):
    """Minimise :class:`Priced` from a start.

    Returns
    -------
    terms : MixedTerms
    converged : bool
    """
    priced = Priced(measurements, terms, alpha)
    found = minimize(
        priced,
        priced.start,
        jac=True,
        method="L-BFGS-B",
        options={
            "maxiter": max_iter,
            "maxfun": 2 * max_iter,
            "ftol": 1e-13,
            "gtol": 1e-8,
        },
    )
    return priced.terms(found.x), found.status == 0


def settle(measurements, terms, alpha):
    """The last digits of a minimum of :class:`Priced`.

    L-BFGS stops where the objective does not resolve its steps: the square root of its
    rounding away from the minimum. Rows that are counted and rows that are repeated
    would have answers so far apart. The gradient resolves all digits.
    """
    priced = Priced(measurements, terms, alpha)
    found = root(
        lambda flat: priced(flat)[1],
        priced.start,
        method="krylov",
        options={"maxiter": NEWTON_STEPS, "fatol": ROUNDING},
    )
    worst = priced(priced.start)[0] * (1 + ROUNDING)  # a saddle has no gradient, too
    return priced.terms(found.x) if priced(found.x)[0] <= worst else terms


def descend_to_few(measurements, terms, alpha, rounds):
    """Descend, merge what is one term, drop what the price has taken, and settle.

    Returns
    -------
    terms : MixedTerms
    converged : bool
    """
    rounds.begin()
    terms, _ = descend(measurements, terms, alpha)
    terms = without_dust(measurements, terms.canonical())
    if rounds.end(MixedFit.as_it_is(measurements, terms)) or len(terms) == 0:
        return terms, True
    rounds.begin()
    terms, converged = descend(measurements, terms, alpha)
    terms = without_dust(measurements, terms)
    if len(terms) and converged:
        terms = settle(measurements, terms, alpha)
    rounds.end(MixedFit.as_it_is(measurements, terms))
    return terms, converged


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
