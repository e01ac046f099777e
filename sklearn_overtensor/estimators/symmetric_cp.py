# SPDX-License-Identifier: BSD-3-Clause
"""``OverparamSymmetricCP``: scikit-learn's face of the decomposition."""

from numbers import Real
from typing import Any, ClassVar, Self

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
from ..decompose.parameters import CONSTRAINTS, SearchOptions
from ..decompose.solve import solve
from ..machine.sklearn_versions import CallbackSupportMixin, fit_context
from ..measured import decompose_measured
from ..targets.measured import Measured
from .callbacks import monitor_of_fit
from .decomposition import SymmetricDecomposition
from .streaming import PartialFitMixin


class OverparamSymmetricCP(
    CallbackSupportMixin, PartialFitMixin, SymmetricDecomposition
):
    """Over-parametrised symmetric CP decomposition of tensors and of samples.

    Finds the terms of a symmetric tensor, or of the moment or cumulant of samples:
    ``T = sum_i w_i v_i^{⊗l}`` with ``||v_i|| = 1``. The number of terms is found, too,
    and each has a standard error. The search starts with more components than needed,
    all tiny, and lowers a penalised objective. Such a start reaches the global minimum
    where one with the true number of terms ends in a local one [1]_.

    Parameters
    ----------
    n_components : int or None, default=None
        Number m of components that the search starts with, and the most terms of the
        result: see :term:`over-parametrised`. None: chosen from the target. At most 200
        where that is contracted implicitly, unless its compressed array is small.
    rank : int or None, default=None
        Most :term:`terms <term>` in the result: the fewest that meet ``tol``, else the
        best fit of that many, whatever ``alpha`` and the noise are. None: ``alpha``
        decides. Needs ``refine=True``.
    order : int, default=3
        Order l of the statistic of samples, from 3 to 64. A tensor has its own.
    statistic : {"moment", "cumulant"}, default="moment"
        What is decomposed when the input holds samples: their :term:`moment` or their
        :term:`cumulant`.
    contraction : {"auto", "implicit", "dense"}, default="auto"
        How to compute a :term:`contraction` of the statistic of samples.
        ``"implicit"``: from the rows, in ``O(n d m)``. ``"dense"``: from the array,
        formed once. ``"auto"``: whichever costs less, by the sizes. Both give the same
        answer where a compressed array takes no more than 2 MiB. With a larger one and
        an ``alpha`` far below the noise the two may keep different terms. Changes
        nothing for a tensor.
    alpha : float or "auto", default="auto"
        How much the terms may leave. ``"auto"``: the fewest terms found whose
        :term:`remainder` R cannot be told from :term:`noise`. A number: the fewest for
        which ``|R(v, ..., v)|`` is at most ``alpha`` for every unit vector v, for a
        target scaled to norm one. The paper's penalty lambda stops there, too.
        ``refine=False`` and ``solver="gd"`` add that penalty to the objective.
    noise : float or "auto", default="auto"
        Size of the :term:`noise`: its Frobenius norm over that of the target without
        it. ``"auto"``: estimated, for samples from the rows and for a tensor from what
        is left. A tensor of at most 35 distinct entries is too small for that and
        counts as exact. 0: no noise. The fit takes the fewest terms that meet ``tol``.
    significance : float, default=0.05
        Chance that Gaussian noise alone makes a term (``alpha="auto"`` only).
    solver : {"lbfgs", "gd"}, default="lbfgs"
        Algorithm of the search. ``"lbfgs"``: SciPy's L-BFGS, in as few coordinates as
        the target spans. ``"gd"``: the paper's Algorithm 1 as printed.
    refine : bool, default=True
        Whether to reduce the model to the fewest terms after the search: merge parallel
        components, drop those without use, and fit again without the penalty. False:
        the m components of the penalised model as they are.
    max_epochs : int or None, default=None
        Most :term:`epochs <epoch>` (K) of a search. None: 10 for ``"gd"``, 240 for
        ``"lbfgs"``, which seldom needs more than a few.
    max_iter : int or None, default=None
        Iterations in an epoch (H): the exact number for ``"gd"``, the most for
        ``"lbfgs"``. None: 500 for ``"gd"``, 200 for ``"lbfgs"``.
    init_scale : float or "auto", default="auto"
        Length delta of fresh components, from 1e-100 to 1e6, for a target scaled to
        norm one. ``"auto"`` makes it small enough, for any size and order, that the
        start is far from the lazy regime.
    step_size : float or "auto", default="auto"
        Step eta of ``solver="gd"``. ``"auto"``: at each iteration a step that lowers
        the objective as Lemma 3 of the paper says, and no longer than Lemma 5 allows.
    tol : float, default=1e-6
        Relative residual at which an epoch may stop the search and up to which a
        decomposition counts as exact.
    n_init : int, default=1
        Restarts; the best is kept.
    n_jobs : int or None, default=None
        Restarts run in parallel through joblib. The answer does not depend on it.
    warm_start : bool, default=False
        Start from the last fit's model. Under noise the answer may depend on it.
    missing_values : float or None, default=None
        What marks unknown entries of a tensor, such as ``np.nan``. The fit and its
        residual use the others. Samples cannot have missing values.
    backend : {"numpy", "pytorch"} or None, default=None
        Where contractions are computed. None: where the input lives.
    device : str or None, default=None
        PyTorch device, such as ``"cuda"``. None: the input's, else the CPU.
    random_state : int, RandomState instance or None, default=None
        Seed of the starts and re-initialisations. Pass an int for repeatable results.
    verbose : int, default=0
        1 prints a line per epoch: its number, the objective and the relative residual.

    Attributes
    ----------
    components_ : ndarray of shape (n_components_, n_features)
        Unit rows ``v_i``. At even order the first of the largest entries is positive.
    weights_ : ndarray of shape (n_components_,)
        Signed weights ``w_i``, largest absolute value first; positive at odd order.
    n_components_ : int
        Number of terms found; exactly m when ``refine=False``.
    reconstruction_err_ : float
        Relative Frobenius residual ``||T* - T|| / ||T*||``: of the explicit
        difference whenever the tensor fits in memory.
    status_ : {"exact", "generic", "within_noise", "noise", "stationary", \
"iteration_limit", "degenerate", "stopped", "interrupted"}
        How the search ended; see :class:`SymmetricCPResult`.
    alpha_ : float
        The penalty that was given. For ``"auto"`` the largest form of the noise along
        the terms, for a target of norm one; 0 if exact.
    noise_ : float
        Relative norm of the noise, given or estimated from what is left; 0 if exact,
        infinite for nothing but noise.
    weights_std_ : ndarray of shape (n_components_,)
        Standard errors of the weights; zero for an exact tensor, NaN where there are
        none: see :class:`SymmetricCPResult`.
    components_std_ : ndarray of shape (n_components_, n_features)
        The same for the entries of the components.
    contraction_ : {"dense", "implicit"}
        How the search contracted; see ``contraction``.
    loss_curve_ : ndarray of shape (n_iter_,)
        Objective after each iteration, for the target scaled to norm one; see
        :class:`SymmetricCPResult` for which.
    residual_curve_ : ndarray of shape (n_epochs_,)
        Relative residual of the penalised model at the end of each epoch.
    epoch_ends_ : ndarray of int of shape (n_epochs_,)
        Iterations run up to the end of each epoch.
    epoch_coordinates_ : ndarray of str of shape (n_epochs_,)
        ``"data"`` or ``"whitened"``: in which coordinates the objective and the
        residual of each epoch are; see :class:`SymmetricCPResult`.
    n_iter_ : int
        Iterations over all epochs.
    n_epochs_ : int
        Epochs run.
    order_ : int
        Order of the decomposed tensor.
    n_samples_seen_ : int
        Rows given to ``partial_fit`` since the last ``fit``; absent after ``fit``.
    mean_ : ndarray of shape (n_features,)
        Mean of the samples for ``statistic="cumulant"``, else zero.
    cp_tensor_ : CPTensor
        The model for TensorLy; ``tl.cp_to_tensor`` rebuilds the tensor.
    n_features_in_ : int
        Number of features, or length of the tensor's modes.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of features, when samples come with string names.

    Warns
    -----
    ConvergenceWarning
        When nothing in the target can be told from noise, or it is zero. When the
        search stopped while the objective was still falling, or Ctrl-C interrupted it.
        The best model found is kept.
    RuntimeWarning
        When its residual or standard errors cannot be computed and are NaN.

    See Also
    --------
    overparam_symmetric_cp : The same as a function.
    sklearn_overtensor.baselines.TensorLyCP : Alternating least squares.

    Notes
    -----
    With ``||T*|| = 1`` the objective is ``1/2 ||T - T*||^2 + alpha sum_i ||u_i||^2``
    for the 2-homogeneous model ``T = sum_i a_i ||u_i||^2 v_i^{⊗l}``, ``a_i = ±1``.
    Weights are scaled back at the end: data times c give weights times ``c^l``, and
    nothing else changes. The page on progress is about callbacks and Ctrl-C.

    References
    ----------
    .. [1] X. Wang, C. Wu, J. D. Lee, T. Ma and R. Ge, "Beyond Lazy Training for
       Over-parameterized Tensor Decomposition", NeurIPS 2020.

    Examples
    --------
    >>> from sklearn_overtensor import OverparamSymmetricCP
    >>> from sklearn_overtensor.datasets import make_symmetric_cp
    >>> truth = make_symmetric_cp(n_features=10, rank=3, random_state=0)
    >>> model = OverparamSymmetricCP(random_state=0).fit(truth.tensor)
    >>> model.n_components_, model.status_
    (3, 'exact')
    >>> bool(model.reconstruction_err_ < 1e-10)
    True
    """

    _takes_targets = True
    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **CONSTRAINTS,
        "warm_start": ["boolean"],
        "missing_values": [Real, None],
    }

    def __init__(
        self,
        n_components: int | None = None,
        *,
        rank: int | None = None,
        order: int = 3,
        statistic: Statistic = "moment",
        contraction: Contraction = "auto",
        alpha: float | Auto = "auto",
        noise: float | Auto = "auto",
        significance: float = 0.05,
        solver: Solver = "lbfgs",
        refine: bool = True,
        max_epochs: int | None = None,
        max_iter: int | None = None,
        init_scale: float | Auto = "auto",
        step_size: float | Auto = "auto",
        tol: float = 1e-6,
        n_init: int = 1,
        n_jobs: int | None = None,
        warm_start: bool = False,
        missing_values: float | None = None,
        backend: Backend = None,
        device: Device = None,
        random_state: Seed = None,
        verbose: int = 0,
    ) -> None:
        self.n_components = n_components
        self.rank = rank
        self.order = order
        self.statistic = statistic
        self.contraction = contraction
        self.alpha = alpha
        self.noise = noise
        self.significance = significance
        self.solver = solver
        self.refine = refine
        self.max_epochs = max_epochs
        self.max_iter = max_iter
        self.init_scale = init_scale
        self.step_size = step_size
        self.tol = tol
        self.n_init = n_init
        self.n_jobs = n_jobs
        self.warm_start = warm_start
        self.missing_values = missing_values
        self.backend = backend
        self.device = device
        self.random_state = random_state
        self.verbose = verbose

    @fit_context(prefer_skip_nested_validation=True)
    def fit(self, X: AnyArray, y: Any = None, sample_weight: Weights = None) -> Self:
        """Decompose the moment or cumulant of samples, or a symmetric tensor.

        Parameters
        ----------
        X : array-like, torch.Tensor or target
            Of shape (n_samples, n_features), samples; of shape ``(d,) * order``, a
            symmetric tensor; or a target, such as :class:`~.targets.SparseTarget`.
        y : Ignored
            Present for API consistency.
        sample_weight : array-like of shape (n_samples,), default=None
            Non-negative weights. Whole numbers are counts: a row of weight two is two
            rows. Others are worth ``(sum w)^2 / sum w^2`` rows to standard errors.

        Returns
        -------
        self : object
            The fitted estimator.

        Raises
        ------
        ValueError
            For input that is not finite, real and non-empty, a tensor that is not
            symmetric, weights that the dtype cannot hold, and invalid parameters.
        """
        target = self._make_target(X, sample_weight, reset=True)
        self._decompose(target, X, y, sample_weight)
        self._forget_parts()
        return self

    def _decompose(self, target, X, y, sample_weight):
        """Search, and keep what was found; callbacks are told of the data."""
        monitor = monitor_of_fit(self, target, X, y, sample_weight)
        options = SearchOptions.of_estimator(self, monitor)
        init = self._previous_model(target) if self.warm_start else None
        monitor.begin_fit()
        search = decompose_measured if isinstance(target, Measured) else solve
        result = search(
            target, options, self.n_init, self.n_jobs, self.random_state, init
        )
        self._store_search(result, target)
        monitor.end_fit()

    def _previous_model(self, target):
        """Weights and directions of the last fit, when they fit this target."""
        components = getattr(self, "components_", None)
        if components is None or components.shape[1] != target.n_features:
            return None
        return self.weights_, components.T
