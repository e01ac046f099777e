# SPDX-License-Identifier: BSD-3-Clause
"""How many components held-out rows ask for, from a first guess to its neighbours."""

from math import sqrt

import numpy as np
from scipy.stats import norm
from sklearn.base import clone
from sklearn.model_selection import KFold

from .em import fitted

# Differences over log densities that are no difference: of rows that are all the same.
ROUNDING = 1e-6


def choose_start(first, start_of, mixture_at, X, significance):
    """The start with the number of components that held-out rows ask for.

    Parameters
    ----------
    first : Start
        Where to begin.
    start_of : callable
        ``start_of(k)`` gives another one, of k components.
    mixture_at : callable
        From a start to a ``GaussianMixture``, not fitted.
    X : ndarray of shape (n_samples, n_features)
    significance : float
    """
    most = len(X) // 2  # each half needs as many rows
    starts = {len(first.weights): first}

    def densities_of(number):
        if number not in starts:
            starts[number] = start_of(number)
        return held_out_densities(mixture_at(starts[number]), X)

    number = min(len(first.weights), most)
    return starts[choose_number(densities_of, number, most, significance)]


def held_out_densities(mixture, X):
    """Log density of each row by the mixture that EM fits to the other half of them.

    Both halves start where ``mixture`` does, not where EM took all rows: that would be
    fitted to chance in the half that is held out.
    """
    densities = np.empty(len(X))
    halves = KFold(2, shuffle=True, random_state=0)
    # What one parameter gains by chance, in a half.
    mixture = clone(mixture).set_params(tol=max(mixture.tol, 1 / len(X)))
    for seen, unseen in halves.split(X):
        densities[unseen] = fitted(clone(mixture), X[seen]).score_samples(X[unseen])
    return densities


def is_better(larger, smaller, significance):
    """Whether a mixture is better than a smaller one, by the log densities of rows.

    The mean difference is compared with its standard error [1]_.

    References
    ----------
    .. [1] Q. H. Vuong, "Likelihood ratio tests for model selection and non-nested
       hypotheses", Econometrica 57, 1989.
    """
    difference = larger - smaller
    error = difference.std() / sqrt(len(difference))
    rounding = ROUNDING * np.abs(smaller).mean()
    return bool(difference.mean() > norm.isf(significance) * error + rounding)


def choose_number(densities_of, first, most, significance):
    """The number that is better than one fewer, and not worse than one more.

    Parameters
    ----------
    densities_of : callable
        ``densities_of(k)`` gives log densities of held-out rows by k components.
    first : int
        The number to begin with.
    most : int
        Largest number.
    significance : float
    """
    densities = densities_of(first)
    number = first
    while number < most:
        others = densities_of(number + 1)
        if not is_better(others, densities, significance):
            break
        densities, number = others, number + 1
    if number > first:
        return number
    while number > 1:
        others = densities_of(number - 1)
        if is_better(densities, others, significance):
            break
        densities, number = others, number - 1
    return number
