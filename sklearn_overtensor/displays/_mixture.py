# SPDX-License-Identifier: BSD-3-Clause
"""``MixtureDisplay``: the components of a Gaussian mixture as ellipses."""

from typing import Any, Self

import numpy as np

from .._typing import AnyArray
from ._common import Keywords, check_estimator, hide_frame, load_pyplot, style

# Rows beyond which dots hide each other and the ellipses.
MOST_ROWS = 5000


class MixtureDisplay:
    """Components of a Gaussian mixture along two features, over its rows.

    It is recommended to use :meth:`from_estimator` to create a display. All parameters
    are stored as attributes.

    Parameters
    ----------
    means : array-like of shape (k, 2)
        Means along the two features.
    covariances : array-like of shape (k, 2, 2)
        Covariances of the two features.
    weights : array-like of shape (k,) or None, default=None
        Weights. Ellipses of larger ones are drawn stronger.
    X : array-like of shape (n_samples, 2) or None, default=None
        Rows to draw below.
    labels : array-like of int of shape (n_samples,) or None, default=None
        The component of each row, for its colour.
    feature_names : list of str or None, default=None
        Names of the two features.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    ellipses_ : list of Ellipse
        For each component one for each of ``levels``, component by component.
    scatter_ : PathCollection or None
        The rows.

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> from sklearn_overtensor import MomentGaussianMixture
    >>> from sklearn_overtensor.displays import MixtureDisplay
    >>> X, _ = make_blobs(500, n_features=3, centers=2, random_state=0)
    >>> mixture = MomentGaussianMixture(random_state=0).fit(X)
    >>> display = MixtureDisplay.from_estimator(mixture, X)
    >>> len(display.ellipses_)
    4
    """

    def __init__(
        self,
        *,
        means: AnyArray,
        covariances: AnyArray,
        weights: AnyArray = None,
        X: AnyArray = None,
        labels: AnyArray = None,
        feature_names: AnyArray = None,
    ) -> None:
        self.means, self.covariances, self.weights = means, covariances, weights
        self.X, self.labels, self.feature_names = X, labels, feature_names

    @classmethod
    def from_estimator(
        cls,
        estimator: Any,
        X: AnyArray = None,
        *,
        features: tuple[int, int] = (0, 1),
        ax: Any = None,
        **kwargs: Any,
    ) -> Self:
        """Draw a fitted mixture, ours or scikit-learn's.

        Parameters
        ----------
        estimator : estimator
            Fitted, with ``means_``, ``covariances_``, ``weights_`` and
            ``covariance_type``.
        X : array-like of shape (n_samples, n_features) or None, default=None
            Rows to draw below, each in the colour of its component; of more than 5,000
            that many, at equal distances.
        features : tuple of int, default=(0, 1)
            The two that are drawn.
        ax : matplotlib Axes or None, default=None
            As in :meth:`plot`.
        **kwargs : dict
            Passed to :meth:`plot`.

        Returns
        -------
        display : MixtureDisplay
        """
        caller = f"{cls.__name__}.from_estimator"
        names = "means_", "covariances_", "weights_", "covariance_type"
        load_pyplot(caller)
        check_estimator(estimator, caller, *names)
        d, pair = estimator.means_.shape[1], list(features)
        if len(pair) != 2 or not all(-d <= feature < d for feature in pair):
            raise ValueError(
                f"features must be two indices of the {d} features, got {features}."
            )
        rows, labels = None, None
        if X is not None:
            rows = X[:: -(-len(X) // MOST_ROWS)]
            labels = estimator.predict(rows)
            rows = np.asarray(rows)[:, pair]
        known = getattr(estimator, "feature_names_in_", None)
        display = cls(
            means=estimator.means_[:, pair],
            covariances=_matrices(estimator)[:, pair][:, :, pair],
            weights=estimator.weights_,
            X=rows,
            labels=labels,
            feature_names=[f"feature {i}" if known is None else known[i] for i in pair],
        )
        return display.plot(ax, **kwargs)

    def plot(
        self,
        ax: Any = None,
        *,
        levels: tuple[float, ...] = (1.0, 2.0),
        ellipse_kwargs: Keywords = None,
        scatter_kwargs: Keywords = None,
    ) -> Self:
        """Draw the display.

        Parameters
        ----------
        ax : matplotlib Axes or None, default=None
            None: a new figure.
        levels : tuple of float, default=(1.0, 2.0)
            Half axes of the ellipses, in standard deviations.
        ellipse_kwargs : dict or None, default=None
            For ``matplotlib.patches.Ellipse``.
        scatter_kwargs : dict or None, default=None
            For ``ax.scatter``.

        Returns
        -------
        display : MixtureDisplay
            Itself.
        """
        plt = load_pyplot(f"{type(self).__name__}.plot")
        from matplotlib.patches import Ellipse

        if ax is None:
            _, ax = plt.subplots(figsize=(5, 4.5), layout="constrained")
        means, covariances = np.asarray(self.means), np.asarray(self.covariances)
        colors = plt.get_cmap("tab20")(np.arange(len(means)) % 20)
        self.ax_, self.figure_, self.scatter_ = ax, ax.figure, None
        if self.X is not None:
            of_rows = "0.6" if self.labels is None else colors[self.labels]
            default = {"s": 4, "alpha": 0.4, "linewidths": 0, "c": of_rows}
            self.scatter_ = ax.scatter(
                *np.transpose(self.X), **style(default, scatter_kwargs)
            )
        weights = np.ones(len(means)) if self.weights is None else self.weights
        self.ellipses_ = []
        for mean, covariance, weight, color in zip(
            means, covariances, weights / np.max(weights), colors, strict=True
        ):
            values, axes = np.linalg.eigh(covariance)
            angle = np.degrees(np.arctan2(axes[1, 1], axes[0, 1]))
            low, high = np.sqrt(np.maximum(values, 0.0))
            for level in levels:
                default = {
                    "facecolor": "none",
                    "edgecolor": 0.6 * color[:3],
                    "linewidth": 0.8 + 1.2 * weight,
                }
                ellipse = Ellipse(
                    mean,
                    2 * level * high,
                    2 * level * low,
                    angle=angle,
                    **style(default, ellipse_kwargs),
                )
                self.ellipses_.append(ax.add_patch(ellipse))
        ax.autoscale_view()
        ax.set(aspect="equal")
        if self.feature_names is not None:
            ax.set(xlabel=self.feature_names[0], ylabel=self.feature_names[1])
        hide_frame(ax)
        return self


def _matrices(estimator):
    """Covariances of any type as ``(k, d, d)``."""
    (k, d), values = estimator.means_.shape, estimator.covariances_
    return {
        "spherical": lambda: values[:, None, None] * np.eye(d),
        "diag": lambda: values[:, None] * np.eye(d),
        "tied": lambda: np.broadcast_to(values, (k, d, d)),
        "full": lambda: values,
    }[estimator.covariance_type]()
