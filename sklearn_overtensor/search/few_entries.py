# SPDX-License-Identifier: BSD-3-Clause
"""The fewest terms of a tensor of few entries: least squares from many starts."""

import numpy as np

from ..compression import generic_rank
from ..noise.kinds import TOO_FEW_ENTRIES
from ..refine import Fit, descend_many, levenberg_marquardt
from ..settings import SETTINGS
from ..solvers.start import random_columns
from .epochs import record_fit, start_signs


def exact_fit_of_few_entries(problem, options, epochs):
    """The fewest terms that are exact, however likely that is.

    None for larger tensors, and for those whose terms linear algebra reads off.

    In few dimensions the terms of a penalised descent line up with a few directions,
    and some real ranks are out of its reach. Plain starts are cheap there.

    Parameters
    ----------
    problem : CompressedProblem
    options : SearchOptions
    epochs : Epochs

    Returns
    -------
    fit : Fit or None
    """
    if problem.n_entries > TOO_FEW_ENTRIES or problem.algebraic_fit is not None:
        return None
    white, size, order = problem.white, problem.n_features, problem.order
    if white is None:
        return None
    # Real ranks are seldom above the generic one, and never above twice of it:
    # Blekherman and Teitler, "On maximum, typical and generic ranks", Math. Ann., 2015.
    most = min(options.n_components or np.inf, 2 * generic_rank(size, order))
    for width in range(white.bound.lower, int(most) + 1):
        found = _smallest_exact(white, width, epochs)
        if found is not None:
            fit = problem.finish_exact(found)
            record_fit(fit, problem.fine, epochs.course)
            return fit
    return None


def _smallest_exact(white, width, epochs):
    """The smallest of the exact models of so many terms that starts lead to."""
    target = white.target
    signs = start_signs(width, white.bound, target.order)
    starts = random_columns(
        target.n_features, SETTINGS.rank_starts * width, epochs.random_state
    )
    starts = starts.reshape(-1, SETTINGS.rank_starts, width).transpose(1, 0, 2)
    signs_of_all = np.tile(signs, (SETTINGS.rank_starts, 1))
    models, squared = descend_many(target, starts, signs_of_all, tol=0.0)
    exact = []
    for index in np.flatnonzero(
        squared <= SETTINGS.smallest_term**2 * target.squared_norm
    ):
        fit = levenberg_marquardt(target, Fit(models[index], signs, target.order))
        if fit.residual(target) <= white.exact_tol:
            exact.append(fit)
    return min(exact, key=lambda fit: np.linalg.norm(fit.vectors), default=None)
