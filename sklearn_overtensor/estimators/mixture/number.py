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


def held_out_densities(mixture, X):
    """Log density of each row by the mixture that EM fits to the other half of them.

    Parameters
    ----------
    mixture : GaussianMixture
        That EM is to start from, not fitted.
    X : ndarray of shape (n_samples, n_features)

    Returns
    -------
    densities : ndarray of shape (n_samples,)
        Of the rows in a sequence of their own. The halves depend neither on that in
        which they come nor on a seed, and so the number of components does not.
    """
    X = X[np.lexsort(X.T[::-1])]
    densities = np.empty(len(X))
    halves = KFold(2, shuffle=True, random_state=0)
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


def choose_number(fit, first, most, significance):
    """The mixture that is better than with one fewer, and not worse than one more.

    Parameters
    ----------
    fit : callable
        ``fit(k)`` gives a mixture of k components and held-out log densities.
    first : int
        The number to begin with.
    most : int
        Largest number.
    significance : float
    """
    current, densities = fit(first)
    number = first
    while number < most:
        larger, others = fit(number + 1)
        if not is_better(others, densities, significance):
            break
        current, densities, number = larger, others, number + 1
    if number > first:
        return current
    while number > 1:
        smaller, others = fit(number - 1)
        if is_better(densities, others, significance):
            break
        current, densities, number = smaller, others, number - 1
    return current
