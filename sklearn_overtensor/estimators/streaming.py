# SPDX-License-Identifier: BSD-3-Clause
"""``partial_fit``: samples that come part by part."""

from collections.abc import Callable
from copy import copy
from typing import Any, Self

import numpy as np

from .._typing import AnyArray, Backend, Device, Statistic, Weights
from ..machine.backend import is_dask
from ..machine.sklearn_versions import fit_context
from ..targets import AccumulatedMoments
from .all_or_nothing import all_or_nothing


class PartialFitMixin:
    """Accumulate the statistic of samples, and decompose it after each part.

    For a class with the parameters ``order``, ``statistic``, ``backend`` and
    ``device``, and the methods ``_decompose(target, X, y, sample_weight)``,
    ``_validated`` and ``_wrong_width``.
    """

    order: int
    statistic: Statistic
    backend: Backend
    device: Device
    n_features_in_: int
    _decompose: Callable[..., None]
    _validated: Callable[..., AnyArray]
    _wrong_width: Callable[..., str]

    @all_or_nothing
    @fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self, X: AnyArray, y: Any = None, sample_weight: Weights = None
    ) -> Self:
        """Add samples, and decompose the moment or cumulant of all that were added.

        After the last part the model is the one that ``fit`` finds from all parts at
        once. The statistic is accumulated exactly, in ``O(d^l)`` memory whatever the
        number of rows, by :class:`~sklearn_overtensor.targets.AccumulatedMoments`, and
        each call decomposes it as ``fit`` would, from the start that ``random_state``
        (an int) gives. The last model is not where the search starts, unless
        ``warm_start=True``: one that few rows led to may be a local minimum for all.

        Parameters
        ----------
        X : array-like, torch.Tensor or sparse array of shape (n_samples, n_features)
            A part of the samples; it is not kept.
        y : Ignored
            Present for API consistency.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights, on one scale for all parts.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            For what ``fit`` refuses, a tensor, and an ``order`` or ``statistic`` that
            has changed since the first part. Nothing is added then.
        TypeError
            For a dask collection, which ``fit`` takes whole.
        MemoryError
            When an array of ``d^l`` numbers does not fit.
        """
        accumulated = getattr(self, "_accumulated", None)
        X = self._check_part(X, first=accumulated is None)
        if accumulated is None:
            accumulated = AccumulatedMoments(
                self.order, self.statistic, backend=self.backend, device=self.device
            )
        else:
            self._check_unchanged(accumulated)
        # A copy, so that a part that cannot be decomposed is not added.
        accumulated = copy(accumulated).update(X, sample_weight)
        self._decompose(accumulated, X, y, sample_weight)
        self.n_features_in_ = accumulated.n_features
        self._accumulated = accumulated
        self.n_samples_seen_ = accumulated.n_samples
        return self

    def _check_part(self, X, first):
        """Samples in memory, by scikit-learn's checks."""
        if is_dask(X):
            raise TypeError(
                "partial_fit takes a part of the samples that is in memory, got a dask "
                "collection: pass it to fit, which takes it whole and chunk by chunk."
            )
        shape = tuple(X.shape) if hasattr(X, "shape") else np.shape(X)
        if len(shape) > 2:
            raise ValueError(
                "partial_fit takes samples, a matrix (n_samples, n_features), got "
                f"shape {shape}: a tensor goes to fit, and tensors of parts can be "
                "added up before."
            )
        X = self._validated(X, first)
        if not first and X.ndim == 2 and X.shape[1] != self.n_features_in_:
            raise ValueError(self._wrong_width(X.shape[1]))
        return X

    def _check_unchanged(self, accumulated):
        for name in ("order", "statistic"):
            seen, now = getattr(accumulated, name), getattr(self, name)
            if seen != now:
                raise ValueError(
                    f"{name}={now!r}, but the parts so far were accumulated with "
                    f"{name}={seen!r}: call fit, or partial_fit of a clone, to begin "
                    "anew."
                )

    def _forget_parts(self):
        """What earlier parts were accumulated to is no part of a new fit."""
        vars(self).pop("_accumulated", None)
        vars(self).pop("n_samples_seen_", None)

    def _private_state(self):
        accumulated = getattr(self, "_accumulated", None)
        return {} if accumulated is None else {"accumulated": accumulated.state()}

    def _restore_private_state(self, state):
        if "accumulated" in state:
            accumulated = AccumulatedMoments.from_state(state["accumulated"])
            if accumulated.n_features != self.n_features_in_:
                raise ValueError("the model is of other features than its moments")
            self._accumulated = accumulated
