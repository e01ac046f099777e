# SPDX-License-Identifier: BSD-3-Clause
"""The sums over rows that moments and cumulants are made of, one function each.

Each takes a block of rows, ``X (n, d)`` with probabilities ``p``, and returns its share
of the sum.
"""

from ..algebra.cp import integer_power
from ..algebra.monomials import monomials


def mean(block):
    """``sum_n p_n x_n``."""
    return block.lift(block.probability[:, None])[:, 0]


def mean_size(block):
    """``sum_n p_n |x_n|``."""
    return block.xp.dot(block.xp.abs(block.columns()), block.probability)


def contraction(block, V, power):
    """``X' diag(p) (X V)^{∘power}``."""
    projection = integer_power(block.project(V), power)
    projection *= block.probability[:, None]
    return block.lift(projection)


def polynomial(block, V, coefficients):
    """``X' diag(p) q(X V)``, each column of ``z = X V`` in a polynomial of its own.

    ``coefficients (k, m)``, ``k >= 1``, are those of ``z, ..., z^k``; that of
    ``z^{k+1}`` is one.
    """
    projection = block.project(V)
    *others, last = coefficients
    values = projection + last
    for coefficient in reversed(others):  # Horner's rule, in place
        values *= projection
        values += coefficient
    projection *= block.probability[:, None]
    values *= projection
    return block.lift(values)


def power_sums(block, V, powers):
    """``p' (X V)^{∘k}`` for each power k, one row each."""
    xp = block.xp
    projection = block.project(V)
    sums, power, reached = [], projection, 1
    for wanted in powers:
        while reached < wanted:
            power, reached = power * projection, reached + 1
        sums.append(xp.dot(block.probability, power))
    return xp.stack(sums)


def polynomial_size(block, V, coefficients):
    """``sum_n p_n |q(x_n'v_i)|``, a polynomial ``q`` for each column.

    ``coefficients (k, m)`` are those of ``1, y, ..., y^{k-1}``.
    """
    xp = block.xp
    projection = block.project(V)
    values = 0 * projection
    for i in reversed(range(coefficients.shape[0])):
        values = values * projection + coefficients[i]
    return xp.dot(block.probability, xp.abs(values))


def gradient_gram(block, V, basis, along, shift, shifted):
    """``sum_n p_n g_n g_n'`` for gradients ``g_n`` of polynomials of ``y = x_n'v_i``.

    ``g_n[:, i] = (sum_j along[j-1, i] y^{j-1}) B'x_n + sum_j shift[j, :, i] y^j``,
    flattened to ``k m`` numbers. ``shifted`` are the j whose shift is not zero.
    """
    xp = block.xp
    projection, rows = block.project(V), block.project(basis)
    power = projection * 0 + 1
    slope, moved = 0.0, 0.0
    for j in range(shift.shape[0]):
        if j in shifted:
            moved = moved + power[:, None, :] * shift[j][None]
        if j < along.shape[0]:
            slope = slope + along[j] * power
            power = power * projection
    gradients = rows[:, :, None] * slope[:, None, :] + moved
    flat = xp.reshape(gradients, (gradients.shape[0], -1))
    flat *= xp.sqrt(block.probability)[:, None]
    return xp.dot(xp.transpose(flat), flat)  # of one array: half as much work


def spread(block, basis, power):
    """``sum_n p_n ||z_n||^{2 power} z_n z_n'`` for ``z_n = B'x_n``."""
    xp = block.xp
    rows = block.project(basis)
    lengths = xp.sum(rows * rows, axis=1)
    weighted = rows * (block.probability * lengths**power)[:, None]
    return xp.dot(xp.transpose(rows), weighted)


def unfolding(block, left, right, basis):
    """Share of the moment's distinct entries, ``(monomials of left, of right)``."""
    return _products(block, block.columns(basis), left, right)


def augmented_unfolding(block, left, right, constant):
    """The same of the rows ``(constant, x_n)``, one entry longer."""
    columns = block.columns()
    first = 0 * columns[:1] + constant
    return _products(block, block.xp.concatenate([first, columns]), left, right)


def _products(block, columns, left, right):
    """``A' diag(p) B`` of the monomials of two degrees.

    An even order makes both sides equal, which the product exploits: it is half as
    much work.
    """
    xp = block.xp
    if left == right:
        rows = monomials(columns * xp.sqrt(block.probability)[None] ** (1 / left), left)
        return xp.dot(rows, xp.transpose(rows))
    rows = monomials(columns, left)
    if right == 0:
        return xp.dot(rows, block.probability[:, None])
    weighted = monomials(columns, right) * block.probability
    return xp.dot(rows, xp.transpose(weighted))


def quadratic_square(block, matrix):
    """``sum_n p_n (x_n' A x_n)^2``."""
    xp = block.xp
    columns = block.columns()
    form = xp.sum(columns * xp.dot(matrix, columns), axis=0)
    return xp.dot(form * form, block.probability)


def mass(block, power):
    """``sum_n p_n ||x_n||^power``."""
    lengths = block.squared_norms() ** (power / 2)
    return block.xp.dot(lengths, block.probability)
