# SPDX-License-Identifier: BSD-3-Clause
"""``FactorMatchDisplay``: the terms of a decomposition beside the true ones."""

from typing import Any, Self

import numpy as np

from .._typing import AnyArray
from ..metrics.matching import match_terms, pairs_first
from ._common import Keywords, check_estimator, load_pyplot, make_panels
from ._match_panels import (
    MOST_LABELS,
    cosine_panel,
    diagonal_texts,
    weights_panel,
)


class FactorMatchDisplay:
    """The terms of a decomposition beside the true ones that they are matched with.

    Cosines between components, and weights pair by pair. It is recommended to use
    :meth:`from_estimator` or :meth:`from_components` to create a display. All
    parameters are stored as attributes.

    Parameters
    ----------
    cosines : array-like of shape (n_true, n_pred)
        Between the true components and those found.
    pairs : array-like of int of shape (n_pairs, 2)
        Indices of a true component and the one found that it is matched with.
    score : float or None, default=None
        The factor match score, for the title.
    weights_true, weights_pred : array-like of shape (n,) or None, default=None
        The true weights and those found. None: no weights are drawn.
    order : int, default=3
        The order of the tensor. At even order a component and its opposite are the
        same term, and absolute cosines are drawn.

    Attributes
    ----------
    axes_ : ndarray of Axes
        That of the cosines, and that of the weights if there are any.
    bounding_ax_ : matplotlib Axes or None
        The axes whose place was divided; None if none was.
    figure_ : matplotlib Figure
    image_, colorbar_ : AxesImage and Colorbar
        The cosines.
    texts_ : list of Text
        The cosines of the pairs, where they are written.
    bars_true_, bars_pred_ : BarContainer or None
        The weights.

    See Also
    --------
    sklearn_overtensor.metrics.factor_match_score : The score, which says how pairs are
        found.

    Notes
    -----
    Labels are indices of components. Pairs are on the diagonal. What has no partner is
    last and labelled in red: rows are true components that are missing, columns are
    superfluous ones. The weights of a pair stand side by side, as ``true|found``.

    Examples
    --------
    >>> from sklearn_overtensor import OverparamSymmetricCP
    >>> from sklearn_overtensor.datasets import make_symmetric_cp
    >>> from sklearn_overtensor.displays import FactorMatchDisplay
    >>> data = make_symmetric_cp(8, 4, noise=0.05, random_state=0)
    >>> model = OverparamSymmetricCP(alpha=0.05, random_state=0).fit(data.tensor)
    >>> display = FactorMatchDisplay.from_estimator(
    ...     model, data.components, data.weights
    ... )
    >>> display.image_.get_array().shape
    (4, 4)
    """

    def __init__(
        self,
        *,
        cosines: AnyArray,
        pairs: AnyArray,
        score: float | None = None,
        weights_true: AnyArray = None,
        weights_pred: AnyArray = None,
        order: int = 3,
    ) -> None:
        self.cosines, self.pairs, self.score = cosines, pairs, score
        self.weights_true, self.weights_pred = weights_true, weights_pred
        self.order = order

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        components_true: AnyArray,
        weights_true: AnyArray = None,
        *,
        ax: Any = None,
        **kwargs: Any,
    ) -> Self:
        """Compare a fitted estimator with the truth.

        Parameters
        ----------
        estimator : estimator
            Fitted, with ``components_``, ``weights_`` and ``order_``.
        components_true : array-like of shape (n_true, n_features)
            The true components, one a row.
        weights_true : array-like of shape (n_true,) or None, default=None
            The true weights. None: only directions are compared.
        ax : matplotlib Axes, array-like of Axes or None, default=None
            As in :meth:`plot`.
        **kwargs : dict
            Passed to :meth:`plot`.

        Returns
        -------
        display : FactorMatchDisplay

        Raises
        ------
        NotFittedError, TypeError
            If the estimator is not fitted, or lacks one of the attributes.
        ValueError
            As :func:`~sklearn_overtensor.metrics.factor_match_score`.
        """
        caller = f"{cls.__name__}.from_estimator"
        load_pyplot(caller)
        check_estimator(estimator, caller, "components_", "weights_", "order_")
        return cls.from_components(
            components_true,
            estimator.components_,
            weights_true,
            None if weights_true is None else estimator.weights_,
            order=estimator.order_,
            ax=ax,
            **kwargs,
        )

    @classmethod
    def from_components(
        cls,
        components_true: AnyArray,
        components_pred: AnyArray,
        weights_true: AnyArray = None,
        weights_pred: AnyArray = None,
        *,
        order: int = 3,
        ax: Any = None,
        **kwargs: Any,
    ) -> Self:
        """Compare terms with the true ones.

        Parameters
        ----------
        components_true, components_pred : array-like of shape (n, n_features)
            The true components and those found, one a row. Rows need not have unit
            norm: weights are multiplied by the norm, relative to that of the longest
            row, to the power of the order.
        weights_true, weights_pred : array-like of shape (n,) or None, default=None
            Their weights, both or none.
        order : int, default=3
            The order of the tensor.
        ax : matplotlib Axes, array-like of Axes or None, default=None
            As in :meth:`plot`.
        **kwargs : dict
            Passed to :meth:`plot`.

        Returns
        -------
        display : FactorMatchDisplay

        Raises
        ------
        ValueError
            As :func:`~sklearn_overtensor.metrics.factor_match_score`.
        """
        load_pyplot(f"{cls.__name__}.from_components")
        match = match_terms(
            components_true, components_pred, weights_true, weights_pred, order=order
        )
        return cls(**match._asdict(), order=order).plot(ax, **kwargs)

    def plot(
        self,
        ax: Any = None,
        *,
        include_values: bool | None = None,
        im_kwargs: Keywords = None,
        bar_kwargs: Keywords = None,
    ) -> Self:
        """Draw the comparison.

        Parameters
        ----------
        ax : matplotlib Axes, array-like of Axes or None, default=None
            One axes is divided if there are weights. Several are drawn into: as many
            as ``axes_`` has. None: a new figure.
        include_values : bool or None, default=None
            Whether the cosine of each pair is written into the map. None: for at most
            12 rows and columns.
        im_kwargs, bar_kwargs : dict or None, default=None
            Passed to ``ax.imshow`` and to ``ax.bar``.

        Returns
        -------
        self : FactorMatchDisplay

        Raises
        ------
        ValueError
            If there is no component, or shapes or the number of axes do not agree.
        """
        load_pyplot(f"{type(self).__name__}.plot")
        cosines, rows, columns, n_pairs = self._sequence()
        with_weights = self.weights_true is not None
        width, height = np.clip(1.6 + 0.28 * np.array(cosines.T.shape), 3, 9)
        widths = [width + 0.8]
        if with_weights:
            n_shown = len(rows) + len(columns) - n_pairs
            widths.append(np.clip(1 + 0.35 * n_shown, 3, 12))
        self.axes_, self.bounding_ax_ = make_panels(
            f"{type(self).__name__}.plot",
            ax,
            1 + with_weights,
            n_columns=2,
            figsize=(sum(widths), height),
            width_ratios=widths,
        )
        self.figure_ = self.axes_[0].figure
        terms = rows, columns, n_pairs
        signed = self.order % 2 == 1
        self.image_ = cosine_panel(self.axes_[0], cosines, *terms, signed, im_kwargs)
        self.colorbar_ = self.figure_.colorbar(
            self.image_, ax=self.axes_[0], shrink=0.8
        )
        score = "" if self.score is None else f"\nfactor match score {self.score:.3f}"
        title = f"{'' if signed else 'absolute '}cosines{score}"
        self.axes_[0].set_title(title, fontsize="medium")
        if include_values is None:
            include_values = max(cosines.shape) <= MOST_LABELS
        written = np.diagonal(cosines)[: n_pairs if include_values else 0]
        self.texts_ = diagonal_texts(self.axes_[0], written)
        self.bars_true_ = self.bars_pred_ = None
        if with_weights:
            self.bars_true_, self.bars_pred_ = weights_panel(
                self.axes_[1], self.weights_true, self.weights_pred, *terms, bar_kwargs
            )
        return self

    def _sequence(self):
        """Cosines, and the components of their rows and columns, the pairs first."""
        cosines = np.asarray(self.cosines)
        if cosines.ndim != 2 or cosines.size == 0:
            raise ValueError(
                "There must be at least one true component and one found; got cosines "
                f"of shape {cosines.shape}."
            )
        if self.weights_true is not None:
            sizes = np.size(self.weights_true), np.size(self.weights_pred)
            if sizes != cosines.shape:
                raise ValueError(
                    f"cosines of shape {cosines.shape} need as many weights_true and "
                    f"weights_pred, got {sizes[0]} and {sizes[1]}."
                )
        rows, columns = pairs_first(self.pairs, cosines.shape)
        cosines = cosines[np.ix_(rows, columns)]
        if self.order % 2 == 0:
            cosines = np.abs(cosines)
        return cosines, rows, columns, len(self.pairs)
