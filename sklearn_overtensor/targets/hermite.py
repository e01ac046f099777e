# SPDX-License-Identifier: BSD-3-Clause
"""The order-l moment of samples with Gaussian noise taken out."""

from typing import Any

import numpy as np

from .._typing import AnyArray, Backend, Contraction, Device, Weights
from ..algebra.scale import times_power_of_two
from ..machine.backend import to_numpy
from ..rows import kernels
from ._base import Target
from ._hermite import dense_hermite, hermite_coefficients, hermite_mean
from ._samples import SampleTarget


class HermiteMomentTarget(SampleTarget):
    r"""The moment of samples, without Gaussian noise of known covariance.

    The rows are ``x = mu + e``, where ``e`` is normal with mean zero and covariance
    ``N``. The target estimates :math:`E \, \mu^{⊗l}`, whatever the distribution of mu.
    For a mixture of Gaussians with one covariance, this is a sum of as many terms as
    there are components.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Samples of any kind that :class:`MomentTarget` takes.
    order : int, default=3
        Order ``l >= 3`` of the moment.
    sample_weight : array-like of shape (n_samples,) or None, default=None
        Non-negative weights; ``p`` is their share of the sum. None: uniform.
    noise_covariance : array-like of shape (n_features, n_features)
        The symmetric matrix ``N``. It counts as known: standard errors do not include
        the error of an estimate of it.
    contraction : {"auto", "implicit", "dense"}, default="auto"
        As in :class:`MomentTarget`.
    backend : {"numpy", "pytorch"} or None, default=None
        Where to work; None: where ``X`` lives.
    device : str or None, default=None
        A PyTorch device; None: that of ``X``.

    Attributes
    ----------
    noise_covariance : array of shape (n_features, n_features)
        In the target's backend.
    rows : Rows
        The samples and their probabilities.
    contraction : {"implicit", "dense"}
        How contractions are computed.

    Raises
    ------
    ValueError
        For samples or weights that are malformed, not finite or empty, and for a
        covariance of another shape, or one that is not symmetric and finite.
    MemoryError
        From order 4 on, when the array does not fit that the norm is computed from.

    See Also
    --------
    MixedMomentTarget : Of samples with a constant beside their features.

    Notes
    -----
    With Hermite's polynomials ``He_l(y; t)`` of variance t, and ``t = v'Nv``, the form
    of the tensor is

    .. math:: T(v, ..., v) = \sum_n p_n \, He_l(x_n'v; \, v'Nv).

    ``contract(v)`` is its gradient over l,
    ``E[He_{l-1}(y; t) x] - (l - 1) E[He_{l-2}(y; t)] N v`` with ``y = x'v``: sums over
    the rows of powers of y, and nothing of size d^l. At order 3 the tensor is
    ``E[x^{⊗3}]`` less three times the symmetric part of ``E[x] ⊗ N``, as in [1]_.

    References
    ----------
    .. [1] D. Hsu and S. M. Kakade, "Learning mixtures of spherical Gaussians: moment
       methods and spectral decompositions", ITCS 2013.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_overtensor.targets import HermiteMomentTarget
    >>> X = 2 + np.random.default_rng(0).standard_normal((100_000, 1))
    >>> target = HermiteMomentTarget(X, order=3, noise_covariance=np.eye(1))
    >>> bool(abs(target.contract(np.ones((1, 1)))[0, 0] - 2**3) < 0.1)
    True
    """

    statistic = "hermite"

    def __init__(
        self,
        X: AnyArray,
        order: int = 3,
        sample_weight: Weights = None,
        *,
        noise_covariance: AnyArray,
        contraction: Contraction = "auto",
        backend: Backend = None,
        device: Device = None,
    ) -> None:
        super().__init__(X, order, sample_weight, contraction, backend, device)
        covariance = to_numpy(noise_covariance).astype(float)
        _check_covariance(covariance, self.n_features)
        self.noise_covariance = self.context.asarray(covariance)

    def in_subspace(self, basis: AnyArray) -> Target:
        """The target of the rows ``X Q`` for ``Q (d, k)``, contracted from them."""
        other: Any = super().in_subspace(basis)
        other.noise_covariance = self._noise_along(basis)
        return other

    def _noise_along(self, basis):
        xp, basis = self.context.xp, self.context.asarray(basis)
        return xp.dot(xp.transpose(basis), xp.dot(self.noise_covariance, basis))

    def _of_rows_over(self, exponent):
        other = super()._of_rows_over(exponent)
        other.noise_covariance = times_power_of_two(
            self.noise_covariance, -2 * exponent
        )
        return other

    def _form(self, basis=None):
        noise = self.noise_covariance
        if basis is not None:
            noise = self._noise_along(basis)

        def moment(order):
            return self._moment(order, basis) if order else self.context.asarray(1.0)

        return dense_hermite(self.context.xp, moment, noise, self.order)

    def _contract_rows(self, V):
        order, (image, variances) = self.order, self._noise_in(V)
        width, powers = (order + 2) * V.shape[1], tuple(range(1, order - 1))
        sums = self.rows.total(kernels.power_sums, width, V, powers)
        lower = hermite_mean([0 * variances + 1, *sums], variances, order - 2)
        total = -(order - 1) * lower * image
        for j, coefficient in hermite_coefficients(order - 1).items():
            power = order - 1 - 2 * j
            if power:
                share = self.rows.total(kernels.contraction, width, V, power)
            else:
                share = self.rows.mean()[:, None]
            total = total + coefficient * variances**j * share
        return total

    def _noise_in(self, V):
        """``N V``, and the variances ``v'Nv``."""
        xp = self.context.xp
        image = xp.dot(self.noise_covariance, V)
        return image, xp.sum(V * image, axis=0)

    def direction_constants(
        self, V: AnyArray, basis: AnyArray = None
    ) -> tuple[list[Any], list[Any]]:
        """The variance of the noise along each direction, and its gradient."""
        image, variances = self._noise_in(V)
        constants = [to_numpy(variances).astype(float)]
        if basis is None:
            return constants, []
        xp = self.context.xp
        slope = 2 * xp.dot(xp.transpose(basis), image)
        return constants, [to_numpy(slope).astype(float)]

    def influence(self, moments: list[Any]) -> dict[int, Any]:
        """``He_l(y) - E He_l(y)``, whose variance comes after the moments."""
        *moments, variances = moments
        influence = {
            self.order - 2 * j: coefficient * variances**j
            for j, coefficient in hermite_coefficients(self.order).items()
        }
        mean = hermite_mean(moments, variances, self.order)
        influence[0] = influence.get(0, 0.0) - mean
        return influence

    def _norm_from_rows(self):
        """At order 3 from pairs of rows, above from the array.

        ``||M||^2 - 6 E[(z'm) (z'Nz)] + 3 ||m||^2 ||N||^2 + 6 ||N m||^2`` with the mean
        m and the moment M.
        """
        if self.order > 3:
            self._require_dense()
            return float(np.sum(to_numpy(self._form()).astype(float) ** 2))
        mean = to_numpy(self.rows.mean()).astype(float)
        noise = to_numpy(self.noise_covariance).astype(float)
        values, vectors = np.linalg.eigh(noise)
        # z'Nz is a sum over the eigenvectors; a contraction has E[(z'v)^2 z].
        lifted = self.rows.total(
            kernels.contraction, 3 * len(mean), self.context.asarray(vectors), 2
        )
        cross = float(mean @ to_numpy(lifted).astype(float) @ values)
        image = noise @ mean
        known = 3 * (mean @ mean) * np.sum(noise**2) + 6 * (image @ image)
        return max(self._moment_norm(3) - 6 * cross + float(known), 0.0)


def _check_covariance(covariance, n_features):
    if covariance.shape != (n_features, n_features):
        raise ValueError(
            f"noise_covariance must have the shape {(n_features, n_features)}, one row "
            f"and column for each feature of X, got {covariance.shape}."
        )
    symmetric = np.allclose(covariance, covariance.T, rtol=1e-6, atol=0)
    if not (np.isfinite(covariance).all() and symmetric):
        raise ValueError(
            "noise_covariance must be a symmetric matrix of finite entries."
        )
