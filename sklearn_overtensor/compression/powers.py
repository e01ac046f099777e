# SPDX-License-Identifier: BSD-3-Clause
"""Components as the powers in the range of a flattening, all sought at once."""

import numpy as np
from scipy.linalg import LinAlgError
from scipy.sparse import csr_array

from ..algebra.monomials import monomial_table, monomials, unions
from ..solvers.start import random_columns
from .diagonalisation import common_factors
from .rank_bound import MAX_WIDTH, flattening

# Columns of a first sketch of the range, as a share of what it might have.
FIRST_COLUMNS = 0.25
# Most steps in single precision and in double, and 1 - f before a last step.
STEPS, NEAR = 8, 1e-4
LAST_STEPS, VERY_NEAR = 3, 1e-14
# 1 - f of a component: rounding of the range, squared.
ROUNDING = 1e-10
# Cosine from which on two directions are the same.
SAME = 0.99999
# Rounds in a row without a new term, after which there are no more.
FRUITLESS = 3


@np.errstate(all="ignore")  # what is no component need not be finite
def powers_in_range(core, random_state, tol=1e-12):
    """Terms of a tensor of even order from the range of its flattening.

    Parameters
    ----------
    core : ndarray of shape (d,) * l
        Symmetric, l = 2 n.
    random_state : RandomState
        Source of sketches and starts.
    tol : float, default=1e-12
        Relative size below which a direction of the range counts as rounding.

    Returns
    -------
    terms : tuple of (weights, directions) or None
        As many as the rank of the flattening. None where that is too large for its
        range to tell them from others, or where they are not all found.

    Notes
    -----
    The flattening ``F = sum_i w_i a_i a_i'``, ``a_i = v_i^{⊗n}`` with equal monomials
    taken once, has the ``a_i`` in its range. For up to ``C(d + n - 1, n) - d`` terms no
    other powers ``x^{⊗n}`` of most tensors are in it [1]_, so the components are the
    maxima 1 of ``f(x) = ||P x^{⊗n}||^2``, ``||x|| = 1``, with P the projection to the
    range. The paper climbs by power iterations, one start after the other. Here as many
    starts as there are terms left climb at once, and faster; see :class:`_Climb`.

    The weights are ``w_i = 1 / a_i'F^+ a_i``. Terms that were found are taken out,
    which leaves the part of the range that is orthogonal to ``F^+ a_i``. When no more
    are left than there are dimensions, two slices of what is left of the tensor tell
    them.

    References
    ----------
    .. [1] J. Kileel, J. M. Pereira, "Subspace power method for symmetric tensor
       decomposition", arXiv:1912.04007, 2019.
    """
    matrix, size, degree = flattening(core), len(core), core.ndim // 2
    most = min(len(matrix) - size, MAX_WIDTH)
    basis = _range_of(matrix, most, random_state, tol)
    if basis is None:
        return None
    try:
        inverse = np.linalg.inv(basis.T @ matrix @ basis)
    except LinAlgError:
        return None
    scale = np.sqrt(monomial_table(size, degree)[2])[:, None]
    whole = climb = _Climb(basis, size, degree)
    rank, fruitless = basis.shape[1], 0
    weights, found = np.empty(0), np.empty((size, 0))
    while fruitless < FRUITLESS:
        n_left, starts = rank - found.shape[1], None
        if n_left <= size and not fruitless:
            starts = _left_over(core, weights, found, n_left, random_state)
        if starts is None:
            starts = random_columns(size, n_left, random_state)
            new = climb.to_the_top(climb.near_the_top(starts))
        else:
            new = whole.to_the_top(starts)
        n_found, found = found.shape[1], _distinct(np.hstack([found, new]))
        fruitless = fruitless + 1 if found.shape[1] == n_found else 0
        images = basis.T @ (scale * monomials(found, degree))
        forms = inverse @ images
        weights = 1 / np.sum(images * forms, axis=0)
        if found.shape[1] >= rank:
            return weights, found
        if rank - found.shape[1] > size or fruitless:
            turned = np.linalg.qr(forms, mode="complete")[0]
            climb = _Climb(basis @ turned[:, found.shape[1] :], size, degree)
    return None


def _range_of(matrix, most, random_state, tol):
    """An orthonormal basis of the range; None for one of more dimensions."""
    size, sketch = len(matrix), np.empty((len(matrix), 0))
    while sketch.shape[1] <= most:
        wanted = max(int(FIRST_COLUMNS * size), 1, 2 * sketch.shape[1])
        wanted = min(wanted, most + 1)
        fresh = random_state.standard_normal((size, wanted - sketch.shape[1]))
        sketch = np.hstack([sketch, matrix @ fresh])
        # Of random columns those beyond the rank are rounding without pivots, too.
        basis, triangle = np.linalg.qr(sketch)
        sizes = np.abs(triangle.diagonal())
        rank = int(np.sum(sizes > tol * sizes.max()))
        if 0 < rank < wanted:
            return basis[:, :rank]
    return None


def _left_over(core, weights, found, rank, random_state):
    """Directions of the independent terms that are left, from two slices."""
    while core.ndim > 3:
        form = random_state.standard_normal(len(core))
        core, weights = core @ form, weights * (form @ found)
    forms = random_state.standard_normal((len(core), 2))
    slices = np.moveaxis(core @ forms, -1, 0)
    scaled = weights * (forms.T @ found)
    return common_factors(*(slices - (found * scaled[:, None]) @ found.T), rank)


class _Climb:
    """Gauss-Newton steps towards ``||(I - P) x^{⊗n}|| = 0``, ``||x|| = 1``.

    Parameters
    ----------
    basis : ndarray of shape (n_monomials, k)
        Orthonormal, of the subspace that P projects to.
    n_features, degree : int
        d and n.

    Notes
    -----
    With J the Jacobian of ``P x^{⊗n} / n`` all that a step needs is ``M = J'J``, for
    ``g = M x`` is ``J'P x^{⊗n}``, and ``f = x'g``. M is linear in the monomials of x of
    degree 2 n - 2: for all starts it is one matrix product. Across x the step is

    ``x + (I - n (M - g x' - x g' + f x x'))^{-1} (g - f x)``,

    for without P the matrix M would be ``(I + (n - 1) x x') / n``.
    """

    def __init__(self, basis, n_features, degree):
        self.size, self.degree = n_features, degree
        lower = monomial_table(n_features, degree - 1)[2]
        entries = basis / np.sqrt(monomial_table(n_features, degree)[2])[:, None]
        rows = unions(n_features, degree, 1)
        first, second = monomial_table(n_features, 2)[1].T
        self._pairs = unions(n_features, 2, 1)
        tensor = entries @ entries.T
        blocks = tensor[rows[first][:, :, None], rows[second][:, None]]
        columns = unions(n_features, 2 * degree - 2, degree - 1).ravel()
        collect = csr_array(
            (np.outer(lower, lower).ravel(), (columns, np.arange(len(columns))))
        )
        self._form = collect @ blocks.reshape(len(first), -1).T

    def near_the_top(self, starts):
        """Distinct columns near maxima 1, from starts anywhere, in single precision."""
        x, gaps = self._ascend(starts.astype(np.float32), STEPS, NEAR)
        return _distinct(x[:, gaps <= NEAR])

    def to_the_top(self, starts):
        """Distinct maxima 1 near the starts, as unit columns."""
        x, gaps = self._ascend(starts.astype(float), LAST_STEPS, VERY_NEAR)
        return _distinct(x[:, gaps <= ROUNDING])

    def _ascend(self, starts, n_steps, near):
        """Columns after so many steps or the step from where ``1 - f`` is near zero."""
        form = self._form.astype(starts.dtype)
        x = starts.T / np.linalg.norm(starts, axis=0)[:, None]
        gaps = np.ones(len(x))
        for _ in range(n_steps):
            moving = gaps > near
            if not moving.any():
                break
            x[moving], gaps[moving] = self._step(x[moving], form)
        return x.T, gaps

    def _step(self, x, form):
        """Moved rows, and ``1 - f`` where they were."""
        powers = monomials(x.T, 2 * self.degree - 2).T
        matrix = (powers @ form)[:, self._pairs]
        pull = (matrix @ x[:, :, None])[:, :, 0]
        level = np.sum(x * pull, axis=1, keepdims=True)
        pull -= level * x
        matrix *= -self.degree
        # Never quite singular, or the solver would refuse them all.
        np.einsum("bii->bi", matrix)[...] += 1 + np.finfo(x.dtype).eps
        move = np.linalg.solve(matrix, pull[:, :, None])[:, :, 0]
        # The part of the solution across x, of the matrix without its part along x.
        along = np.sum(x * move, axis=1, keepdims=True)
        x = x + (move - along * x) / (1 + self.degree * along)
        return x / np.linalg.norm(x, axis=1, keepdims=True), 1 - level[:, 0]


def _distinct(columns):
    """The first of each set of unit columns that are nearly parallel."""
    overlap = np.abs(np.tril(columns.T @ columns, -1))
    return columns[:, ~(overlap > SAME).any(axis=1)]
