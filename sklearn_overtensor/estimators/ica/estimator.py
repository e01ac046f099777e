# SPDX-License-Identifier: BSD-3-Clause
"""``CumulantICA``: scikit-learn's face of independent sources."""

from numbers import Integral, Real
from typing import Any, ClassVar, Literal, Self

from sklearn.utils._param_validation import Interval, Options, StrOptions
from sklearn.utils.metaestimators import available_if

from ..._typing import AnyArray, FloatArray, Seed, Statistic
from ...decompose.parameters import CONSTRAINTS
from ...machine.backend import is_dask
from ...machine.sklearn_versions import fit_context
from ...targets import CumulantTarget
from ..streaming import PartialFitMixin
from .face import SourceFace
from .fitted import fitted_attributes


def _keeps_no_rows(model):
    if model.polish is not None:
        raise AttributeError(
            f"partial_fit keeps no rows for polish={model.polish!r}: set polish=None."
        )
    return True


class CumulantICA(PartialFitMixin, SourceFace):
    """Independent component analysis that finds the number of sources.

    Finds the sources that stand out from the noise, also more sources than sensors,
    where :class:`~sklearn.decomposition.FastICA` stops. Each source is a term of the
    cumulant of the samples. The attributes are those of FastICA, and there are standard
    errors of the mixing matrix.

    Parameters
    ----------
    n_components : int or None, default=None
        Number of sources. None: those that can be told from Gaussian noise. If you ask
        for more, ``is_gaussian_`` marks the others.
    order : {3, 4}, default=4
        :term:`Order <order>` of the :term:`cumulant`. 4 sees all sources with heavy or
        light tails. 3 sees skewed sources only, and needs fewer samples for them.
    whiten : {"unit-variance", "arbitrary-variance"}, default="unit-variance"
        Whether the sources have unit variance, or the columns of ``mixing_`` unit
        length.
    polish : {"logcosh"} or None, default="logcosh"
        What follows the cumulants. ``"logcosh"``: scikit-learn's FastICA goes on from
        the sources found, and is kept if its standard errors are smaller. It needs the
        samples in memory. For Laplace sources the error falls by a third. None:
        nothing. More sources than sensors are never polished.
    significance : float, default=0.05
        Chance that noise alone makes a source. Also the chance that sensors without
        noise are taken for noisy.
    transform_algorithm : {"min_norm", "lasso", "posterior_mean"}, default="min_norm"
        What ``transform`` does for more sources than sensors. ``"min_norm"``: the
        smallest sources that make the sample, a linear map. ``"lasso"``: the sparsest,
        for sources that are zero most of the time: see Notes. ``"posterior_mean"``: the
        mean of Laplace sources given the sample, by sampling.
    transform_alpha : float, default=0.1
        Penalty of ``"lasso"``, for samples of unit covariance. For sources that are
        zero in 80 % of the samples, 0.03 to 0.3 were best: more for more sensor noise.
    max_iter : int, default=200
        Most iterations of the polish.
    tol : float, default=1e-6
        Change of the cosines of the unmixing rows at which the polish ends. FastICA's
        1e-4 left 1 % of the error.
    random_state : int, RandomState instance or None, default=None
        Seed of the decomposition. Pass an int for repeatable results.

    Attributes
    ----------
    components_ : ndarray of shape (n_components_, n_features)
        The unmixing matrix: ``transform`` is ``(X - mean_) @ components_.T`` but for
        ``"lasso"``. Rectangular for fewer or more sources than features; Notes say
        what it is then.
    mixing_ : ndarray of shape (n_features, n_components_)
        The mixing matrix, the most non-Gaussian source first. In each column the
        entry that is largest beside the standard deviation of its feature is positive;
        at order 3 the skewness of the source is, instead.
    mixing_std_ : ndarray of shape (n_features, n_components_)
        Standard errors of the entries of ``mixing_``; see Notes. NaN after
        ``partial_fit``, and where the decomposition has none.
    kurtosis_ : ndarray of shape (n_components_,)
        Excess kurtosis of the sources, signed. NaN after ``partial_fit`` at order 3.
    is_gaussian_ : ndarray of bool of shape (n_components_,)
        Sources that cannot be told from Gaussian noise: the weakest ones, if
        ``n_components`` asks for more than can be told.
    is_orthogonal_ : bool
        Whether the sources are uncorrelated in the samples, as without sensor noise.
    mean_ : ndarray of shape (n_features,)
        Mean of the samples.
    whitening_ : ndarray of shape (n_white, n_features)
        Brings centred samples to unit covariance. ``n_white`` is the number of
        features, less where they are collinear.
    n_components_ : int
        Number of sources found.
    n_iter_ : int
        Iterations of the decomposition and of the polish.
    n_samples_seen_ : int
        Rows given to ``partial_fit`` since the last ``fit``; absent after ``fit``.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of features, when samples come with string names.

    Warns
    -----
    ConvergenceWarning
        When no source can be told from Gaussian noise: the strongest is kept, and
        ``is_gaussian_`` is True. When the decomposition or the polish has not
        converged.

    See Also
    --------
    OverparamSymmetricCP : The decomposition that this is made of.
    sklearn.decomposition.FastICA : At most as many sources as features, their number
        told.

    Notes
    -----
    Of ``x = mean + A s + e`` with independent sources of unit variance and any Gaussian
    ``e``, the cumulant of order l is ``sum_i kappa_l(s_i) a_i^{⊗l}``: columns of A are
    its terms, and noise of the sensors is not in it. With whitening K (``whitening_``)
    and ``components_ = pinv(K A) K``:

    - *As many sources as sensors, or fewer.* Once some are found, what is orthogonal to
      them in white coordinates is searched by itself. Without sensor noise, ``K A`` has
      orthonormal columns. Where the terms cannot be told from that at ``significance``
      they are projected to the nearest orthonormal columns [1]_ and polished;
      ``mixing_`` is ``cov(X) @ components_.T``. Where they can, sensors are noisy:
      the terms are kept as they are, ``components_ @ mixing_ = I``, and ``transform``
      keeps sources apart at the price of noise in them.
    - *Fewer.* What is left is Gaussian: ``components_`` gives the sources free of it,
      not a projection to principal components.
    - *More.* The variances of the sources are those that explain the covariance, by
      non-negative least squares. ``"min_norm"`` is then the best linear estimate
      without sensor noise. ``"lasso"`` minimises
      ``1/2 ||K (x - mean - A s)||^2 + transform_alpha ||s||_1`` by scikit-learn's
      ``sparse_encode``, about 0.3 ms a sample.

    Standard errors of orthogonal sources are to first order, for independent sources:
    95 to 97 % of the entries were within two of them. Of others they are those of the
    terms, as if the lengths of the columns were known: of 9 sources in 6 sensors 96 %
    of the entries of columns of unit length were within two, and 90 % of those that
    ``whiten="unit-variance"`` has scaled.

    References
    ----------
    .. [1] P. Comon, "Independent component analysis, a new concept?", Signal
       Processing 36(3), 1994.
    .. [2] L. De Lathauwer, J. Castaing and J.-F. Cardoso, "Fourth-order
       cumulant-based blind identification of underdetermined mixtures", IEEE
       Transactions on Signal Processing 55(6), 2007.

    Examples
    --------
    >>> from sklearn_overtensor import CumulantICA
    >>> from sklearn_overtensor.datasets import make_latent_samples
    >>> data = make_latent_samples(20_000, 4, 3, random_state=0)
    >>> model = CumulantICA(random_state=0).fit(data.X)
    >>> model.n_components_, model.mixing_.shape
    (3, (4, 3))
    >>> model.transform(data.X).std(axis=0).round(3)
    array([1., 1., 1.])
    """

    _shapes: ClassVar[dict[str, str]] = {
        "components_": "kd",
        "mixing_": "dk",
        "mean_": "d",
    }
    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "n_components": CONSTRAINTS["n_components"],
        "order": [Options(Integral, {3, 4})],
        "whiten": [StrOptions({"unit-variance", "arbitrary-variance"})],
        "polish": [StrOptions({"logcosh"}), None],
        "significance": CONSTRAINTS["significance"],
        "transform_algorithm": [StrOptions({"min_norm", "lasso", "posterior_mean"})],
        "transform_alpha": [Interval(Real, 0, None, closed="neither")],
        "max_iter": [Interval(Integral, 1, None, closed="left")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "random_state": CONSTRAINTS["random_state"],
    }

    mixing_: FloatArray
    mixing_std_: FloatArray
    whitening_: FloatArray
    kurtosis_: FloatArray
    is_gaussian_: Any
    is_orthogonal_: bool
    n_iter_: int

    # What PartialFitMixin asks for, and no parameter here.
    statistic: Statistic = "cumulant"
    backend = None
    device = None

    def __init__(
        self,
        n_components: int | None = None,
        *,
        order: int = 4,
        whiten: Literal["unit-variance", "arbitrary-variance"] = "unit-variance",
        polish: Literal["logcosh"] | None = "logcosh",
        significance: float = 0.05,
        transform_algorithm: Literal[
            "min_norm", "lasso", "posterior_mean"
        ] = "min_norm",
        transform_alpha: float = 0.1,
        max_iter: int = 200,
        tol: float = 1e-6,
        random_state: Seed = None,
    ) -> None:
        self.n_components = n_components
        self.order = order
        self.whiten = whiten
        self.polish = polish
        self.significance = significance
        self.transform_algorithm = transform_algorithm
        self.transform_alpha = transform_alpha
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: AnyArray, y: Any = None) -> Self:
        """Find the sources.

        Parameters
        ----------
        X : array-like, torch.Tensor, sparse array, dask array or dataframe
            Samples of shape (n_samples, n_features).
        y : Ignored
            Present for API consistency.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            For input that is not finite, real, non-empty and two-dimensional, and for
            invalid parameters.
        TypeError
            For a dask collection, which is not in memory, with ``polish="logcosh"``.
        """
        if self.polish is not None and is_dask(X):
            raise TypeError(
                f"polish={self.polish!r} needs the samples in memory, and X is a dask "
                "collection: set polish=None, or call .compute() on it if it fits."
            )
        target = CumulantTarget(self._validated(X, reset=True), self.order)
        self.n_features_in_ = target.n_features
        if target.n_samples < 2:
            raise ValueError(
                f"Found {target.n_samples} sample(s), while a minimum of 2 is required "
                "by CumulantICA."
            )
        self._decompose(target, X, y, None)
        self._forget_parts()
        return self

    partial_fit = available_if(_keeps_no_rows)(PartialFitMixin.partial_fit)

    def _decompose(self, target, X, y, sample_weight):
        """Find the sources of a target, of rows or of what they were summed to."""
        for name, value in fitted_attributes(self, target).items():
            setattr(self, name, value)
