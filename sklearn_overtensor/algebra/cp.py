# SPDX-License-Identifier: BSD-3-Clause
"""Algebra of symmetric rank-one sums ``sum_i w_i v_i^{⊗l}`` in any backend.

``xp`` is a TensorLy backend object. Factors are stored as columns, ``V (d, m)``,
inside the package; the public attributes hold them as rows, ``components (m, d)``.
"""

from math import sqrt

import numpy as np

from .scale import is_safe

# Norms below this count as zero where a column is divided by its norm.
SMALLEST_NORM = 1e-37  # normal in float32
# Entries of a component that differ by this share are of one size: rounding, of float32
# too, shall not decide which is the largest.
TIED = 1e-3

# Relative size of what is rounding in double precision: of a singular value or an
# eigenvalue, a direction or a remainder.
ROUNDING = 1e-12

# Sum of the sizes of weights, over the norm of the tensor, beyond which terms cancel.
CANCELLING = 20.0


def column_norms(xp, matrix):
    """Euclidean norms of the columns, ``(m,)``."""
    return xp.sqrt(xp.sum(matrix * matrix, axis=0))


def unit_columns(xp, matrix):
    """Columns divided by their norms, and the norms; a zero column stays zero."""
    norms = column_norms(xp, matrix)
    # Clipping is cheaper than a branch, and no norm above it changes.
    return matrix / xp.clip(norms, SMALLEST_NORM), norms


def integer_power(array, exponent):
    """``array ** exponent``, ``exponent >= 1``, by repeated squaring.

    NumPy's own power is tens of times slower from the cube on.
    """
    result = None
    while True:
        if exponent == 1 and result is not None:
            array *= result  # a square, which is nobody else's
            return array
        if exponent % 2:
            result = array if result is None else result * array
        exponent //= 2
        if not exponent:
            return result
        array = array * array


def cp_contract(xp, weights, factors, V, order):
    """Columns ``T(v_i, ..., v_i, ·)`` of a CP model: ``F (w ∘ (F'V)^{l-1})``.

    Of a wide model the unfolding ``F diag(w) K'``, with the columns of ``K`` Kronecker
    powers of the factors, costs less.
    """
    if is_wide(factors.shape[0] ** (order - 1), factors.shape[1], V.shape[1]):
        unfolding = xp.dot(
            factors * weights, xp.transpose(khatri_rao_power(xp, factors, order - 1))
        )
        return xp.dot(unfolding, khatri_rao_power(xp, V, order - 1))
    gram = xp.dot(xp.transpose(factors), V)
    return xp.dot(factors, weights[:, None] * integer_power(gram, order - 1))


def is_wide(size, rank, columns):
    """Whether a matrix of ``rank x columns`` costs more than its factors do.

    Those have ``size`` rows.
    """
    return size * (rank + columns) < rank * columns


def cp_squared_norm(xp, weights, factors, order):
    """Squared Frobenius norm of a CP model through its Gram matrix."""
    gram = xp.dot(xp.transpose(factors), factors)
    return xp.dot(weights, xp.dot(integer_power(gram, order), weights))


def do_cancel(weights, norm):
    """Whether terms cancel: they are ``CANCELLING`` times as large as what they make.

    Where no best fit exists they grow without limit, and miss the tensor all the same.
    """
    return float(np.abs(weights).sum()) > CANCELLING * norm


def khatri_rao_power(xp, factors, power):
    """Columns ``v_i ⊗ ... ⊗ v_i`` (``power`` times), an array ``(d**power, m)``."""
    result = factors
    for _ in range(power - 1):
        rows = result.shape[0] * factors.shape[0]
        product = result[:, None, :] * factors[None, :, :]
        result = xp.reshape(product, (rows, factors.shape[1]))
    return result


def cp_to_dense(xp, weights, factors, order):
    """The array ``sum_i w_i v_i^{⊗l}`` of shape ``(d,) * order``."""
    n_features = factors.shape[0]
    left = khatri_rao_power(xp, factors, order - order // 2)
    right = khatri_rao_power(xp, factors, order // 2)
    dense = xp.dot(left * weights, xp.transpose(right))
    return xp.reshape(dense, (n_features,) * order)


def white_coordinates(moment, cutoff):
    """Coordinates of unit second moment, in NumPy, and the way back.

    Parameters
    ----------
    moment : ndarray of shape (d, d)
        The second moment C.
    cutoff : float
        Eigenvalues over the largest up to which they are rounding.

    Returns
    -------
    change, lift : ndarray of shape (d, k)
        ``change' C change = I`` and ``lift = C change``. Where nothing is rounding they
        are symmetric roots, which do not depend on how eigenvectors of close
        eigenvalues happen to be turned.
    """
    values, vectors = np.linalg.eigh(moment)
    kept = values > cutoff * values[-1]
    roots, vectors = np.sqrt(values[kept]), vectors[:, kept]
    change, lift = vectors / roots, vectors * roots
    if kept.all():
        return change @ vectors.T, lift @ vectors.T
    return change, lift


def is_identity(matrix):
    """Whether a NumPy matrix is the identity."""
    if matrix.shape[0] != matrix.shape[1]:
        return False
    return bool((matrix == np.eye(len(matrix))).all())


def multilinear(xp, tensor, matrix):
    """``T(S, ..., S)``: every mode of a tensor times ``S (d, k)``, shape (k,) * l."""
    order = tensor.ndim
    product = last_modes_times(xp, tensor, matrix, order)
    return xp.reshape(product, (matrix.shape[1],) * order)


def last_modes_times(xp, tensor, matrix, n_modes):
    """The last modes of a tensor times ``S (d, k)``, which go to the front in turn.

    One product a mode, each with the array as it lies in memory: nothing is copied.

    Returns
    -------
    product : array of shape (k, n)
        The entries of an array of ``n_modes`` modes of length k and those that are
        left.
    """
    for _ in range(n_modes):
        unfolding = xp.reshape(tensor, (-1, matrix.shape[0]))
        tensor = xp.dot(xp.transpose(matrix), xp.transpose(unfolding))
    return tensor


def canonical_order(weights, components, order):
    """Fix what a CP model leaves free: norms, signs and the order of its terms.

    Parameters
    ----------
    weights : ndarray of shape (k,)
    components : ndarray of shape (k, d)
        Rows of any length.
    order : int
        Order of the tensor.

    Returns
    -------
    weights : ndarray of shape (k,)
        Largest absolute value first. At odd order all are non-negative, since
        ``w v^{⊗l} = (-w) (-v)^{⊗l}``.
    components : ndarray of shape (k, d)
        Unit rows. At even order, where ``v`` and ``-v`` are the same term, the first
        entry whose absolute value is the largest, or as good as that, is positive.
    """
    norms = np.linalg.norm(components, axis=1)
    safe = np.where(norms > 0, norms, 1)
    components = components / safe[:, None]
    weights = weights * norms**order
    if order % 2:
        signs = np.where(weights < 0, -1, 1)
        weights = weights * signs
    else:
        signs = sign_of_largest(components)
    components = components * signs[:, None]
    ranking = np.argsort(-np.abs(weights), kind="stable")
    return weights[ranking], components[ranking]


def sign_of_largest(rows):
    """Sign of the first entry of each row that is as good as the largest, ``(k,)``."""
    sizes = np.abs(rows)
    tied = sizes >= (1 - TIED) * sizes.max(axis=1, keepdims=True, initial=0)
    first = rows[np.arange(len(rows)), np.argmax(tied, axis=1)]
    return np.where(first < 0, -1, 1)


def frobenius_norm(xp, array) -> float:
    """Frobenius norm as a float; safe from overflow and underflow."""
    flat = xp.reshape(array, (-1,))
    with np.errstate(over="ignore"):
        square = float(xp.dot(flat, flat))
    # The name of a dtype takes longer to make than a short product.
    if is_safe(square, "float32" if flat.dtype.itemsize == 4 else "float64"):
        return sqrt(square)
    largest = float(xp.max(xp.abs(flat)))
    if largest == 0 or not largest < float("inf"):
        return largest
    flat = flat / largest
    return largest * sqrt(float(xp.dot(flat, flat)))
