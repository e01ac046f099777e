# SPDX-License-Identifier: BSD-3-Clause
"""What releases of scikit-learn have not in common; all else imports it from here."""

from typing import TYPE_CHECKING, Any, Self

import sklearn

if TYPE_CHECKING:
    HAS_CALLBACKS = False
else:
    try:
        from sklearn.callback import CallbackSupportMixin

        HAS_CALLBACKS = True
    except ModuleNotFoundError:  # before 1.9
        HAS_CALLBACKS = False

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
