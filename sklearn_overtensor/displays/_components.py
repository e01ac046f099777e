# SPDX-License-Identifier: BSD-3-Clause
"""``ComponentsDisplay``: components as a heat map, bars or images, with weights."""

from typing import Any, Literal, Self

import numpy as np

from .._typing import AnyArray
from ._common import (
    Keywords,
    check_choice,
    check_estimator,
    check_image_shape,
    height_of_names,
    load_pyplot,
    make_panels,
    style,
)
from ._components_panels import (
    check_sizes,
    entries_panel,
    known_errors,
    map_panel,
    reach,
    weights_panel,
)

KINDS = ("heatmap", "bar", "image")


class ComponentsDisplay:
    """Components of a decomposition as a heat map, bars or images, with their weights.

    It is recommended to use :meth:`from_estimator` to create a display. All parameters
    are stored as attributes.

    Parameters
    ----------
    components : array-like of shape (n_components, n_features)
        One a row. Any rows: those of a pipeline brought back to pixels, for example.
    weights : array-like of shape (n_components,) or None, default=None
        One for each component. None: not drawn.
    feature_names : array-like of str of shape (n_features,) or None, default=None
        Labels of features. None: their indices.
    weights_std : array-like of shape (n_components,) or None, default=None
        Standard errors of the weights. None, not finite, or all zero: no error bars.
    components_std : array-like of shape (n_components, n_features) or None, \
default=None
        Standard errors of the entries of the components, likewise.

    Attributes
    ----------
    axes_ : ndarray of Axes
        ``kind="heatmap"``: that of the weights, if there are any, then the map's. Else
        one for each component.
    bounding_ax_ : matplotlib Axes or None
        The axes whose place was divided; None if none was.
    figure_ : matplotlib Figure
    images_ : list of AxesImage
        The heat map, or the image of each component; empty for bars.
    bars_ : list of BarContainer
        The weights beside a heat map, or the entries of each component.
    errorbars_ : list of ErrorbarContainer
        Those of the weights beside a heat map, or of the entries of each component;
        empty where there are no standard errors.
    colorbar_ : Colorbar or None
        That of the heat map.

    See Also
    --------
    sklearn_overtensor.OverparamSymmetricCP : What components and weights are.

    Notes
    -----
    Red is positive and blue negative. A heat map has one scale for all entries, bars
    have one too; each image has its own, symmetric about zero, which shows the shape of
    a component whose entries are all small beside that of one with a few large entries.

    Error bars are 1.96 standard errors to either side: intervals that hold the true
    value 95 times of 100, one at a time, where the estimates are about normal. A heat
    map shows those of the weights alone.

    Examples
    --------
    >>> from sklearn_overtensor import OverparamSymmetricCP
    >>> from sklearn_overtensor.datasets import make_symmetric_cp
    >>> from sklearn_overtensor.displays import ComponentsDisplay
    >>> data = make_symmetric_cp(8, 3, random_state=0)
    >>> model = OverparamSymmetricCP(random_state=0).fit(data.tensor)
    >>> display = ComponentsDisplay.from_estimator(model)
    >>> display.images_[0].get_array().shape
    (3, 8)
    >>> display = ComponentsDisplay.from_estimator(
    ...     model, kind="image", image_shape=(2, 4)
    ... )
    >>> len(display.axes_)
    3
    """

    def __init__(
        self,
        *,
        components: AnyArray,
        weights: AnyArray = None,
        feature_names: AnyArray = None,
        weights_std: AnyArray = None,
        components_std: AnyArray = None,
    ) -> None:
        self.components = components
        self.weights = weights
        self.feature_names = feature_names
        self.weights_std = weights_std
        self.components_std = components_std

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        *,
        feature_names: AnyArray = None,
        ax: Any = None,
        **kwargs: Any,
    ) -> Self:
        """Draw the components of a fitted estimator.

        Parameters
        ----------
        estimator : estimator
            Fitted, with ``components_``: one of ours, or any of scikit-learn's
            decompositions. ``weights_`` and the standard errors ``weights_std_`` and
            ``components_std_`` are drawn if it has them.
        feature_names : array-like of str of shape (n_features,) or None, default=None
            Labels of features. None: ``feature_names_in_``, or indices where the
            estimator was fitted without names.
        ax : matplotlib Axes, array-like of Axes or None, default=None
            As in :meth:`plot`.
        **kwargs : dict
            Passed to :meth:`plot`.

        Returns
        -------
        display : ComponentsDisplay

        Raises
        ------
        NotFittedError, TypeError
            If the estimator is not fitted, or has no ``components_``.
        """
        caller = f"{cls.__name__}.from_estimator"
        load_pyplot(caller)
        check_estimator(estimator, caller, "components_")
        if feature_names is None:
            feature_names = getattr(estimator, "feature_names_in_", None)
        display = cls(
            components=estimator.components_,
            weights=getattr(estimator, "weights_", None),
            feature_names=feature_names,
            weights_std=known_errors(getattr(estimator, "weights_std_", None)),
            components_std=known_errors(getattr(estimator, "components_std_", None)),
        )
        return display.plot(ax, **kwargs)

    def plot(
        self,
        ax: Any = None,
        *,
        kind: Literal["heatmap", "bar", "image"] = "heatmap",
        image_shape: tuple[int, int] | None = None,
        n_cols: int | None = None,
        im_kwargs: Keywords = None,
        bar_kwargs: Keywords = None,
        errorbar_kwargs: Keywords = None,
        title_kwargs: Keywords = None,
    ) -> Self:
        """Draw the components.

        Parameters
        ----------
        ax : matplotlib Axes, array-like of Axes or None, default=None
            One axes is switched off, and its place divided into a grid. Several are
            drawn into: as many as ``axes_`` has, in its sequence. None: a new figure.
        kind : {"heatmap", "bar", "image"}, default="heatmap"
            All in one map beside the weights, or a chart or an image for each.
        image_shape : tuple of int, (height, width), or None, default=None
            Needed for ``kind="image"``: the features are its pixels, row by row.
        n_cols : int or None, default=None
            Columns of the grid of bars or images. None: at most 3 of bars, 8 of images.
        im_kwargs : dict or None, default=None
            Passed to ``ax.imshow``.
        bar_kwargs : dict or None, default=None
            Passed to ``ax.bar``, or ``ax.barh`` beside a heat map.
        errorbar_kwargs : dict or None, default=None
            Passed to ``ax.errorbar``.
        title_kwargs : dict or None, default=None
            Passed to ``ax.set_title`` for the index and weight above bars and images.

        Returns
        -------
        self : ComponentsDisplay

        Raises
        ------
        ValueError
            For an unknown kind, an image shape or a number of weights, names, standard
            errors or axes that does not fit.
        """
        load_pyplot(f"{type(self).__name__}.plot")
        check_choice("kind", kind, KINDS)
        check_sizes(self)
        if kind == "image":
            check_image_shape(image_shape, np.shape(self.components)[1])
        self.images_: list[Any] = []
        self.bars_: list[Any] = []
        self.errorbars_: list[Any] = []
        self.colorbar_ = None
        if kind == "heatmap":
            self._plot_heatmap(ax, im_kwargs, bar_kwargs, errorbar_kwargs)
        elif kind == "bar":
            self._plot_bars(ax, n_cols or 3, bar_kwargs, errorbar_kwargs, title_kwargs)
        else:
            self._plot_images(ax, image_shape, n_cols or 8, im_kwargs, title_kwargs)
        self.figure_ = self.axes_[0].figure
        return self

    def _plot_heatmap(self, ax, im_kwargs, bar_kwargs, errorbar_kwargs):
        components = np.asarray(self.components)
        n_components, n_features = components.shape
        beside = self.weights is not None
        self.axes_, self.bounding_ax_ = make_panels(
            f"{type(self).__name__}.plot",
            ax,
            1 + beside,
            n_columns=2,
            figsize=(
                min(3.2 + 1.6 * beside + 0.22 * n_features, 16),
                min(2 + 0.2 * n_components, 12) + height_of_names(self.feature_names),
            ),
            width_ratios=[1, max(2, min(n_features / 6, 5))] if beside else None,
        )
        axes = self.axes_[-1]
        image, self.colorbar_ = map_panel(
            axes, components, self.feature_names, im_kwargs
        )
        self.images_.append(image)
        if not beside:
            axes.set_ylabel("component")
            return
        errors = known_errors(self.weights_std)
        bars, self.errorbars_ = weights_panel(
            self.axes_[0], self.weights, errors, axes, bar_kwargs, errorbar_kwargs
        )
        self.bars_.append(bars)

    def _plot_bars(self, ax, n_cols, bar_kwargs, errorbar_kwargs, title_kwargs):
        components, names = np.asarray(self.components), self.feature_names
        errors = known_errors(self.components_std)
        width = max(2.4, min(0.14 * components.shape[1], 8))
        self._make_grid(ax, n_cols, (width, 1.7 + height_of_names(names)))
        limit = 1.05 * reach(components, errors) or 1.0
        for i, axes in enumerate(self.axes_):
            own = None if errors is None else errors[i]
            bars, drawn = entries_panel(
                axes, components[i], own, limit, names, bar_kwargs, errorbar_kwargs
            )
            self.bars_.append(bars)
            self.errorbars_ += drawn
        self._write_titles(title_kwargs)

    def _plot_images(self, ax, image_shape, n_cols, im_kwargs, title_kwargs):
        self._make_grid(ax, n_cols, (1.3, 1.3 * image_shape[0] / image_shape[1] + 0.3))
        for axes, component in zip(self.axes_, self.components, strict=True):
            limit = np.abs(component).max() or 1.0
            default = {"cmap": "RdBu_r", "vmin": -limit, "vmax": limit}
            image = np.reshape(component, image_shape)
            self.images_.append(axes.imshow(image, **style(default, im_kwargs)))
            axes.set(xticks=[], yticks=[])
        self._write_titles(title_kwargs)

    def _make_grid(self, ax, n_cols, panel_size):
        """An axes for each component; a new figure has room for panels of that size."""
        n_components = len(self.components)
        n_cols = min(n_cols, n_components)
        n_rows = -(-n_components // n_cols)
        self.axes_, self.bounding_ax_ = make_panels(
            f"{type(self).__name__}.plot",
            ax,
            n_components,
            n_columns=n_cols,
            figsize=(n_cols * panel_size[0], n_rows * panel_size[1]),
        )

    def _write_titles(self, title_kwargs):
        for i, axes in enumerate(self.axes_):
            weight = "" if self.weights is None else f": w = {self.weights[i]:.3g}"
            axes.set_title(f"{i}{weight}", **style({"fontsize": "small"}, title_kwargs))
