# SPDX-License-Identifier: BSD-3-Clause
"""The parameters of the search: their types, their ranges and what they exclude."""

from dataclasses import dataclass, field, fields
from numbers import Integral, Real
from typing import Any

from sklearn.utils._param_validation import Interval, StrOptions

from ..search import SOLVERS
from ..solvers.monitor import Monitor
from ..targets._base import LARGEST_ORDER
from ..targets._contraction import CONTRACTIONS
from ..targets._dispatch import STATISTICS

# Shared by the estimator and by the function, so that both refuse the same typos.
CONSTRAINTS = {
    "n_components": [Interval(Integral, 1, None, closed="left"), None],
    "rank": [Interval(Integral, 1, None, closed="left"), None],
    "order": [Interval(Integral, 3, LARGEST_ORDER, closed="both")],
    "statistic": [StrOptions(set(STATISTICS))],
    "contraction": [StrOptions(set(CONTRACTIONS))],
    "alpha": [Interval(Real, 0, None, closed="left"), StrOptions({"auto"})],
    "noise": [Interval(Real, 0, None, closed="left"), StrOptions({"auto"})],
    "significance": [Interval(Real, 0, 0.5, closed="neither")],
    "solver": [StrOptions(set(SOLVERS))],
    "refine": ["boolean"],
    "max_epochs": [Interval(Integral, 1, None, closed="left"), None],
    "max_iter": [Interval(Integral, 1, None, closed="left"), None],
    # Beside a target of norm one. Powers of other lengths would over- or underflow.
    "init_scale": [Interval(Real, 1e-100, 1e6, closed="both"), StrOptions({"auto"})],
    "step_size": [Interval(Real, 0, None, closed="neither"), StrOptions({"auto"})],
    "tol": [Interval(Real, 0, None, closed="left")],
    "n_init": [Interval(Integral, 1, None, closed="left")],
    "n_jobs": [Integral, None],
    "backend": [StrOptions({"numpy", "pytorch"}), None],
    "device": [str, None, object],
    "random_state": ["random_state"],
    "verbose": ["verbose"],
}


@dataclass(frozen=True)
class SearchOptions:
    """The parameters that a single search reads, and who watches it.

    All but ``monitor`` are named as the estimator's.
    """

    n_components: int | None
    rank: int | None
    alpha: float | str
    solver: str
    refine: bool
    max_epochs: int | None
    max_iter: int | None
    init_scale: Any
    step_size: Any
    tol: float
    monitor: Monitor = field(default_factory=Monitor)
    noise: float | str = "auto"
    significance: float = 0.05

    @classmethod
    def of_estimator(cls, estimator, monitor, **others):
        """The parameters of an estimator, but for ``others``."""
        names = {name.name for name in fields(cls)} - {"monitor", *others}
        values = {
            name: getattr(estimator, name) for name in names if hasattr(estimator, name)
        }
        return cls(**values, **others, monitor=monitor)

    def __post_init__(self):
        for name in ("n_components", "rank", "max_epochs", "max_iter"):
            if getattr(self, name) is not None:  # NumPy's integers are no int
                object.__setattr__(self, name, int(getattr(self, name)))
        if self.rank is not None and self.n_components is not None:
            # The width is the most terms of a result, whatever else is asked.
            object.__setattr__(self, "rank", min(self.rank, self.n_components))
        if self.rank is not None and not self.refine:
            raise ValueError(
                "rank limits the terms that refinement keeps, so it needs refine=True; "
                "with refine=False the result has exactly n_components terms."
            )
