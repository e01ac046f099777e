# SPDX-License-Identifier: BSD-3-Clause
"""A fit that raises leaves the model before it, whole, or none."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from ..persistence import is_fitted_attribute

Method = TypeVar("Method", bound=Callable[..., Any])


def all_or_nothing(fit: Method) -> Method:
    """Decorate a method that fits: when it raises, what was fitted is as before.

    Checks of the input set the number and the names of features long before there is
    a model that goes with them.
    """

    @wraps(fit)
    def method(self, *args, **kwargs):
        before = _fitted(self)
        try:
            return fit(self, *args, **kwargs)
        except BaseException:
            for name in _fitted(self):
                delattr(self, name)
            vars(self).update(before)
            raise

    return method  # type: ignore[return-value]


def _fitted(estimator):
    """Fitted attributes, and what ``partial_fit`` has accumulated."""
    return {
        name: value
        for name, value in vars(estimator).items()
        if is_fitted_attribute(name) or name == "_accumulated"
    }


class AllOrNothing:
    """Base class of estimators: ``fit`` is all or nothing."""

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "fit" in vars(cls):
            cls.fit = all_or_nothing(cls.fit)  # type: ignore[attr-defined]
