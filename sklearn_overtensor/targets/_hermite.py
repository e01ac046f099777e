# SPDX-License-Identifier: BSD-3-Clause
"""Moments without Gaussian noise: Hermite's polynomials, as numbers and as an array."""

from math import factorial

from ..symmetry import mean_over_permutations


def hermite_coefficients(order):
    """``{j: c_j}`` of ``He_l(y; tau) = sum_j c_j tau^j y^{l-2j}``.

    Its mean is ``t^l`` for ``y`` normal with the mean t and the variance tau.
    """
    return {
        j: (-1) ** j
        * factorial(order)
        // (factorial(j) * factorial(order - 2 * j) * 2**j)
        for j in range(order // 2 + 1)
    }


def hermite_mean(moments, variances, order):
    """``E He_l(y; tau)``, where ``moments[k]`` is ``E y^k``."""
    return sum(
        coefficient * variances**j * moments[order - 2 * j]
        for j, coefficient in hermite_coefficients(order).items()
    )


def dense_hermite(xp, moment, noise_covariance, order):
    """The array of ``sum_j c_j sym(M_{l-2j} ⊗ N^{⊗j})``.

    ``moment(k)`` is the array of the moment of order k, a number for ``k = 0``.
    """
    total = moment(order)
    for j, coefficient in hermite_coefficients(order).items():
        if j > 0:
            lower = coefficient * moment(order - 2 * j)
            total += _with_noise(xp, lower, noise_covariance, j)
    return mean_over_permutations(xp, total)


def _with_noise(xp, product, noise_covariance, count):
    for _ in range(count):
        product = xp.tensordot(product, noise_covariance, axes=0)
    return product
