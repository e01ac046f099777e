# SPDX-License-Identifier: BSD-3-Clause
"""The numbers that a search is tuned by: all of them, each with its reason."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """What nobody is asked for between a target and its terms.

    Read by ``coordinates/``, ``refine/`` and ``search/`` as :data:`SETTINGS`. A number
    stays if a benchmark is worse without it.
    """

    # Rounding beyond which a residual says nothing, over the core's own.
    times_rounding: float = 100
    # Relative error in norm that coarser entries make, below what counts as exact.
    coarseness: float = 1e-10
    # Relative residual of an exact model in whitened coordinates, where rounding allows
    # it.
    exact: float = 1e-9
    # Features or components that are many where each costs a pass over the rows: more
    # are neither balanced, nor started from, nor tried unasked.
    many: int = 128
    # Ratio of the noise along two directions that is alike. At most 10 steps lead there
    # on the tables of scikit-learn.
    balanced: float = 1.05

    # Cosines beyond which components are one term. Two sources may be as parallel as
    # the pieces of one term: the next cosine is for fits that are worse than what they
    # refit.
    cosines: tuple[float, float] = (0.95, 0.99)
    # Terms down to a thousandth of the norm are looked for where nothing may be left:
    # the penalty of searches for an exact answer, and the share of the heaviest term
    # below which nothing is one.
    smallest_term: float = 1e-3
    # Weight, of the heaviest's and of a target of norm one, below which a component is
    # what its tiny start has left, not part of a term.
    leftover: float = 1e-4

    # Steps of a fit or of an ascent, and of a coarse fit, in which one to something
    # exact has to halve its objective. With 15 the digits take 4.2 s instead of 2.4,
    # and (15, 30, 3) half as long again.
    steps: int = 100
    coarse_steps: int = 8
    # First damping of a fit, over the stiffness and the root of the relative residual.
    # With 1 fits to noise take a third longer.
    first_damping: float = 1e-2
    # Relative size of what drowns in rounding: of a promised decrease, and of damping,
    # over the stiffness. With a tenth of it terms that cancel differ by 1e-4 between
    # the two contractions.
    unresolved: float = 1e-13
    # Steps that a fit looks back at to see whether it gets anywhere.
    creeping: int = 3
    # Most unknowns of a step that is solved for by a Cholesky factor, to rounding. With
    # half as many (12, 27, 3) is exact 7 times of 12 instead of 11.
    max_cholesky: int = 600
    # Most unknowns for which a normal matrix is made, of 50 MB: to ask whether it is
    # regular, for standard errors, and where more components are tried than there may
    # be.
    max_unknowns: int = 2500
    # Least eigenvalue of the normal matrix, over their mean, of a model that stands
    # alone: 1e-6 and more in the benchmarks, where a needless term makes it 1e-11 at
    # most.
    isolated: float = 1e-9
    # Ridge that drives needless terms to zero, and keeps those small that would cancel:
    # for an l-homogeneous term it is a 2/l quasi-norm of the weights.
    ridge: float = 1e-3
    # Removals tried before the terms count as needed: the cheapest is nearly always it,
    # but with one alone a noisy tensor of 25 keeps a term too many, and so do three of
    # 102 exact ones.
    removals: int = 3

    # Rounding of the gradient, over the norm of the target and the lengths of the
    # vectors, and of the objective, over the squared norm of the target.
    settled: float = 1e-14
    # Length of a first step, over that of the vectors, beyond which a start is not near
    # a minimum: there the descent has to be safe, and is Levenberg-Marquardt's.
    near: float = 1e-2

    # K, H and delta where the user leaves them open. Near the generic rank an exact
    # answer takes 20 epochs on average; where the real rank is above the proven bound,
    # as that of some monomials, all are in vain, and cost four times what 60 would.
    max_epochs: int = 240
    max_iter: int = 200
    init_scale: float = 1e-3
    # K and H of Algorithm 1 where the user leaves them open.
    gd_epochs: int = 10
    gd_iter: int = 500
    # Share of the components of each sign that an epoch after the first re-initialises.
    restarted: float = 1 / 3
    # Components beyond the rank that is proven, as a share of it and of what is missing
    # to the generic one; growth where a width was not enough. With 1 / 4 the rank of
    # (12, 27, 3) was found 81 times of 100 instead of 88.
    spare: float = 1 / 5
    # Epochs from one start. Tensors of (12, 27, 3) are exact 13 times of 16 with three,
    # and 6 times with one.
    epochs_per_start: int = 3
    # A penalised model of an exact tensor leaves about 1e-2 (that is the penalty). One
    # that leaves more than this sits in a local minimum, or the tensor has noise or
    # more terms: no polish helps (measured: 0.02 at most).
    promising: float = 0.05

    # Starts of an ascent beside the axes, and how many are gone on with.
    ascent_starts: int = 24
    # Steps after which the better half of the starts goes on. In 600 remainders the
    # strongest term was the same after 15 steps from all of the starts, at half more
    # cost.
    first_ascent: int = 4
    # Relative change, of a form or of an objective, that is not worth more steps.
    little: float = 1e-4

    # Least weight of a term, over the limit of noise, with which it stands so far out
    # that no exact answer is searched for. With 5 tensors of (20, 30, 3) and 10 % of
    # noise take twice as long, with 2 another four of 360 exact ones count as noise.
    gap: float = 3
    # Decrease of the objective by three steps of a fit that is not worth more, as a
    # share of the square of the limit that it is compared with.
    precision: float = 1e-2
    # Share of what is left, for each entry left free, after terms that pay. With a half
    # unstructured tensors of 60 features are gone on with, with a quarter exact ones of
    # five terms for each of 40 features are given up.
    pays: float = 1 / 3

    # Random starts of a fit at a given rank, as many as are worth a step of each. It
    # costs its unknowns cubed, and a contraction of the target.
    rank_starts: int = 100
    rank_budget: float = 1e9
    # Terms that these have beyond the rank, and drop after a coarse descent. Without
    # them 2 of 96 fits are worse than the best of 50 plain starts.
    rank_excess: int = 2
    # Loss of relative residual at which smaller weights are worth more than a better
    # fit.
    tame_loss: float = 1e-5


SETTINGS = Settings()
