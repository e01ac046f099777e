# SPDX-License-Identifier: BSD-3-Clause
"""``overparam_symmetric_cp``: the decomposition as a function, for any target."""

from collections.abc import Callable

from numpy.typing import ArrayLike

from .._typing import (
    AnyArray,
    Auto,
    Backend,
    Contraction,
    Device,
    Seed,
    Solver,
    Statistic,
    TargetLike,
    Weights,
)
from ..algebra.cp import canonical_order
from ..checks import check_init
from ..machine.sklearn_versions import validate_params
from ..measured import decompose_measured
from ..results.result import SymmetricCPResult
from ..solvers import Observation
from ..solvers.monitor import Monitor
from ..targets import as_target
from ..targets.measured import Measured
from .parameters import CONSTRAINTS, SearchOptions
from .solve import solve


@validate_params(
    {
        **CONSTRAINTS,
        "target": [object],
        "sample_weight": [object],
        "init": [tuple, None],
        "observer": [callable, None],
        "mask": [object],
    },
    prefer_skip_nested_validation=True,
)
def overparam_symmetric_cp(
    target: AnyArray | TargetLike,
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
    backend: Backend = None,
    device: Device = None,
    random_state: Seed = None,
    verbose: int = 0,
    sample_weight: Weights = None,
    init: tuple[ArrayLike, ArrayLike] | None = None,
    observer: Callable[[Observation], object] | None = None,
    mask: ArrayLike | None = None,
) -> SymmetricCPResult:
    """Decompose a symmetric tensor, samples or any target into rank-one terms.

    Finds ``T = sum_i w_i v_i^{⊗l}``, ``||v_i|| = 1``, and the number of terms. It is
    :class:`OverparamSymmetricCP` as a function [1]_.

    Parameters
    ----------
    target : array-like, torch.Tensor or target
        A symmetric tensor of three or more dimensions; samples of shape (n_samples,
        n_features); or an object with ``order``, ``n_features``, ``squared_norm``
        and ``contract``, such as those of ``sklearn_overtensor.targets``.
    n_components : int or None, default=None
        Number m of components that the search starts with, and the most terms of the
        result: see :term:`over-parametrised`. None: chosen from the target. At most 200
        where that is contracted implicitly, unless its compressed array is small.
    rank : int or None, default=None
        Most :term:`terms <term>` in the result: the fewest that meet ``tol``, else the
        best fit of that many, whatever ``alpha`` and the noise are. None: ``alpha``
        decides. Needs ``refine=True``.
    order : int, default=3
        Order l of the statistic of samples, from 3 to 64, the most axes of an array
        (32 before NumPy 2). A tensor has its own.
    statistic : {"moment", "cumulant"}, default="moment"
        What is decomposed when the input holds samples: their :term:`moment` or their
        :term:`cumulant`.
    contraction : {"auto", "implicit", "dense"}, default="auto"
        How to compute a :term:`contraction` of the statistic of samples.
        ``"implicit"``: from the rows, in ``O(n d m)``. ``"dense"``: from the array,
        formed once. ``"auto"``: whichever costs less, by the sizes. Both give the same
        answer where a compressed array takes no more than 2 MiB, since both form it.
        With a larger one and an ``alpha`` far below the noise the two may keep
        different terms. Changes nothing for a tensor.
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
        Chance that noise alone makes a term, by a formula for Gaussian noise
        (``alpha="auto"`` only).
    solver : {"lbfgs", "gd"}, default="lbfgs"
        Algorithm of the search. ``"lbfgs"``: SciPy's L-BFGS, in as few coordinates as
        the target spans. ``"gd"``: the paper's Algorithm 1 as printed.
    refine : bool, default=True
        Whether to reduce the model to the fewest terms after the search: merge parallel
        components, drop those without use, and fit again without the penalty. False:
        the m components of the penalised model as they are.
    max_epochs : int or None, default=None
        Most :term:`epochs <epoch>` (K) of a search. None: 10 for ``"gd"``, 240 for
        ``"lbfgs"``, which rarely needs more than three.
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
    backend : {"numpy", "pytorch"} or None, default=None
        Where contractions are computed. None: where the input lives.
    device : str or None, default=None
        PyTorch device, such as ``"cuda"``. None: the input's, else the CPU.
    random_state : int, RandomState instance or None, default=None
        Seed of the starts and re-initialisations. Pass an int for repeatable results.
    verbose : int, default=0
        1 prints a line an epoch, as in :class:`OverparamSymmetricCP`.
    sample_weight : array-like of shape (n_samples,) or None, default=None
        Non-negative weights of samples. Whole numbers are counts: a row of weight two
        is two rows. Others are worth ``(sum w)^2 / sum w^2`` rows.
    init : tuple of (weights, components) or None, default=None
        A model to start the first search from, weights of shape (k,) and components
        of shape (k, d); components beyond k start at random.
    observer : callable or None, default=None
        Called with an :class:`~sklearn_overtensor.solvers.Observation` for the start,
        after each re-initialisation and after each iteration of every search. It
        changes nothing. It is called in this process, so restarts then run one after
        another (``n_jobs=None``).
    mask : array-like of bool of the tensor's shape or None, default=None
        True where an entry of a tensor is known, in any order of its indices. The fit
        and its residual use these entries only. None: all entries are known.

    Returns
    -------
    result : SymmetricCPResult
        Weights and components with their standard errors, residual, noise, status and
        the course of the search.

    Raises
    ------
    ValueError
        For input that is not finite, real and non-empty, for a tensor that is not
        symmetric, for weights that the dtype cannot hold, and for invalid parameters.
    MemoryError
        For a model that cannot fit in memory.

    Warns
    -----
    ConvergenceWarning
        When nothing in the target can be told from noise, or it is zero. When the
        search stopped while the objective was still falling. When Ctrl-C interrupted
        it: the best decomposition so far is returned with the status
        ``"interrupted"``. Pass its weights and components as ``init`` to go on. Before
        the first epoch has ended, and the second time, the interrupt is raised.
    RuntimeWarning
        When the residual or the standard errors cannot be computed, for example for
        lack of memory. They are NaN then, and the decomposition is returned.

    References
    ----------
    .. [1] X. Wang, C. Wu, J. D. Lee, T. Ma and R. Ge, "Beyond Lazy Training for
       Over-parameterized Tensor Decomposition", NeurIPS 2020.

    Examples
    --------
    >>> from sklearn_overtensor import overparam_symmetric_cp
    >>> from sklearn_overtensor.targets import CPTarget
    >>> target = CPTarget([2.0, 1.0], [[0.6, 0.8, 0.0], [0.0, 0.6, -0.8]], order=3)
    >>> result = overparam_symmetric_cp(target, random_state=0)
    >>> result.weights.round(6), result.components.round(6) + 0.0
    (array([2., 1.]), array([[ 0.6,  0.8,  0. ],
           [ 0. ,  0.6, -0.8]]))
    """
    if observer is not None and n_jobs not in (None, 1):
        raise ValueError(
            "An observer is called in this process, so restarts run one after another: "
            f"pass n_jobs=None with it, got n_jobs={n_jobs}."
        )
    options = SearchOptions(
        n_components=n_components,
        rank=rank,
        alpha=alpha,
        noise=noise,
        significance=significance,
        solver=solver,
        refine=refine,
        max_epochs=max_epochs,
        max_iter=max_iter,
        init_scale=init_scale,
        step_size=step_size,
        tol=tol,
        monitor=Monitor(verbose, observer, keeps_interrupted=True),
    )
    target = as_target(
        target,
        order=order,
        statistic=statistic,
        contraction=contraction,
        sample_weight=sample_weight,
        backend=backend,
        device=device,
        mask=mask,
    )
    if isinstance(target, Measured) and observer is not None:
        raise ValueError(
            "An observer watches the search for a tensor that is held, and the target "
            f"is known by measurements alone, {type(target).__name__}."
        )
    if init is not None:
        weights, components = check_init(init, target)
        weights, components = canonical_order(weights, components, target.order)
        init = weights, components.T
    search = decompose_measured if isinstance(target, Measured) else solve
    return search(target, options, n_init, n_jobs, random_state, init)
