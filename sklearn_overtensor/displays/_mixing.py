# SPDX-License-Identifier: BSD-3-Clause
"""``MixingDisplay``: how each source reaches the sensors, with error bars."""

from typing import Any, Literal, Self

import numpy as np

from .._typing import AnyArray
from ._common import check_estimator, load_pyplot
from ._components import ComponentsDisplay

DRAWN = ("bounding_ax_", "figure_", "images_", "bars_", "errorbars_")


class MixingDisplay:
    """A mixing matrix: for each source its entries at the sensors, with error bars.

    It is recommended to use :meth:`from_estimator` to create a display. All parameters
    are stored as attributes.

    Parameters
    ----------
    mixing : array-like of shape (n_features, n_sources)
        The mixing matrix.
    mixing_std : array-like of shape (n_features, n_sources) or None, default=None
        Standard errors of its entries. None, not finite, or all zero: no error bars.
    kurtosis : array-like of shape (n_sources,) or None, default=None
        Excess kurtosis of the sources, for their titles.
    feature_names : array-like of str of shape (n_features,) or None, default=None
        Names of the sensors. None: their indices.

    Attributes
    ----------
    axes_ : ndarray of Axes
        One for each source; one in all for ``kind="heatmap"``.
    bounding_ax_ : matplotlib Axes or None
        The axes whose place was divided; None if none was.
    figure_ : matplotlib Figure
    bars_, errorbars_ : list
        For each source a BarContainer, and an ErrorbarContainer if there are errors.
    images_ : list of AxesImage
        Those of ``kind="heatmap"`` and ``"image"``.

    See Also
    --------
    sklearn_overtensor.CumulantICA : Where mixing matrices and their errors come from.
    ComponentsDisplay : The same of the terms of a decomposition.

    Notes
    -----
    Red is positive and blue negative. Error bars are 1.96 standard errors to either
    side.

    Examples
    --------
    >>> from sklearn_overtensor import CumulantICA
    >>> from sklearn_overtensor.datasets import make_latent_samples
    >>> from sklearn_overtensor.displays import MixingDisplay
    >>> X = make_latent_samples(5000, 4, 3, random_state=0).X
    >>> display = MixingDisplay.from_estimator(CumulantICA(random_state=0).fit(X))
    >>> len(display.axes_), len(display.errorbars_)
    (3, 3)
    """

    def __init__(
        self,
        *,
        mixing: AnyArray,
        mixing_std: AnyArray = None,
        kurtosis: AnyArray = None,
        feature_names: AnyArray = None,
    ) -> None:
        self.mixing, self.mixing_std = mixing, mixing_std
        self.kurtosis, self.feature_names = kurtosis, feature_names

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        *,
        feature_names: AnyArray = None,
        ax: Any = None,
        **kwargs: Any,
    ) -> Self:
        """Draw the mixing matrix of a fitted estimator, ours or scikit-learn's.

        Parameters
        ----------
        estimator : estimator
            Fitted, with ``mixing_``. ``mixing_std_`` and ``kurtosis_`` are drawn if it
            has them.
        feature_names : array-like of str of shape (n_features,) or None, default=None
            Names of the sensors. None: ``feature_names_in_``, or indices.
        ax : matplotlib Axes, array-like of Axes or None, default=None
            As in :meth:`plot`.
        **kwargs : dict
            Passed to :meth:`plot`.

        Returns
        -------
        display : MixingDisplay

        Raises
        ------
        NotFittedError, TypeError
            If the estimator is not fitted, or has no ``mixing_``.
        """
        caller = f"{cls.__name__}.from_estimator"
        load_pyplot(caller)
        check_estimator(estimator, caller, "mixing_")
        if feature_names is None:
            feature_names = getattr(estimator, "feature_names_in_", None)
        display = cls(
            mixing=estimator.mixing_,
            mixing_std=getattr(estimator, "mixing_std_", None),
            kurtosis=getattr(estimator, "kurtosis_", None),
            feature_names=feature_names,
        )
        return display.plot(ax, **kwargs)

    def plot(
        self,
        ax: Any = None,
        *,
        kind: Literal["bar", "heatmap", "image"] = "bar",
        **kwargs: Any,
    ) -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes, array-like of Axes or None, default=None
            One axes is divided into a grid, several are drawn into: one for each
            source. None: a new figure.
        kind : {"bar", "heatmap", "image"}, default="bar"
            A chart of each source, a map of all, or an image of each.
        **kwargs : dict
            Passed to :meth:`ComponentsDisplay.plot`: ``image_shape``, ``n_cols`` and
            styles.

        Returns
        -------
        display : MixingDisplay
            Itself.

        Raises
        ------
        ValueError
            For an unknown kind, and for shapes that do not fit each other.
        """
        load_pyplot(f"{type(self).__name__}.plot")
        mixing, std = np.asarray(self.mixing), self.mixing_std
        for name, shape in ("mixing_std", mixing.shape), ("kurtosis", mixing.shape[1:]):
            value = getattr(self, name)
            if value is not None and np.shape(value) != shape:
                raise ValueError(
                    f"{name} must have shape {shape} for mixing of shape "
                    f"{mixing.shape}, got {np.shape(value)}."
                )
        drawn = ComponentsDisplay(
            components=mixing.T,
            feature_names=self.feature_names,
            components_std=None if std is None else np.transpose(std),
        ).plot(ax, kind=kind, **kwargs)
        self.axes_ = drawn.axes_
        for name in DRAWN:
            setattr(self, name, getattr(drawn, name))
        if kind == "heatmap":
            self.axes_[0].set(title="mixing matrix", ylabel="source", xlabel="sensor")
            return self
        for i, axes in enumerate(self.axes_):
            known = self.kurtosis is not None and np.isfinite(self.kurtosis[i])
            title = f"\nkurtosis {self.kurtosis[i]:.2g}" if known else ""
            axes.title.set_text(f"source {i}{title}")
        return self
