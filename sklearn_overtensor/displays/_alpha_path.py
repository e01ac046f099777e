# SPDX-License-Identifier: BSD-3-Clause
"""``AlphaPathDisplay``: score, number of terms and weights along a path of alphas."""

from typing import Any, Self

from .._typing import AnyArray, Weights
from ..results.result import SymmetricCPResult
from ._common import (
    Keywords,
    check_estimator,
    hide_frame,
    load_pyplot,
    log_scale,
    make_panels,
    style,
)
from ._path_panels import score_panel, terms_panel, weights_panel


class AlphaPathDisplay:
    """Score, number of terms and weights along a path of alphas.

    It is recommended to use :meth:`from_estimator` or :meth:`from_path` to create a
    display. Parameters are stored as attributes; what is None is not drawn.

    Parameters
    ----------
    alphas : array-like of shape (n_alphas,)
        The path.
    scores : array-like of shape (n_alphas, n_folds) or None, default=None
        Scores on held-out rows.
    n_components : array-like of int of shape (n_alphas, n_folds) or None, default=None
        Number of terms on each fold.
    weights : list of array-like of shape (n_alphas,) or None, default=None
        Weights of the terms at each alpha, of one path: that of all samples.
    alpha : float or None, default=None
        The alpha chosen.

    Attributes
    ----------
    axes_ : ndarray of Axes
        Those of the score, the number of terms and the weights, where there are any.
    bounding_ax_ : matplotlib Axes or None
        The axes whose place was divided; None if none was.
    figure_ : matplotlib Figure
    score_line_, n_components_line_, weights_line_ : Line2D or None
        The mean score, the number of terms on all samples, and the weights, a dot each.
    score_fold_lines_, n_components_fold_lines_ : list of Line2D
        The score and the number of terms on each fold.
    score_band_ : PolyCollection or None
        The mean score up and down by a standard error; see Notes.
    alpha_lines_ : list of Line2D
        The alpha chosen, a vertical line in each panel; empty if none was.

    See Also
    --------
    sklearn_overtensor.OverparamSymmetricCPCV : Chooses alpha by held-out scores.
    sklearn_overtensor.symmetric_cp_path : The path on one target.

    Notes
    -----
    Scores of one fold share the noise of its held-out statistic and go up and down
    together. The band is therefore not their own standard error, but that of their
    difference from the scores of the best alpha, where it has no width. It is the one
    by which ``selection="one_se"`` chooses: the largest alpha whose band reaches the
    dotted line, the best mean score.

    Examples
    --------
    >>> from sklearn_overtensor import OverparamSymmetricCPCV
    >>> from sklearn_overtensor.datasets import make_latent_samples
    >>> from sklearn_overtensor.displays import AlphaPathDisplay
    >>> X = make_latent_samples(20_000, n_features=5, n_sources=3, random_state=0).X
    >>> model = OverparamSymmetricCPCV(
    ...     alphas=10, order=4, statistic="cumulant", random_state=0
    ... ).fit(X)
    >>> display = AlphaPathDisplay.from_estimator(model)
    >>> [ax.get_ylabel() for ax in display.axes_]
    ['score on held-out rows', 'number of terms']
    >>> display = AlphaPathDisplay.from_estimator(model, X)
    >>> display.axes_[2].get_ylabel()
    'weight'
    """

    def __init__(
        self,
        *,
        alphas: AnyArray,
        scores: AnyArray = None,
        n_components: AnyArray = None,
        weights: AnyArray = None,
        alpha: float | None = None,
    ) -> None:
        self.alphas = alphas
        self.scores = scores
        self.n_components = n_components
        self.weights = weights
        self.alpha = alpha

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: AnyArray = None,
        *,
        sample_weight: Weights = None,
        ax: Any = None,
        **kwargs: Any,
    ) -> Self:
        """Draw the path that a fitted estimator has chosen from.

        Parameters
        ----------
        estimator : OverparamSymmetricCPCV
            Fitted.
        X : array-like or None, default=None
            The samples that it was fitted to. Weights and number of terms along the
            path of all samples are drawn too; that path is computed here, with the
            parameters of the estimator, in about the time of one of its folds. None:
            only what the estimator has kept, the scores and numbers of terms on folds.
        sample_weight : array-like of shape (n_samples,) or None, default=None
            Weights of ``X``, those that the estimator was fitted with.
        ax : matplotlib Axes, array-like of Axes or None, default=None
            As in :meth:`plot`.
        **kwargs : dict
            Passed to :meth:`plot`.

        Returns
        -------
        display : AlphaPathDisplay

        Raises
        ------
        NotFittedError, TypeError
            If the estimator is not fitted, or has no path.
        ValueError
            If ``sample_weight`` comes without ``X``, or ``X`` does not fit.
        """
        caller = f"{cls.__name__}.from_estimator"
        load_pyplot(caller)
        check_estimator(estimator, caller, "alphas_", "scores_path_")
        if X is None and sample_weight is not None:
            raise ValueError("sample_weight weighs the rows of X, but X is None.")
        weights = None
        if X is not None:
            results = estimator._path_of_all(X, sample_weight)
            weights = [result.weights for result in results]
        display = cls(
            alphas=estimator.alphas_,
            scores=estimator.scores_path_,
            n_components=estimator.n_components_path_,
            weights=weights,
            alpha=estimator.alpha_,
        )
        return display.plot(ax, **kwargs)

    @classmethod
    def from_path(
        cls,
        alphas: AnyArray,
        results: list[SymmetricCPResult],
        *,
        alpha: float | None = None,
        ax: Any = None,
        **kwargs: Any,
    ) -> Self:
        """Draw what :func:`~sklearn_overtensor.symmetric_cp_path` returns.

        Parameters
        ----------
        alphas : array-like of shape (n_alphas,)
        results : list of SymmetricCPResult
        alpha : float or None, default=None
            An alpha to mark.
        ax : matplotlib Axes, array-like of Axes or None, default=None
            As in :meth:`plot`.
        **kwargs : dict
            Passed to :meth:`plot`.

        Returns
        -------
        display : AlphaPathDisplay
        """
        load_pyplot(f"{cls.__name__}.from_path")
        weights = [result.weights for result in results]
        return cls(alphas=alphas, weights=weights, alpha=alpha).plot(ax, **kwargs)

    def plot(
        self,
        ax: Any = None,
        *,
        line_kwargs: Keywords = None,
        fold_kwargs: Keywords = None,
        band_kwargs: Keywords = None,
        weight_kwargs: Keywords = None,
        alpha_kwargs: Keywords = None,
    ) -> Self:
        """Draw the panels.

        Parameters
        ----------
        ax : matplotlib Axes, array-like of Axes or None, default=None
            One axes is switched off, and its place divided into a row of panels.
            Several are drawn into: as many as ``axes_`` has. None: a new figure.
        line_kwargs, fold_kwargs : dict or None, default=None
            Passed to ``ax.plot`` for the mean score and the number of terms on all
            samples, and for what belongs to one fold.
        band_kwargs : dict or None, default=None
            Passed to ``ax.fill_between`` for the standard error.
        weight_kwargs : dict or None, default=None
            Passed to ``ax.plot`` for the weights.
        alpha_kwargs : dict or None, default=None
            Passed to ``ax.axvline`` for the alpha chosen.

        Returns
        -------
        self : AlphaPathDisplay

        Raises
        ------
        ValueError
            If there is nothing to draw, or lengths or the number of axes do not agree.
        """
        load_pyplot(f"{type(self).__name__}.plot")
        panels = self._panels()
        self.axes_, self.bounding_ax_ = make_panels(
            f"{type(self).__name__}.plot",
            ax,
            len(panels),
            n_columns=len(panels),
            figsize=(4.2 * len(panels), 3.6),
        )
        self.figure_ = self.axes_[0].figure
        self.score_line_ = self.score_band_ = self.n_components_line_ = None
        self.score_fold_lines_, self.n_components_fold_lines_ = [], []
        self.weights_line_ = None
        line = style({"color": "black", "marker": "."}, line_kwargs)
        fold = style({"color": "gray", "linewidth": 0.8, "alpha": 0.7}, fold_kwargs)
        axes = dict(zip(panels, self.axes_, strict=True))
        if "score" in axes:
            artists = score_panel(
                axes["score"], self.alphas, self.scores, line, fold, band_kwargs
            )
            self.score_line_, self.score_fold_lines_, self.score_band_ = artists
        if "terms" in axes:
            self.n_components_line_, self.n_components_fold_lines_ = terms_panel(
                axes["terms"], self.alphas, self.n_components, self.weights, line, fold
            )
        if "weights" in axes:
            self.weights_line_ = weights_panel(
                axes["weights"], self.alphas, self.weights, weight_kwargs
            )
        for each in self.axes_:
            log_scale(each.set_xscale, [self.alphas])
            each.set_xlabel("alpha")
            hide_frame(each)
        self._mark_alpha(alpha_kwargs)
        return self

    def _panels(self):
        """Names of the panels, for data whose lengths agree."""
        n_alphas = len(self.alphas)
        for name in ("scores", "n_components", "weights"):
            values = getattr(self, name)
            if values is not None and len(values) != n_alphas:
                raise ValueError(
                    f"{name} must have a value or row for each of the {n_alphas} "
                    f"alphas, got {len(values)}."
                )
        panels = [] if self.scores is None else ["score"]
        if self.n_components is not None or self.weights is not None:
            panels.append("terms")
        if self.weights is not None:
            panels.append("weights")
        if not panels or n_alphas == 0:
            raise ValueError("There is nothing to draw: pass scores or weights.")
        return panels

    def _mark_alpha(self, alpha_kwargs):
        """The alpha chosen in each panel, and legends: the first one tells of it."""
        self.alpha_lines_ = []
        if self.alpha is not None:
            default = {"color": "tab:red", "linewidth": 0.8}
            default["label"] = f"alpha = {self.alpha:.2g}"
            keywords = style(default, alpha_kwargs)
            for axes in self.axes_:
                self.alpha_lines_.append(axes.axvline(self.alpha, **keywords))
                keywords["label"] = None
        for axes in self.axes_:
            if len(axes.get_legend_handles_labels()[0]) > 0:
                axes.legend(loc="best", fontsize="small")
