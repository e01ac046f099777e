# SPDX-License-Identifier: BSD-3-Clause
"""``OverparamPolynomialRegressor``: a two-layer polynomial network from samples."""

from numbers import Integral, Real
from typing import Any, ClassVar, Self

import numpy as np
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import validate_data

from .._typing import AnyArray, Auto, Seed, Weights
from ..algebra.scale import exponent_of
from ..checks import check_sample_weights, refuse_dask, refuse_no_numbers
from ..machine.backend import is_dask, off_torch
from ..machine.sklearn_versions import CallbackSupportMixin, fit_context
from ..measured import MeasuredOptions, RowMeasurements, solve_measured
from ..persistence import PersistenceMixin
from ..rows.weights import WeightSums
from .all_or_nothing import AllOrNothing
from .callbacks import keeps_interrupted, tasks_of_fit
from .documented import DocumentedMixin
from .polynomial_model import PolynomialModel, model_attributes
from .polynomial_parts import PolynomialPartsMixin


class OverparamPolynomialRegressor(
    PolynomialModel,
    PolynomialPartsMixin,
    CallbackSupportMixin,
    AllOrNothing,
    DocumentedMixin,
    PersistenceMixin,
    RegressorMixin,
    BaseEstimator,
):
    """Regression by a short signed sum of powers of linear forms.

    Finds ``y = b + sum_i w_i (v_i'x)^{l_i}`` with ``||v_i|| = 1``: the neurons of a
    two-layer network with polynomial activations, and their number. The search starts
    with more neurons than needed, all tiny [1]_, and keeps the fewest that noise does
    not explain.

    Parameters
    ----------
    n_components : int or None, default=None
        Number of terms that the search starts with for each order, and the most of the
        result. None: five more than features, or 15, where the rows are enough.
    degree : int, default=3
        Highest :term:`order` of the terms: the largest power.
    fit_lower : bool, default=True
        Whether there are terms of all orders from 1 to ``degree``. False: of ``degree``
        alone.
    fit_intercept : bool, default=True
        Whether there is a constant. False: the polynomial vanishes at zero.
    rank : int or None, default=None
        Most :term:`terms <term>` of the result, whatever ``alpha``. None: ``alpha``
        decides.
    alpha : float or "auto", default="auto"
        How much the terms may leave. ``"auto"``: the fewest terms whose
        :term:`remainder` cannot be told from :term:`noise`, fitted by least squares. A
        number: the price of a term's weight, which also shrinks the weights. It acts
        like a correlation, whatever the units: about what a term needs to have with
        what the others leave. Try 1e-3 to 0.3.
    significance : float, default=0.05
        Chance that noise alone makes a term (``alpha="auto"`` only).
    tol : float, default=1e-6
        Relative size of a remainder that counts as zero.
    random_state : int, RandomState instance or None, default=None
        Seed of the start. Pass an int for repeatable results.

    Attributes
    ----------
    components_ : ndarray of shape (n_components_, n_features)
        Unit rows ``v_i``.
    weights_ : ndarray of shape (n_components_,)
        Signed weights ``w_i``, of each order the largest first; positive at odd orders.
    orders_ : ndarray of int of shape (n_components_,)
        Orders ``l_i``, ascending.
    intercept_ : float
        The constant b.
    weights_std_ : ndarray of shape (n_components_,)
        Standard errors of the weights, for independent noise of one size. NaN with a
        price, where unknowns are as many as rows, and beyond 2,500 unknowns.
    components_std_ : ndarray of shape (n_components_, n_features)
        The same for the entries of the components.
    n_components_ : int
        Number of terms; 0 where nothing can be told from noise.
    alpha_ : float
        The price that was given. For ``"auto"`` the largest correlation with ``y`` that
        noise has; 0 if exact.
    noise_ : float
        Standard deviation of the noise, estimated from what is left; NaN with a price.
    status_ : {"exact", "within_noise", "noise", "stationary", "iteration_limit", \
"stopped", "interrupted"}
        ``"within_noise"``: what is left cannot be told from noise. ``"stationary"``: it
        can, but ``n_components`` or ``rank`` allow no more terms, or there is a price.
        ``"stopped"``: a callback ended the search. ``"interrupted"``: Ctrl-C did, and
        these are the terms of the last round.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of features, when they are strings.

    Warns
    -----
    ConvergenceWarning
        When nothing in ``y`` can be told from noise: the prediction is its mean. When
        the search with a number as ``alpha`` did not converge, or was interrupted.

    See Also
    --------
    OverparamSymmetricCP : Decomposes a tensor that is held.
    sklearn.preprocessing.PolynomialFeatures : All monomials, for linear models.

    Notes
    -----
    The objective is ``1/2 mean_n (y_n - b - sum_i w_i c_i (v_i'x_n)^{l_i})^2`` with
    ``y`` of variance one, in coordinates where the second moment of the rows is the
    identity and with constants c_i that give every term the size of its weight for
    normal rows; with a price plus ``alpha sum_i |w_i|``. Other units or a change of
    basis of the features do not change the prediction. There are no biases within
    terms: centre the features first, with ``StandardScaler``, where zero means nothing.

    Each order has terms of its own: order 1 is one linear form, terms of order 2 are
    the eigenvectors of a symmetric matrix, those of higher orders the decomposition of
    a symmetric tensor.

    References
    ----------
    .. [1] X. Wang, C. Wu, J. D. Lee, T. Ma and R. Ge, "Beyond Lazy Training for
       Over-parameterized Tensor Decomposition", NeurIPS 2020.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_overtensor import OverparamPolynomialRegressor
    >>> rng = np.random.default_rng(0)
    >>> X = rng.standard_normal((500, 5))
    >>> y = (X[:, 0] + X[:, 1]) ** 3 - X[:, 2] ** 3 + rng.standard_normal(500)
    >>> model = OverparamPolynomialRegressor(random_state=0).fit(X, y)
    >>> model.orders_
    array([3, 3])
    >>> (model.components_ * model.weights_[:, None]).round(1) + 0.0
    array([[ 2.,  2.,  0.,  0.,  0.],
           [ 0.,  0., -1.,  0.,  0.]])
    """

    _shapes: ClassVar[dict[str, str]] = {"weights_": "k", "components_": "kd"}
    _parameter_constraints: ClassVar[dict[str, Any]] = {
        "n_components": [Interval(Integral, 1, None, closed="left"), None],
        "degree": [Interval(Integral, 1, 20, closed="both")],
        "fit_lower": ["boolean"],
        "fit_intercept": ["boolean"],
        "rank": [Interval(Integral, 1, None, closed="left"), None],
        "alpha": [Interval(Real, 0, None, closed="left"), StrOptions({"auto"})],
        "significance": [Interval(Real, 0, 0.5, closed="neither")],
        "tol": [Interval(Real, 0, None, closed="left")],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        n_components: int | None = None,
        *,
        degree: int = 3,
        fit_lower: bool = True,
        fit_intercept: bool = True,
        rank: int | None = None,
        alpha: float | Auto = "auto",
        significance: float = 0.05,
        tol: float = 1e-6,
        random_state: Seed = None,
    ) -> None:
        self.n_components = n_components
        self.degree = degree
        self.fit_lower = fit_lower
        self.fit_intercept = fit_intercept
        self.rank = rank
        self.alpha = alpha
        self.significance = significance
        self.tol = tol
        self.random_state = random_state

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: AnyArray, y: AnyArray, sample_weight: Weights = None) -> Self:
        """Find the terms.

        Parameters
        ----------
        X : array-like, sparse array or dask collection, (n_samples, n_features)
            Rows. Those of dask are read chunk by chunk, once, where what
            :meth:`partial_fit` keeps of them is smaller than they are.
        y : array-like of shape (n_samples,)
            Targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights. Whole numbers are counts: a row of weight two is two
            rows. Others are worth ``(sum w)^2 / sum w^2`` rows to the rule of noise.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            For input that is not finite, real and non-empty, and for numbers whose
            squares floats cannot hold.
        """
        given = X, y, sample_weight
        if is_dask(X):
            summary, X, y, sample_weight = self._summarised(X, y, sample_weight)
            if summary is not None:
                self._fit_summary(summary, given)
                self._forget_parts()
                return self
        X, y, weights = self._checked_rows(X, y, sample_weight)
        counted = weights > 0
        X, y, weights = X[counted], y[counted], weights[counted]
        count, weights = WeightSums.of(weights).count, weights / weights.max()
        unit = 2.0 ** exponent_of(np.abs(y).max())
        rows = RowMeasurements(
            X, y / unit, weights / weights.sum(), count, intercept=self.fit_intercept
        )
        self._solve(rows, unit, given)
        self._forget_parts()
        return self

    def _checked_rows(self, X, y, sample_weight, reset=True):
        """Rows in memory, values and weights."""
        for name, data in (("X", X), ("y", y)):
            refuse_dask(data, name)
            refuse_no_numbers(data, name)
        X, y = validate_data(
            self,
            off_torch(X),
            off_torch(y),
            accept_sparse="csr",
            dtype=np.float64,
            y_numeric=True,
            reset=reset,
        )
        return X, y.astype(float), check_sample_weights(sample_weight, X.shape[0])

    def _solve(self, measurements, unit, given):
        """Find the terms, and keep them; callbacks are told of what was given."""
        orders = range(1, self.degree + 1) if self.fit_lower else [self.degree]
        options = MeasuredOptions(
            tuple(orders),
            self.n_components,
            self.rank,
            self.alpha,
            self.significance,
            self.tol,
        )
        random_state = check_random_state(self.random_state)
        tasks = tasks_of_fit(
            self, given, lambda fit: model_attributes(measurements, unit, fit.terms)
        )
        if tasks is not None:
            tasks.begin()
        found = solve_measured(
            measurements,
            options,
            random_state,
            watcher=tasks,
            keeps_interrupted=keeps_interrupted(self),
        )
        self._keep(measurements, found, unit)
        if tasks is not None:
            tasks.end()

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags
