# SPDX-License-Identifier: BSD-3-Clause
"""Samples made from known independent sources."""

from math import factorial
from numbers import Integral, Real

import numpy as np
from scipy.special import bernoulli
from sklearn.utils import Bunch, check_random_state
from sklearn.utils._param_validation import Interval, StrOptions

from ..machine.memory import require_memory
from ..machine.sklearn_versions import validate_params
from ._common import MAX_ORDER, random_directions

_DISTRIBUTIONS = ("laplace", "uniform", "exponential")


@validate_params(
    {
        "n_samples": [Interval(Integral, 1, None, closed="left")],
        "n_features": [Interval(Integral, 1, None, closed="left")],
        "n_sources": [Interval(Integral, 1, None, closed="left"), None],
        "distribution": [StrOptions(set(_DISTRIBUTIONS)), list, tuple],
        "order": [Interval(Integral, 3, MAX_ORDER, closed="both")],
        "noise": [Interval(Real, 0, None, closed="left")],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def make_latent_samples(
    n_samples: int = 1000,
    n_features: int = 5,
    n_sources: int | None = None,
    *,
    distribution: str | list[str] | tuple[str, ...] = "laplace",
    order: int = 4,
    noise: float = 0.0,
    random_state: int | np.random.RandomState | None = None,
) -> Bunch:
    r"""Make linear mixtures of independent, non-Gaussian sources.

    Parameters
    ----------
    n_samples : int, default=1000
        The number n of samples.
    n_features : int, default=5
        The number d of mixtures that are observed.
    n_sources : int, default=None
        The number k of sources, which may exceed `n_features`. With None, as many as
        `n_features`: the case that independent component analysis also solves.
    distribution : str or list of str, default="laplace"
        The distribution of the sources, "laplace", "uniform" or "exponential", scaled
        to mean 0 and variance 1. A list or tuple is cycled over the sources. Laplace
        (heavy tails) and uniform (light tails) are symmetric, so their cumulants of
        odd order vanish: take "exponential" to see something at order 3.
    order : int, default=4
        The order l of the cumulants that are returned as `weights`; changes nothing
        else. 4 is the lowest order at which no distribution on offer has a vanishing
        cumulant.
    noise : float, default=0.0
        The standard deviation of the independent Gaussian noise that is added to
        every feature. The sources have standard deviation 1.
    random_state : int, RandomState instance or None, default=None
        Pass an int for the same samples on every call. The same int gives the same
        `components` and `sources` whatever `noise` and `order` are.

    Returns
    -------
    data : :class:`~sklearn.utils.Bunch`
        X : ndarray of shape (n_samples, n_features)
            The samples.
        components : ndarray of shape (n_sources, n_features)
            The direction of each source, of unit norm.
        weights : ndarray of shape (n_sources,)
            The cumulant of order `order` of each source's distribution, in the order
            of the rows of `components`.
        mixing : ndarray of shape (n_features, n_sources)
            The mixing matrix, ``components.T``.
        sources : ndarray of shape (n_samples, n_sources)
            The value of each source in each sample.

    Raises
    ------
    ValueError
        If a parameter is out of its range, or `distribution` is an empty list or
        holds an unknown name.
    MemoryError
        If the arrays need more than the memory that is available.

    See Also
    --------
    make_symmetric_cp : A tensor whose terms are known.

    Notes
    -----
    A sample is :math:`x = \sum_{i=1}^k s_i v_i + \varepsilon` with independent
    sources :math:`s_i` and Gaussian :math:`\varepsilon`. Cumulants of independent
    variables add up, and those of a Gaussian vanish from order 3 on, so the
    population's cumulant tensor of order l >= 3 is

    .. math:: \kappa_l(x) = \sum_{i=1}^{k} \kappa_l(s_i) \, v_i^{\otimes l}

    whatever the noise: `weights` and `components` are its decomposition.

    References
    ----------
    .. [1] P. Comon, "Independent component analysis, a new concept?", Signal
       Processing 36(3), 1994.
    .. [2] L. De Lathauwer, J. Castaing and J.-F. Cardoso, "Fourth-order
       cumulant-based blind identification of underdetermined mixtures", IEEE
       Transactions on Signal Processing 55(6), 2007 (more sources than features).

    Examples
    --------
    >>> from sklearn_overtensor.datasets import make_latent_samples
    >>> data = make_latent_samples(
    ...     200, n_features=2, n_sources=3, distribution=["laplace", "uniform"],
    ...     random_state=0,
    ... )
    >>> data.X.shape, data.components.shape
    ((200, 2), (3, 2))
    >>> print(data.weights.round(6))
    [ 3.  -1.2  3. ]
    """
    # Python integers: those of NumPy would overflow in the count of the entries.
    n_samples, n_features = int(n_samples), int(n_features)
    n_sources = n_features if n_sources is None else int(n_sources)
    order = int(order)
    names = _cycle_distributions(distribution, n_sources)
    n_entries = n_samples * (n_sources + (2 if noise else 1) * n_features)
    n_entries += 2 * n_sources * n_features
    require_memory(
        8 * n_entries,
        f"A mixture with n_samples={n_samples}, n_features={n_features} and "
        f"n_sources={n_sources}",
        "Ask for fewer samples, features or sources.",
    )

    rng = check_random_state(random_state)
    components = random_directions(rng, n_sources, n_features)
    sources = np.empty((n_samples, n_sources))
    for column, name in enumerate(names):
        sources[:, column] = _draw_source(rng, name, n_samples)
    X = sources @ components
    if noise:
        X += noise * rng.standard_normal(X.shape)
    return Bunch(
        X=X,
        components=components,
        weights=np.array([_source_cumulant(name, order) for name in names]),
        mixing=components.T.copy(),
        sources=sources,
    )


def _cycle_distributions(
    distribution: str | list[str] | tuple[str, ...], n_sources: int
) -> list[str]:
    """Check the names of the distributions; return one for each source."""
    names = [distribution] if isinstance(distribution, str) else list(distribution)
    expected = f"expected names from {list(_DISTRIBUTIONS)}"
    if not names:
        raise ValueError(f"distribution is empty; {expected}.")
    for name in names:
        if name not in _DISTRIBUTIONS:
            raise ValueError(f"distribution holds the unknown {name!r}; {expected}.")
    return [names[i % len(names)] for i in range(n_sources)]


def _draw_source(rng: np.random.RandomState, name: str, n_samples: int) -> np.ndarray:
    """Draw from a distribution of mean 0 and variance 1."""
    if name == "laplace":
        return rng.laplace(scale=np.sqrt(0.5), size=n_samples)
    if name == "uniform":
        return rng.uniform(-np.sqrt(3.0), np.sqrt(3.0), size=n_samples)
    return rng.exponential(size=n_samples) - 1.0


def _source_cumulant(name: str, order: int) -> float:
    """Return the cumulant of order l >= 2 of the distribution in `_draw_source`."""
    if name == "exponential":
        return float(factorial(order - 1))
    if order % 2:  # the others are symmetric
        return 0.0
    if name == "laplace":
        return 2.0 * factorial(order - 1) * 0.5 ** (order // 2)
    return float(bernoulli(order)[order] / order * 12.0 ** (order // 2))
