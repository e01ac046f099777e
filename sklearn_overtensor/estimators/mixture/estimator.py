# SPDX-License-Identifier: BSD-3-Clause
"""``MomentGaussianMixture``: scikit-learn's face of mixtures by moments."""

import warnings
from functools import partial
from numbers import Integral, Real
from typing import Any, ClassVar, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, DensityMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, Options, StrOptions
from sklearn.utils.validation import validate_data

from ..._typing import AnyArray, Auto, FloatArray, Seed
from ...machine.backend import off_torch
from ...machine.sklearn_versions import fit_context
from ...persistence import PersistenceMixin
from ..all_or_nothing import AllOrNothing
from ..documented import DocumentedMixin
from .em import fitted, mixture_at, without_em
from .face import MixtureFace
from .fitted import fitted_attributes
from .moments import MixtureMoments
from .number import choose_start
from .units import Units

CovarianceType = Literal["spherical", "diag", "tied", "full"]
# Rows from which two halves are mixtures of their own.
ENOUGH_ROWS = 4


class MomentGaussianMixture(
    AllOrNothing,
    DocumentedMixin,
    PersistenceMixin,
    MixtureFace,
    DensityMixin,
    BaseEstimator,
):
    r"""Gaussian mixture whose number of components and start come from moments.

    Replaces :class:`sklearn.mixture.GaussianMixture` where you know neither the number
    of components nor a good start. It reads both off a :term:`moment` of the rows
    without its Gaussian part, which has one :term:`term` for each component.
    Scikit-learn's EM then starts there.

    Parameters
    ----------
    n_components : int or None, default=None
        Number of components. None: found.
    covariance_type : {"spherical", "diag", "tied", "full"}, default="spherical"
        As in :class:`~sklearn.mixture.GaussianMixture`. EM fits this type. The start
        always has spherical components with one variance.
    order : {"auto", 3, 4}, default="auto"
        :term:`Order <order>` of the :term:`moment`. ``"auto"``: 3 where the means do
        not differ along all axes, as with fewer components than features. Else 4, which
        tells more components apart, or 3 from 22 features on, where order 4 has too
        many entries.
    polish : {"em"} or None, default="em"
        What follows the moments. ``"em"``: scikit-learn's EM, and a check of the number
        on rows that it has not seen. None: nothing, which is faster. The number is then
        that of the moments alone, and standard errors are NaN: they are those of the
        largest likelihood, where EM ends.
    significance : float, default=0.05
        Chance that noise alone makes a component. It is the level of both tests: of a
        term of the moment, and of one more component by the likelihood of held-out
        rows.
    tol : float, default=1e-6
        Change of the mean log likelihood at which EM ends. Scikit-learn's 1e-3 stops
        before the optimum of overlapping components, and 1e-4 did so in 14 of 156
        mixtures of 10,000 rows. The number is found with ``1 / n_samples`` if that is
        larger: what one parameter gains by chance.
    reg_covar : float, default=1e-6
        Added to the diagonal of covariances, as a share of the mean variance of the
        features: no unit that they share changes the answer.
    max_iter : int, default=500
        Most steps of EM. More than scikit-learn's 100, since ``tol`` is smaller.
    random_state : int, RandomState instance or None, default=None
        Seed of the decomposition and of :meth:`sample`. Pass an
        int for repeatable results.

    Attributes
    ----------
    weights_ : ndarray of shape (n_components_,)
        Weights, largest first.
    means_ : ndarray of shape (n_components_, n_features)
        Means.
    covariances_, precisions_, precisions_cholesky_ : ndarray
        Covariances, their inverses, and the Cholesky factors of those, in the shape of
        the type: (k,), (k, d), (d, d) or (k, d, d).
    weights_std_ : ndarray of shape (n_components_,)
        Standard errors of the weights, from the information of the likelihood. NaN
        where it is singular, beyond 2,000 parameters, and without EM.
    means_std_ : ndarray of shape (n_components_, n_features)
        The same of the means.
    n_components_ : int
        Number of components.
    noise_variance_ : float
        The variance that was subtracted from the moment.
    order_ : int
        Order of that moment.
    converged_ : bool
        Whether EM ended at ``tol``; True without EM.
    lower_bound_ : float
        Mean log likelihood of the rows, by the last step of EM.
    n_iter_ : int
        Steps of EM; 0 without it.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of features, when samples come with string names.

    Raises
    ------
    ValueError
        For rows that are not finite, fewer than two, or fewer than ``n_components``.

    Warns
    -----
    ConvergenceWarning
        When the likelihood was still rising after ``max_iter`` steps of EM. The best
        model is kept.

    See Also
    --------
    sklearn.mixture.GaussianMixture : The same model, by EM from k-means.
    sklearn_overtensor.targets.HermiteMomentTarget : The moment.
    OverparamSymmetricCP : Moments and cumulants for their own sake.

    Notes
    -----
    Rows ``x = mu_i + e`` with share ``pi_i`` and normal e of variance ``s`` have, with
    ``z = (c, x - E x)`` and P the identity but for the constant,

    .. math:: E \, z^{⊗3} - 3 s \, \mathrm{sym}(E z ⊗ P)
       = \sum_i \pi_i (c, \mu_i - E x)^{⊗3},

    and the like at order 4. *The variance*: along axes in which means do not differ it
    is the mean of the least eigenvalues of the covariance. The number of others
    is that of eigenvalues beyond the Tracy-Widom quantile of noise. Where all are
    beyond it, as with more components than features, it is the least root of the
    determinant of the moment matrix of degree two (Lindsay), then once more with
    as many null eigenvalues as the number found leaves.

    *The number*: first that of the terms that cannot be told from noise. From there one
    more at a time, each fitted by EM, as long as rows are likelier that the fit
    has not seen (each half by the other), by ``significance``; else one fewer, as long
    as they are not less likely.

    References
    ----------
    .. [1] D. Hsu and S. M. Kakade, "Learning mixtures of spherical Gaussians: moment
       methods and spectral decompositions", ITCS 2013.
    .. [2] B. G. Lindsay, "Moment matrices: applications in mixtures", Ann. Statist. 17,
       1989.

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> from sklearn_overtensor import MomentGaussianMixture
    >>> X, _ = make_blobs(2000, n_features=6, centers=5, random_state=0)
    >>> mixture = MomentGaussianMixture(random_state=0).fit(X)
    >>> mixture.n_components_
    5
    >>> bool(abs(mixture.covariances_ - 1).max() < 0.1)
    True
    """

    _shapes: ClassVar[dict[str, Any]] = {"weights_": "k", "means_": "kd"}
    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "n_components": [Interval(Integral, 1, None, closed="left"), None],
        "covariance_type": [StrOptions({"spherical", "diag", "tied", "full"})],
        "order": [StrOptions({"auto"}), Options(Integral, {3, 4})],
        "polish": [StrOptions({"em"}), None],
        "significance": [Interval(Real, 0, 0.5, closed="neither")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "reg_covar": [Interval(Real, 0, None, closed="left")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "random_state": ["random_state"],
    }

    weights_: FloatArray
    means_: FloatArray
    n_components_: int
    n_features_in_: int

    def __init__(
        self,
        n_components: int | None = None,
        *,
        covariance_type: CovarianceType = "spherical",
        order: int | Auto = "auto",
        polish: Literal["em"] | None = "em",
        significance: float = 0.05,
        tol: float = 1e-6,
        reg_covar: float = 1e-6,
        max_iter: int = 500,
        random_state: Seed = None,
    ) -> None:
        self.n_components = n_components
        self.covariance_type = covariance_type
        self.order = order
        self.polish = polish
        self.significance = significance
        self.tol = tol
        self.reg_covar = reg_covar
        self.max_iter = max_iter
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: AnyArray, y: Any = None) -> Self:
        """Find the mixture that the rows are from.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.
        y : Ignored
            Present for API consistency.

        Returns
        -------
        self : object
            The fitted estimator.
        """
        X = off_torch(X)
        X = validate_data(self, X, dtype=[np.float64, np.float32], ensure_min_samples=2)
        if self.n_components is not None and self.n_components > len(X):
            raise ValueError(
                "Expected n_samples >= n_components but got n_components = "
                f"{self.n_components}, n_samples = {len(X)}"
            )
        random_state = check_random_state(self.random_state)
        units = Units.of(X)
        rows = units.inside(X)
        moments = MixtureMoments(rows, self.order, self.significance, random_state)
        if self.n_components is None:
            start = moments.found()
        else:
            start = moments.given(self.n_components)
        at: Any = partial(mixture_at, **self._settings())
        with_em = self.polish is not None
        if with_em and self.n_components is None and len(X) >= ENOUGH_ROWS:
            start = choose_start(start, moments.given, at, rows, self.significance)
        mixture = fitted(at(start), rows) if with_em else without_em(at(start))
        found = fitted_attributes(mixture, rows, units, start, with_em)
        for name, value in found.items():
            setattr(self, name, value)
        if not self.converged_:
            warnings.warn(
                f"EM was still going up after max_iter={self.max_iter} steps; the best "
                "is kept. Increase max_iter or tol.",
                ConvergenceWarning,
                stacklevel=2,
            )
        return self

    def fit_predict(self, X: AnyArray, y: Any = None) -> Any:
        """Fit, and tell the component of each row.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
            Rows.
        y : Ignored
            Present for API consistency.

        Returns
        -------
        labels : ndarray of shape (n_samples,)
            The likeliest component of each.
        """
        return self.fit(X, y).predict(X)

    def _settings(self):
        names = "covariance_type", "tol", "reg_covar", "max_iter"
        return {name: getattr(self, name) for name in names}
