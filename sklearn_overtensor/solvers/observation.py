# SPDX-License-Identifier: BSD-3-Clause
"""A look inside Algorithm 1: what an observer is told after each of its steps."""

from dataclasses import dataclass

from .._objective import Components, Evaluation


@dataclass(frozen=True)
class Observation:
    """The state of Algorithm 1 after one of its steps.

    Arrays are those that the algorithm works with, in its backend: an observer copies
    what it wants to keep as NumPy, and changes nothing.

    Attributes
    ----------
    epoch : int
        From 1 to K; 0 for the start, before the first re-initialisation.
    iteration : int
        From 1 to H; 0 right after the re-initialisation of the epoch.
    reinitialized : int or None
        The component that this epoch re-initialised; None for the start.
    step : float
        The step eta that this iteration took; 0 where none was taken.
    loss_before_switch : float
        The objective after the step and before scalar modes switched: what Lemma 3
        of the paper speaks of.
    components : Components
        ``U (d, m)``, signs and scalar modes ``(m,)``.
    evaluation : Evaluation
        The objective ``loss``, ``residual``, ``norms`` and all that gradients need.
    """

    epoch: int
    iteration: int
    reinitialized: int | None
    step: float
    loss_before_switch: float
    components: Components
    evaluation: Evaluation
