# SPDX-License-Identifier: BSD-3-Clause
"""``OverparamSymmetricCPCV``: alpha chosen by scores on held-out samples."""

from functools import partial
from typing import Any, ClassVar, Literal, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import _check_sample_weight

from .._typing import (
    AnyArray,
    Auto,
    Backend,
    Contraction,
    Device,
    Seed,
    Solver,
    Statistic,
    Weights,
)
from ..algebra.scale import in_units_of_data
from ..decompose.folds import (
    best_index,
    fold_paths,
    make_splits,
    one_standard_error_index,
)
from ..decompose.parameters import SearchOptions
from ..decompose.path import PATH_CONSTRAINTS, resolve_alphas, symmetric_cp_path
from ..decompose.solve import check_target, draw_seeds, solve_from
from ..machine.sklearn_versions import CallbackSupportMixin, fit_context
from ..search.path import search_path_end
from ..solvers.monitor import Monitor
from .callbacks import monitor_of_fit
from .decomposition import SymmetricDecomposition

SELECTIONS = {"best": best_index, "one_se": one_standard_error_index}


class OverparamSymmetricCPCV(CallbackSupportMixin, SymmetricDecomposition):
    """Symmetric CP decomposition of samples with alpha chosen by cross-validation.

    It is to :class:`OverparamSymmetricCP` what ``LassoCV`` is to ``Lasso``: it chooses
    as a grid search over :term:`alpha` does, in a fraction of the time. On each fold it
    forms the moment or cumulant of the training rows and of the held-out rows once, and
    follows one path, :func:`symmetric_cp_path`, through all alphas. It then does the
    same on all samples, down to the alpha chosen.

    It chooses the best score on held-out rows, so it is for prediction. To count the
    terms that are not noise, use ``alpha="auto"`` of :class:`OverparamSymmetricCP`. If
    rows are not independent, use this one: pass ``groups`` to :meth:`fit`, or a
    splitter for a time series.

    Parameters
    ----------
    n_components : int or None, default=None
        As in :class:`OverparamSymmetricCP`, like all parameters that are not listed.
    alphas : int or array-like of shape (n_alphas,), default=20
        The alphas to try. An int: that many at equal ratios, from the smallest alpha
        that needs no term down to ``eps`` times that.
    eps : float, default=1e-2
        The smallest alpha over the largest, when ``alphas`` is an int. The statistic of
        some 1e4 to 1e6 samples has a relative error of a few percent, and no alpha far
        below it tells terms from noise.
    cv : int, cross-validation generator or iterable, default=None
        How rows are held out. An int: that many folds of shuffled rows (None: five), or
        of whole groups if ``fit`` gets ``groups``. Else a splitter, or pairs of
        training and held-out indices. Rows that depend on each other belong into one
        fold: for a time series, ``KFold(5)`` holds out blocks of it.
    selection : {"best", "one_se"}, default="best"
        Which alpha to choose: the one with the best mean score, or the largest whose
        mean score is at most one standard error below it, which gives fewer terms. The
        error is that of the difference over folds, see Notes.
    rank, order, statistic, contraction, solver, refine, max_epochs, max_iter, \
init_scale, step_size, tol, n_init
        As in :class:`OverparamSymmetricCP`.
    n_jobs : int or None, default=None
        Folds, then restarts of the final fit, run in parallel through joblib. The
        answer does not depend on it.
    backend, device
        As in :class:`OverparamSymmetricCP`.
    random_state : int, RandomState instance or None, default=None
        Of starts and of the shuffle of rows. Pass an int for repeatable folds.
    verbose : int, default=0
        1 prints a line when a fold has ended, then one an epoch of the final fit.

    Attributes
    ----------
    alpha_ : float
        The alpha chosen.
    alphas_ : ndarray of shape (n_alphas,)
        The path, the largest first.
    scores_path_ : ndarray of shape (n_alphas, n_folds)
        Score of each alpha's model on the rows held out of its fold, as ``score`` and
        ``GridSearchCV`` compute it. Where a fold's models fit their own rows so closely
        that none of a smaller alpha can score as much as one before, the path of the
        fold ends, and its last score stands for the rest.
    n_components_path_ : ndarray of int of shape (n_alphas, n_folds)
        Number of terms of each of these models.
    components_, weights_, n_components_, reconstruction_err_, status_, contraction_, \
noise_, weights_std_, components_std_, loss_curve_, residual_curve_, epoch_ends_, \
epoch_coordinates_, n_iter_, n_epochs_, order_, mean_, cp_tensor_, n_features_in_, \
feature_names_in_
        Those of ``OverparamSymmetricCP(alpha=alpha_)`` fitted to all samples from the
        terms of the alphas before.

    Warns
    -----
    ConvergenceWarning
        When the final fit stopped while the objective was going down, or Ctrl-C
        interrupted it; before its first epoch has ended, Ctrl-C is raised.

    See Also
    --------
    OverparamSymmetricCP : One alpha, or terms counted beside noise; tensors too.
    symmetric_cp_path : The path on one target.

    Notes
    -----
    Scores of one fold share the noise of its held-out statistic, which is most of their
    spread and says nothing about alphas. The standard error is therefore that of
    ``scores_path_[best] - scores_path_[i]`` over folds. Among alphas of equal mean
    score, up to 1e-6, the largest is taken: they keep the same terms.

    A score rewards what predicts the statistic, and a term too many costs it little:
    the number of terms is a by-product. Callbacks are told of the epochs at ``alpha_``
    on all samples. See the example :ref:`sphx_glr_auto_examples_plot_alpha_path.py`.

    Examples
    --------
    >>> from sklearn_overtensor import OverparamSymmetricCPCV
    >>> from sklearn_overtensor.datasets import make_latent_samples
    >>> X = make_latent_samples(20_000, n_features=5, n_sources=3, random_state=0).X
    >>> model = OverparamSymmetricCPCV(
    ...     alphas=10, order=4, statistic="cumulant", random_state=0
    ... ).fit(X)
    >>> model.n_components_, model.scores_path_.shape
    (3, (10, 5))
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **PATH_CONSTRAINTS,
        "cv": ["cv_object"],
        "selection": [StrOptions(set(SELECTIONS))],
    }

    def __init__(
        self,
        n_components: int | None = None,
        *,
        alphas: int | ArrayLike = 20,
        eps: float = 1e-2,
        cv: Any = None,
        selection: Literal["best", "one_se"] = "best",
        rank: int | None = None,
        order: int = 3,
        statistic: Statistic = "moment",
        contraction: Contraction = "auto",
        solver: Solver = "lbfgs",
        refine: bool = True,
        max_epochs: int | None = None,
        max_iter: int | None = None,
        init_scale: float | Auto = "auto",
        step_size: float | Auto = "auto",
        tol: float = 1e-6,
        n_init: int = 1,
        n_jobs: int | None = None,
        backend: Backend = None,
        device: Device = None,
        random_state: Seed = None,
        verbose: int = 0,
    ) -> None:
        self.n_components = n_components
        self.alphas = alphas
        self.eps = eps
        self.cv = cv
        self.selection = selection
        self.rank = rank
        self.order = order
        self.statistic = statistic
        self.contraction = contraction
        self.solver = solver
        self.refine = refine
        self.max_epochs = max_epochs
        self.max_iter = max_iter
        self.init_scale = init_scale
        self.step_size = step_size
        self.tol = tol
        self.n_init = n_init
        self.n_jobs = n_jobs
        self.backend = backend
        self.device = device
        self.random_state = random_state
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: AnyArray,
        y: Any = None,
        sample_weight: Weights = None,
        groups: ArrayLike | None = None,
    ) -> Self:
        """Choose alpha by held-out scores, then decompose the statistic of all samples.

        Parameters
        ----------
        X : array-like, torch.Tensor, sparse array, dask array or dataframe
            Samples of shape (n_samples, n_features).
        y : Ignored
            Present for API consistency.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights of the samples, in the statistics that are decomposed
            and in those that are held out.
        groups : array-like of shape (n_samples,), default=None
            Which group each sample is of: rows of one are held out together, those of
            one person or of one day, for example.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            For a tensor, which has no rows to hold out; for samples that are not
            finite, real and non-empty; for a fold whose statistic is zero; and for
            invalid parameters.
        """
        self._refuse_tensor(X)
        target = self._make_target(X, sample_weight, reset=True)
        options = SearchOptions.of_estimator(self, Monitor(), alpha=0.0)
        units, exponent = check_target(target, options)
        self.alphas_ = resolve_alphas(self.alphas, self.eps, units)
        seeds = draw_seeds(self.random_state, self.n_init)
        self.scores_path_, self.n_components_path_ = self._held_out(
            X, sample_weight, groups, options, seeds
        )
        chosen = SELECTIONS[self.selection](self.scores_path_)
        self.alpha_ = float(self.alphas_[chosen])
        monitor = monitor_of_fit(self, target, X, y, sample_weight).of_units(exponent)
        options = SearchOptions.of_estimator(self, monitor, alpha=self.alpha_)
        monitor.begin_fit()
        down_to_it = partial(search_path_end, self.alphas_[:chosen])
        result = solve_from(units, options, seeds, self.n_jobs, search_once=down_to_it)
        result = in_units_of_data(result, exponent)
        self._store_search(result, target)
        monitor.end_fit()
        return self

    def _held_out(self, X, sample_weight, groups, options, seeds):
        """Scores and numbers of terms, alphas by folds."""
        X = self._validated(X, reset=False)
        n_samples = X.shape[0]
        if sample_weight is not None:
            sample_weight = _check_sample_weight(
                sample_weight, np.empty((n_samples, 0)), dtype=np.float64
            )
        splits = make_splits(self.cv, n_samples, groups, seeds[0])
        statistic = {
            name: getattr(self, name)
            for name in ("order", "statistic", "contraction", "backend", "device")
        }
        return fold_paths(
            X,
            splits,
            sample_weight,
            statistic,
            self.alphas_,
            options,
            seeds,
            self.n_jobs,
            self.verbose,
        )

    def _path_of_all(self, X, sample_weight):
        """Results along ``alphas_`` for the statistic of all samples."""
        names = PATH_CONSTRAINTS.keys() & self.get_params().keys() - {"eps", "verbose"}
        parameters = {name: getattr(self, name) for name in names}
        parameters["alphas"] = self.alphas_
        target = self._make_target(X, sample_weight, reset=False)
        _, results, _ = symmetric_cp_path(target, **parameters)
        return results

    def _refuse_tensor(self, X):
        shape = getattr(X, "shape", None)
        if shape is None and not hasattr(X, "contract"):
            shape = np.asarray(X).shape
        if shape is not None and len(shape) > 2:
            raise ValueError(
                f"{type(self).__name__} chooses alpha by scores on rows that are held "
                f"out, and a tensor of shape {tuple(shape)} has no rows. For a tensor, "
                "OverparamSymmetricCP takes an alpha of your choice, and "
                "symmetric_cp_path shows what each alpha would keep."
            )

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = False
        return tags
