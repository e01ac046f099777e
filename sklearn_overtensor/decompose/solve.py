# SPDX-License-Identifier: BSD-3-Clause
"""Restarts around a search, and what is said of the best answer."""

import warnings
from dataclasses import replace
from functools import partial
from operator import itemgetter

import numpy as np
from joblib import Parallel, delayed
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state

from ..algebra.scale import in_safe_units, in_units_of_data, times_power_of_two
from ..checks import check_norm
from ..machine.memory import require_memory
from ..results.afterwards import Afterwards
from ..results.as_result import FITS_EXACTLY, as_result, preference, zero_result
from ..search import search


def solve(target, options, n_init=1, n_jobs=None, random_state=None, init=None):
    """Search from ``n_init`` starts and keep the best answer.

    Exact answers come before others; among exact ones the fewest terms win, among
    others the smallest residual.
    """
    target, exponent = check_target(target, options, zero=True)
    if target.squared_norm == 0:
        return zero_result(target, options)
    options = replace(options, monitor=options.monitor.of_units(exponent))
    if init is not None:
        init = times_power_of_two(init[0], -exponent), init[1]
    if n_init > 1:
        seeds = draw_seeds(random_state, n_init)
        best = solve_from(target, options, seeds, n_jobs, init)
    else:
        # joblib takes longer to look around than a small tensor to decompose, and so
        # does a generator to be made: an answer that is read off needs none.
        source = partial(_random_state_of_start, random_state)
        _, best, interrupted = _solve_once(0, target, options, source, init)
        _warn_of_ending(best, interrupted)
    return in_units_of_data(best, exponent)


def solve_from(target, options, seeds, n_jobs=None, init=None, search_once=search):
    """The best answer from starts with these seeds; the first may start at a model.

    ``search_once(target, options, random_source, init)`` is the search of one start.
    """
    monitor, n_restarts = options.monitor, len(seeds)
    tasks = [
        delayed(_solve_once)(
            i,
            target,
            replace(options, monitor=monitor.of_restart(i, n_restarts)),
            partial(check_random_state, seed),
            init if i == 0 else None,
            search_once,
        )
        for i, seed in enumerate(seeds)
    ]
    answers, interrupted = [], False
    try:
        for index, answer, interrupted in _as_they_end(tasks, monitor, n_jobs):
            answers.append((index, answer))
            if interrupted:
                break
    except KeyboardInterrupt:
        if not (answers and monitor.keeps_interrupted):
            raise
        interrupted = True
    answers.sort(key=itemgetter(0))  # equal ones are told apart by their place
    best = min((answer for _, answer in answers), key=preference)
    if interrupted and best.status not in FITS_EXACTLY:
        best = replace(best, status="interrupted")
    _warn_of_ending(best, interrupted)
    return best


def _as_they_end(tasks, monitor, n_jobs):
    """Results of tasks, one by one where joblib's backend can give them so."""
    if monitor.observer is not None:
        n_jobs = 1  # it is called in this process
    try:
        parallel = Parallel(n_jobs=n_jobs, return_as="generator_unordered")
    except ValueError:  # "multiprocessing"
        parallel = Parallel(n_jobs=n_jobs)
    return parallel(tasks)


def draw_seeds(random_state, n_init):
    """A seed for each start; more starts leave the first ones as they are."""
    largest = np.iinfo(np.int32).max
    return check_random_state(random_state).randint(largest, size=n_init)


def _random_state_of_start(random_state):
    return check_random_state(draw_seeds(random_state, 1)[0])


def check_target(target, options, zero=False):
    """Refuse a target that is zero, unless asked, and a model that cannot be held.

    Returns
    -------
    target : target
        Over a power of two where its norm is out of range.
    exponent : int
        Of that power.
    """
    target, exponent = in_safe_units(target)
    check_norm(target, zero)
    _check_width(options.n_components, target.n_features)
    return target, exponent


def _check_width(m, n_features):
    """Refuse a width whose Gram matrices, a handful at a time, cannot be held."""
    if m is not None:
        require_memory(
            8 * m * (4 * m + 20 * n_features),
            f"A model with n_components={m}",
            "Take fewer components; twice the rank that you expect is plenty.",
        )


def _solve_once(index, target, options, random_source, init, search_once=search):
    """The place of a restart, its answer, and whether it was interrupted."""
    options.monitor.begin_search()
    found = search_once(target, options, random_source, init)
    options.monitor.end_search((found.weights, found.V))
    after = Afterwards(options.monitor.keeps_interrupted)
    answer = as_result(found, target, options, after)
    return index, answer, found.ending == "interrupted" or after.interrupted


def _warn_of_ending(result, interrupted):
    """Warn who called ``fit`` or the function when a search ended on its way down."""
    epochs = "1 epoch" if result.n_epochs == 1 else f"{result.n_epochs} epochs"
    found = (
        f"{epochs} and {result.n_iter} iterations at a relative residual of "
        f"{result.reconstruction_err:.2g}"
    )
    few_rows = _few_rows(result)
    if interrupted:
        message = (
            f"The search was interrupted. The best decomposition so far, after {found},"
            " is kept; to go on from it, fit again with warm_start=True, or pass it as "
            "init."
        )
    elif result.status == "iteration_limit":
        message = (
            f"The search stopped after {found} while the objective was still going "
            "down; the best decomposition found is kept. So many terms may have no "
            "best fit: ask for fewer, with rank, or for a larger alpha. With "
            "solver='gd' or refine=False, increase max_iter or max_epochs."
        )
    elif result.status == "noise":
        message = (
            "Nothing in the target can be told from noise; the strongest term is kept, "
            f"and means nothing. {few_rows}More samples may show more; "
            "noise=0 fits the target as it is."
        )
    elif result.status == "within_noise" and few_rows:
        message = f"Not every term can be relied on. {few_rows}"
    else:
        return
    warnings.warn(message.strip(), ConvergenceWarning, stacklevel=4)


def _few_rows(result):
    """A sentence on terms that rest on fewer rows than tell them from noise."""
    if result.effective_rows is None:
        return ""
    few = result.effective_rows[result.effective_rows < result.rows_needed]
    if len(few) == 0:
        return ""
    return (
        f"Outlying rows dominate: a term must rest on about {result.rows_needed:.0f} "
        f"rows to be told from noise, and {len(few)} of {result.n_components} rest on "
        f"fewer, on about {few.min():.0f} at worst. Look at the rows that are largest "
        "along the components; take the logarithm of long-tailed columns, or clip "
        "them. "
    )
