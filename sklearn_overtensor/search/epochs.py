# SPDX-License-Identifier: BSD-3-Clause
"""The paper's loop: epochs from tiny starts, the smallest components anew in each."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from math import ceil, sqrt

import numpy as np

from ..settings import SETTINGS
from ..solvers.course import Course
from ..solvers.lbfgs import lbfgs_epoch
from ..solvers.monitor import SearchStopped
from ..solvers.objective import Components, TwoHomogeneousObjective
from ..solvers.start import random_columns


@dataclass
class Epochs:
    """The budget of an epoch, the source of its start, and who watches it.

    ``max_iter`` are the most iterations, ``init_scale`` is the length of fresh
    components, and ``random_source()`` makes the RandomState of the starts.
    """

    max_iter: int
    init_scale: float
    random_source: Callable
    course: Course = field(default_factory=Course)

    @cached_property
    def random_state(self):
        """Source of starts, made when the first is asked for: that takes a while."""
        return self.random_source()

    def fresh(self, n_features, count):
        """Random directions of a tiny length: the start of new components."""
        return self.init_scale * random_columns(n_features, count, self.random_state)

    def start(self, n_features, signs, fit=None):
        """Fresh components, but for those that are terms of a fit."""
        fresh = self.fresh(n_features, len(signs))
        return fresh if fit is None else place(*fit.terms, signs, fresh)

    def run(self, target, vectors, signs, alpha):
        """The vectors and the loss after one L-BFGS epoch on a target of norm one.

        Raises SearchStopped when a callback wants no more epochs.
        """
        self.course.begin_epoch()
        objective = TwoHomogeneousObjective(target, alpha)
        start = Components(vectors, signs, np.ones_like(signs))
        observe = self.course.watcher(objective)
        found, losses = lbfgs_epoch(
            objective,
            start,
            max_iter=self.max_iter,
            observe=observe,
        )
        squared = 2 * (losses[-1] - alpha * float(np.sum(found.U**2)))
        residual, model = sqrt(max(squared, 0.0)), partial(terms, found.U, signs)
        if self.course.end_epoch(losses, residual, model):
            raise SearchStopped
        return found.U, losses[-1]


def descend(model, alpha, n_epochs, epochs):
    """Epochs from one start: small components go anew into each but the first.

    An ExactModel or a PenalisedModel has the target and the fixed signs of the
    components; it gives the vectors that an epoch starts at, and says whether those at
    its end are enough.
    """
    for epoch in range(n_epochs):
        vectors = model.start(epochs)
        if epoch > 0:
            vectors = restart_smallest(vectors, model.signs, epochs)
        vectors, loss = epochs.run(model.target, vectors, model.signs, alpha)
        if model.is_enough(vectors, loss):
            break


def make_epochs(options, random_source, course):
    """The budget of an epoch, where the user leaves it open."""
    auto = options.init_scale == "auto"
    return Epochs(
        max_iter=options.max_iter or SETTINGS.max_iter,
        init_scale=SETTINGS.init_scale if auto else options.init_scale,
        random_source=random_source,
        course=course,
    )


def record_fit(fit, target, course, alpha=0.0):
    """Record a least-squares fit as an epoch of one evaluation.

    Returns whether a callback wants the search to end.
    """
    course.begin_epoch()
    objective = TwoHomogeneousObjective(target, alpha)
    components = as_components(*fit.terms)
    residual = fit.residual(target)
    loss = 0.5 * residual**2 + alpha * float(np.sum(components.U**2))
    observe = course.watcher(objective)
    if observe is not None:
        evaluation = objective.evaluate(components)
        observe(1, components, replace(evaluation, loss=loss, residual=residual))
    # Terms that are dropped fit a little: the last fit is the best all the same.
    return course.end_epoch([loss], residual, lambda: fit.terms, latest=True)


def spare(count):
    """As many components more as over-parametrise so many."""
    return max(0, ceil(SETTINGS.spare * count))


def start_signs(width, bound, order):
    """Fixed signs of the components, ``(width,)``.

    All 1 at odd order. At even order the flattening has at most one positive
    (negative) eigenvalue for each positive (negative) term: its inertia says how many
    of each there are. What is left over is shared out evenly.
    """
    signs = np.ones(width)
    if order % 2 == 0:
        known = bound.positive + bound.negative
        if known == 0:
            n_positive = (width + 1) // 2
        elif width >= known:
            n_positive = bound.positive + (width - known + 1) // 2
        else:
            n_positive = round(width * bound.positive / known)
        signs[n_positive:] = -1
    return signs


def terms(vectors, signs):
    """Weights ``a_i ||u_i||^2`` and unit directions of the 2-homogeneous model."""
    norms = np.linalg.norm(vectors, axis=0)
    return signs * norms**2, vectors / np.maximum(norms, np.finfo(float).tiny)


def as_components(weights, directions):
    """The 2-homogeneous model with these terms, in its second scalar mode."""
    signs = np.where(weights < 0, -1.0, 1.0)
    return Components(directions * np.sqrt(np.abs(weights)), signs, np.ones(len(signs)))


def place(weights, directions, slots, fresh):
    """Put terms into components of their sign, the heaviest first; others stay fresh.

    ``slots`` are the signs of the components, ``fresh (d, m)`` what those without a
    term are; that is changed and returned.
    """
    for sign in np.unique(slots):
        free = np.flatnonzero(slots == sign)
        own = np.flatnonzero(np.sign(weights) == sign)
        own = own[np.argsort(-np.abs(weights[own]), kind="stable")][: len(free)]
        fresh[:, free[: len(own)]] = directions[:, own] * np.sqrt(np.abs(weights[own]))
    return fresh


def restart_smallest(vectors, signs, epochs):
    """Re-initialise a share of the components of each sign, the smallest ones.

    Of each sign, since a missing term needs one of its own: if all terms have the same,
    the smallest of all components are those of the other.
    """
    sizes, vectors = np.linalg.norm(vectors, axis=0), vectors.copy()
    for sign in np.unique(signs):
        own = np.flatnonzero(signs == sign)
        count = int(np.ceil(SETTINGS.restarted * len(own)))
        smallest = own[np.argsort(sizes[own], kind="stable")[:count]]
        vectors[:, smallest] = epochs.fresh(len(vectors), count)
    return vectors
