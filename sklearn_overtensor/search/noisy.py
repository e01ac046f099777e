# SPDX-License-Identifier: BSD-3-Clause
"""What may be left of a target, and the coordinates in which that is asked."""

from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

from ..coordinates import CompressedProblem, noise_metric
from ..noise.kinds import TOO_FEW_ENTRIES, Level, SamplingNoise, WhiteNoise, is_sampled
from ..settings import SETTINGS


@dataclass(frozen=True)
class Case:
    """A target in small coordinates, with what may be left of it there.

    Attributes
    ----------
    target : target
        As it was given.
    problem : CompressedProblem
    noise : Level, WhiteNoise or SamplingNoise
    options : SearchOptions
    """

    target: Any
    problem: CompressedProblem
    noise: Any
    options: Any

    def is_exact(self, fit):
        """Whether a fit leaves no more than ``tol``."""
        return fit.squared <= self.exact

    @property
    def exact(self):
        """Squared norm of a remainder that is rounding."""
        return self.options.tol**2 * self.problem.fine.squared_norm


def cases_of(target, options):
    """A target in the coordinates where terms may stand out of its noise.

    A tensor is taken as it is, and so is anything where the user says what may be left.
    A cumulant of samples goes where its noise is alike in all directions. A moment is
    searched there, and in the data's own coordinates: in the former all directions are
    equally long, so that terms stand out which are short in the data, but not those
    which are nothing but long.

    Yields
    ------
    case : Case
    """
    level = None
    if options.alpha != "auto":
        level = Level(options.alpha)
    elif options.noise == 0 or options.rank is not None:
        level = Level(SETTINGS.smallest_term, exact=True)
    if level is not None:
        yield Case(target, CompressedProblem(target), level, options)
        return
    metrics = [noise_metric(target) if options.noise == "auto" else None]
    if metrics[0] is not None and target.statistic == "moment":
        metrics.append(None)
        options = replace(options, significance=options.significance / 2)
    for metric in metrics:
        problem = CompressedProblem(target, metric)
        noise = noise_of(target, problem, options)
        if noise.is_estimated and problem.n_entries <= TOO_FEW_ENTRIES:
            # So small a tensor says nothing of its noise.
            noise = Level(SETTINGS.smallest_term, exact=True)
        yield Case(target, problem, noise, options)


def noise_of(target, problem, options):
    """The noise of a target in coordinates that were chosen without it."""
    given = options.noise if options.noise != "auto" else None
    sampled = is_sampled(target)
    few = problem.n_entries <= TOO_FEW_ENTRIES
    # Of rows that are gone the remainder tells more than their second moment.
    gone = target.second_moment is not None and target.spread is None
    if given is None and sampled and (few or not gone):
        return SamplingNoise(target, problem.basis, problem.scale, options.significance)
    size = None if given is None else given / sqrt(1 + given**2)
    return WhiteNoise(problem.n_features, problem.order, options.significance, size)
