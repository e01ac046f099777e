# SPDX-License-Identifier: BSD-3-Clause
"""The tangent space at a CP model: its Gram matrix, and its elements as CP models."""

import numpy as np

from ..algebra.cp import integer_power


def tangent_gram(directions, order):
    r"""Gram matrix of the tangents ``P_sym(u_i^{l-1} ⊗ e_a)``, shape (m d, m d).

    Parameters
    ----------
    directions : ndarray of shape (m, d)
        Rows ``u_i``.
    order : int
        Order l >= 3.

    Notes
    -----
    Of the l positions that symmetrisation gives ``a`` beside ``u_i^{l-1}``, one meets
    the position of ``b`` and ``l - 1`` do not, so with ``g = u_i'u_j``

    .. math:: \langle P_{sym}(u_i^{l-1} ⊗ a), P_{sym}(u_j^{l-1} ⊗ b) \rangle
              = \frac{1}{l} a' \left[ g^{l-1} I + (l-1) g^{l-2} u_j u_i' \right] b.

    No tangent is ever formed: ``(m d)^2`` numbers in place of ``m d^{l+1}``.
    """
    m, d = directions.shape
    cosines = directions @ directions.T
    mixed = (order - 1) * integer_power(cosines, order - 2)
    blocks = np.einsum("ij,ja,ib->iajb", mixed, directions, directions)
    same = np.einsum("iaja->ija", blocks)  # a view of the diagonals of the blocks
    same += integer_power(cosines, order - 1)[:, :, None]
    return blocks.reshape(m * d, m * d) / order


def tangent_terms(directions, displacements, order):
    r"""Write each tangent ``P_sym(u^{l-1} ⊗ δ)`` as l powers, exactly.

    Parameters
    ----------
    directions : ndarray of shape (m, d)
        Unit rows ``u_i``.
    displacements : ndarray of shape (m, d)
        Rows ``δ_i``.
    order : int
        Order l.

    Returns
    -------
    weights : ndarray of shape (m, l)
    vectors : ndarray of shape (m, l, d)
        ``sum_k weights[i, k] vectors[i, k]^{⊗l}`` is the i-th tangent.

    Notes
    -----
    With ``δ = α u + β e``, ``e ⟂ u`` a unit vector, the tangent is the binary form
    :math:`x^{l-1} (α x + β y)`. In :math:`z = x + iy` its coefficient of
    :math:`z^{l-j} \bar z^j` is :math:`2^{-l} \binom{l}{j} h_j` with
    :math:`h_j = α + i β (2j/l - 1)`, and that of the power
    :math:`(x \cos θ + y \sin θ)^l` is :math:`2^{-l} \binom{l}{j} e^{-i(l-2j)θ}`. At
    the angles :math:`θ_k = (φ + kπ)/l`, :math:`φ = \arg(α + iβ)`, the weights
    therefore solve

    .. math:: \sum_{k=0}^{l-1} (-1)^k w_k e^{2πijk/l} = e^{iφ(1 - 2j/l)} h_j,
              \qquad j = 0, \dots, l.

    For j = 0 and j = l both sides agree (that is what φ is chosen for), and the other
    l equations are a discrete Fourier transform: l real terms, perfectly conditioned.
    Fewer will not do: l is the rank of :math:`x^{l-1} y`.
    """
    along = np.sum(directions * displacements, axis=1, keepdims=True)
    rest = displacements - along * directions
    across = np.linalg.norm(rest, axis=1, keepdims=True)
    side = rest / np.where(across > 0, across, 1)
    phase = np.arctan2(across, along)
    share = 2 * np.arange(order) / order - 1
    spectrum = np.exp(-1j * phase * share) * (along + 1j * across * share)
    alternating = (-1.0) ** np.arange(order)
    weights = alternating * np.fft.fft(spectrum, axis=1).real / order
    angles = (phase + np.pi * np.arange(order)) / order
    vectors = (
        np.cos(angles)[:, :, None] * directions[:, None, :]
        + np.sin(angles)[:, :, None] * side[:, None, :]
    )
    return weights, vectors
