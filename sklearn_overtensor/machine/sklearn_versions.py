# SPDX-License-Identifier: BSD-3-Clause
"""What releases of scikit-learn have not in common, and its decorators with types."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Self, TypeVar

import sklearn

if TYPE_CHECKING:
    HAS_CALLBACKS = False
    Function = TypeVar("Function", bound=Callable[..., Any])

    # scikit-learn has no types: what its decorators return would be unknown.
    def fit_context(
        *, prefer_skip_nested_validation: bool
    ) -> Callable[[Function], Function]:
        """Check the parameters of an estimator before its method."""

    def validate_params(
        parameter_constraints: dict[str, Any], *, prefer_skip_nested_validation: bool
    ) -> Callable[[Function], Function]:
        """Check the arguments of a function before it."""

else:
    from sklearn.base import _fit_context as fit_context
    from sklearn.utils._param_validation import validate_params

    try:
        from sklearn.callback import CallbackSupportMixin

        HAS_CALLBACKS = True
    except ModuleNotFoundError:  # before 1.9
        HAS_CALLBACKS = False

__all__ = ["HAS_CALLBACKS", "CallbackSupportMixin", "fit_context", "validate_params"]

if not HAS_CALLBACKS:

    class CallbackSupportMixin:
        """Stands where scikit-learn's own would: says what is missing."""

        def set_callbacks(self, *callbacks: Any) -> Self:
            """Refuse callbacks, for which this scikit-learn is too old.

            Parameters
            ----------
            *callbacks : object
                Callbacks; with none there is nothing to refuse.

            Returns
            -------
            self : object
                The estimator.

            Raises
            ------
            ImportError
                For any callback.
            """
            if callbacks:
                raise ImportError(
                    "Callbacks need scikit-learn 1.9 or newer, and version "
                    f"{sklearn.__version__} is installed: update it, or set verbose=1 "
                    "to follow a search."
                )
            return self
