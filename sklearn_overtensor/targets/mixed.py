# SPDX-License-Identifier: BSD-3-Clause
"""Moments of several orders in one symmetric tensor, by one more coordinate."""

from functools import cached_property
from math import sqrt

import numpy as np

from .._typing import AnyArray, Auto, Backend, Device, FloatArray, Weights
from ..algebra.monomials import expand
from ..checks import check_components
from ..machine.backend import ArrayContext, to_numpy
from ..rows import as_rows, kernels
from ._base import Target
from ._hermite import dense_hermite
from .dense import DenseTarget


class MixedMomentTarget(Target):
    r"""The moments of orders 0 to l of samples as one tensor in d + 1 features.

    Use it for a mixture of points, with Gaussian noise of known variance or without it.
    Each term of this tensor is one point with its share. A moment of a single order
    knows only the directions of the points, and its terms mix opposite ones up.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Samples, as :class:`MomentTarget` takes them: an array, a torch tensor, a sparse
        array, a dask array or a dask dataframe.
    order : int, default=4
        Highest order ``l >= 3``; with the default the third and the fourth moment are
        there together.
    sample_weight : array-like of shape (n_samples,) or None, default=None
        Non-negative weights; ``p`` is their share of the sum. None: uniform.
    scale : float or "auto", default="auto"
        The constant c > 0 that every sample gets as its first coordinate: order k
        enters with the factor ``c^(l-k)``. ``"auto"``: the root mean square distance of
        the samples from their mean, so that units of X change nothing.
    noise_variance : float, default=0.0
        Variance of independent Gaussian noise in every feature, which is taken out of
        the moments. The default takes the samples as they are.
    backend : {"numpy", "pytorch"} or None, default=None
        Where to work; None: where ``X`` lives.
    device : str or None, default=None
        A PyTorch device; None: that of ``X``.

    Attributes
    ----------
    n_features : int
        ``d + 1``: the constant comes first.
    mean : ndarray of shape (d,)
        Mean of the samples, which is taken off them first.
    scale : float
        The constant c.

    Raises
    ------
    ValueError
        For samples or weights that are malformed, not finite or empty; when ``scale``
        is not positive or ``noise_variance`` is negative.
    MemoryError
        When the array of ``(d + 1)^l`` numbers does not fit.

    Notes
    -----
    With ``z_n = (c, x_n - mean)`` the tensor is :math:`\sum_n p_n z_n^{⊗l}`. An entry
    with j of its l indices at the constant is :math:`c^j` times an entry of the moment
    of order ``l - j``: all orders up to l, side by side. If the samples come from k
    points :math:`\mu_i` with shares :math:`\pi_i`,

    .. math:: T = \sum_{i=1}^k \pi_i \, (c, \mu_i - \mathrm{mean})^{⊗l},

    so the orders share their components, and the weights at different orders are tied
    by the lengths. This homogenises a polynomial: the form ``T(v, ..., v)`` of
    ``v = (b, u)`` is the mean of :math:`(\langle u, x \rangle + c b)^l`, a neuron with
    a bias. All that holds for the decomposition of one symmetric tensor of order l also
    holds here, with d + 1 in place of d. The paper's Theorem 3 is an example.

    Noise of variance :math:`\sigma^2` is taken out by Hermite's polynomials: with P the
    identity on all coordinates but the first,

    .. math:: T = \sum_{j \le l/2} \frac{(-\sigma^2)^j \, l!}{j! \, (l-2j)! \, 2^j}
       \, \mathrm{sym}\Bigl(\sum_n p_n z_n^{⊗(l-2j)} ⊗ P^{⊗j}\Bigr)

    has the mean above for :math:`x_n = \mu_i + \varepsilon_n`.

    It does not serve independent components: their cumulants of different orders have
    weights with no such tie.

    References
    ----------
    .. [1] P. Comon, G. Golub, L.-H. Lim and B. Mourrain, "Symmetric tensors and
       symmetric tensor rank", SIAM J. Matrix Anal. Appl. 30(3), 2008 (homogenisation).
    .. [2] D. Hsu and S. M. Kakade, "Learning mixtures of spherical Gaussians: moment
       methods and spectral decompositions", ITCS 2013 (noise taken out of moments).

    Examples
    --------
    Two points opposite to each other: their third moment is zero, and their fourth has
    one term.

    >>> import numpy as np
    >>> from sklearn_overtensor import overparam_symmetric_cp
    >>> from sklearn_overtensor.targets import MixedMomentTarget
    >>> X = np.array([[1.0, 2.0], [-1.0, -2.0]])
    >>> target = MixedMomentTarget(X)
    >>> result = overparam_symmetric_cp(target, random_state=0)
    >>> shares, points = target.mixture(result.weights, result.components)
    >>> shares.round(6), points[points[:, 0].argsort()].round(6)
    (array([0.5, 0.5]), array([[-1., -2.],
           [ 1.,  2.]]))
    """

    contraction = "dense"
    _arrays_to_form = 3

    def __init__(
        self,
        X: AnyArray,
        order: int = 4,
        sample_weight: Weights = None,
        *,
        scale: float | Auto = "auto",
        noise_variance: float = 0.0,
        backend: Backend = None,
        device: Device = None,
    ) -> None:
        _check_parameters(scale, noise_variance)
        rows = as_rows(X, sample_weight, backend, device)
        super().__init__(order, rows.n_features + 1, rows.context)
        mean = rows.mean()
        self._rows = rows.centred(mean)
        self.mean = to_numpy(mean)
        self.noise_variance = noise_variance
        self.scale = self._spread() if scale == "auto" else scale

    def _spread(self):
        """Root mean square distance from the mean; one where that is rounding."""
        width = 2 * self._rows.n_features
        spread = sqrt(float(self._rows.total(kernels.mass, width, 2)))
        rounding = 10 * self.context.eps * float(np.linalg.norm(self.mean))
        return spread if spread > rounding else 1.0

    @cached_property
    def formed(self) -> DenseTarget:
        """The tensor as a dense target; ``MemoryError`` when it cannot fit."""
        self._require_dense()
        if not self.noise_variance:
            return DenseTarget.of_formed(self._moment(self.order), self.context)
        noise = np.diag([0.0] + [self.noise_variance] * (self.n_features - 1))
        formed = dense_hermite(
            self.context.xp, self._moment, self.context.asarray(noise), self.order
        )
        return DenseTarget.of_formed(formed, self.context)

    @property
    def squared_norm(self) -> float:
        """Squared Frobenius norm of the tensor."""
        return self.formed.squared_norm

    def to_dense(self) -> AnyArray:
        """The tensor as an array; ``MemoryError`` when it cannot fit."""
        return self.formed.tensor

    def compressed(self, basis: AnyArray) -> AnyArray:
        """The core ``T*(Q, ..., Q)`` for a basis ``Q (d + 1, k)``."""
        return self.formed.compressed(basis)

    def mixture(
        self, weights: AnyArray, components: AnyArray
    ) -> tuple[FloatArray, FloatArray]:
        """Read the points and their shares off a decomposition of this target.

        Parameters
        ----------
        weights : array-like of shape (k,)
            Weights of the terms.
        components : array-like of shape (k, n_features)
            Their components, as rows of any length.

        Returns
        -------
        shares : ndarray of shape (k,)
            ``pi_i``. They sum to one, up to the residual of the decomposition.
        points : ndarray of shape (k, n_features - 1)
            ``mu_i``, where the samples are. A component whose first entry is zero
            stands for a point at infinity: its entries are not finite.

        Raises
        ------
        ValueError
            When shapes do not agree with each other or with the target.
        """
        weights, components = check_components(
            to_numpy(weights), to_numpy(components), ArrayContext()
        )
        if components.shape[1] != self.n_features:
            raise ValueError(
                f"components have {components.shape[1]} features, the target has "
                f"n_features={self.n_features}, the constant and those of the samples."
            )
        constants = components[:, :1] / self.scale
        with np.errstate(divide="ignore", invalid="ignore"):
            points = self.mean + components[:, 1:] / constants
        return weights * constants[:, 0] ** self.order, points

    def _contract(self, V):
        return self.formed.contract(V)

    def _moment(self, order):
        """``sum_n p_n z_n^{⊗order}`` as an array."""
        if order == 0:
            return self.context.asarray(1.0)
        distinct = self._rows.augmented_moment(order, self.scale)
        return expand(self.context.xp, distinct, self.n_features, order)


def _check_parameters(scale, noise_variance):
    if scale != "auto" and (isinstance(scale, str) or not 0 < scale < float("inf")):
        raise ValueError(f"scale={scale!r} must be 'auto' or a positive number.")
    if not 0 <= noise_variance < float("inf"):
        raise ValueError(
            f"noise_variance={noise_variance} must be finite and at least 0."
        )
