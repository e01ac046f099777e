# SPDX-License-Identifier: BSD-3-Clause
"""A tensor that is known by its contractions, and all that it may know beside them."""

from math import inf
from typing import Any

import numpy as np

from ..machine.backend import ArrayContext
from ..machine.memory import dense_bytes, fits_in_memory
from .cp import integer_power

REQUIRED = ("order", "n_features", "squared_norm", "contract")


class Contracted:
    """What stands where a target has nothing better: its abilities, all of them.

    A target has ``order``, ``n_features``, ``squared_norm`` and ``contract(V)``. The
    rest is optional. Here is what each is where a target says nothing: None for a
    method that it has not.
    """

    order: Any
    n_features: Any
    squared_norm: Any
    contract: Any

    # Backend, dtype and device that it works in.
    context: Any = ArrayContext()
    # Whether an array is contracted, "dense", or something smaller, "implicit".
    contraction: Any = "implicit"
    # Standard error of ``squared_norm`` over it.
    norm_error: Any = 0.0
    # to_dense(): the array.
    to_dense: Any = None
    # compressed(Q): the array T(Q, ..., Q), for Q (d, k).
    compressed: Any = None
    # Most directions that a search of it sees, and leading(): these of a larger one.
    most_directions: Any = inf
    leading: Any = None
    # over_power_of_two(): the target over a power of two, and the exponent.
    over_power_of_two: Any = None

    # Of samples: their statistic, their mean, their rows, and E xx' of these.
    statistic: Any = None
    mean: Any = None
    rows: Any = None
    second_moment: Any = None
    # form_variances(V), form_gradient_gram(V, basis), effective_rows(V), spread(basis),
    # usual_size(): how sampling moves the statistic.
    form_variances: Any = None
    form_gradient_gram: Any = None
    effective_rows: Any = None
    spread: Any = None
    usual_size: Any = None
    # in_subspace(Q): the statistic of the rows times Q.
    in_subspace: Any = None

    def sketched(self, V: Any) -> Any:
        """``contract(V)``, and ``T(v, ·, ..., ·)`` for each column if made on the way.

        That, an array ``(m, d, ..., d)``, is None for what is no array.
        """
        return self.contract(V), None

    def has_few_rows(self) -> bool:
        """Whether it is that of far fewer rows than features."""
        return False

    def contraction_in(self, n_directions: Any) -> str:
        """What is cheaper in a subspace of that dimension."""
        return "dense"

    def forming_is_affordable(self) -> bool:
        """Whether a residual may be taken from the array."""
        return fits_in_memory(dense_bytes(self.n_features, self.order))

    def difference(self, signs: Any, vectors: Any) -> Any:
        """``||D||^2`` and ``D(u_i^{l-1}, ·)`` for ``D = T - sum_i a_i u_i^{⊗l}``.

        From Gram matrices, which cancel near a relative residual of 1e-8.
        """
        return difference_of_grams(self, signs, vectors)


def difference_of_grams(target: Any, signs: Any, vectors: Any) -> Any:
    """``||D||^2`` and ``D(u_i^{l-1}, ·)`` for one model or many, from Gram matrices.

    Parameters
    ----------
    target : Contracted
    signs : ndarray of shape (m,) or (n, m)
    vectors : ndarray of shape (d, m) or (n, d, m)

    Returns
    -------
    squared : ndarray of shape () or (n,)
    gap : ndarray of the shape of ``vectors``
    """
    columns = np.moveaxis(vectors, -2, 0)
    data = target.contract(columns.reshape(len(columns), -1)).reshape(columns.shape)
    data = np.moveaxis(data, 0, -2)
    overlap = integer_power(np.swapaxes(vectors, -1, -2) @ vectors, target.order - 1)
    model = vectors @ (signs[..., :, None] * overlap)
    change = np.einsum("...m,...dm,...dm->...", signs, vectors, model - 2 * data)
    return np.maximum(target.squared_norm + change, 0.0), data - model


class _Adapted(Contracted):
    """An object of another class, with what it has and the defaults for the rest."""

    def __init__(self, target):
        for name in (*REQUIRED, *vars(Contracted)):
            if not name.startswith("_") and hasattr(target, name):
                setattr(self, name, getattr(target, name))


def as_contracted(target: Any) -> Any:
    """A target of any class, with every optional ability declared.

    Raises
    ------
    TypeError
        When it lacks what a target must have.
    """
    if isinstance(target, Contracted):
        return target
    missing = [name for name in REQUIRED if not hasattr(target, name)]
    if missing:
        raise TypeError(
            f"A target has {', '.join(REQUIRED[:-1])} and a method contract(V). "
            f"{type(target).__name__} has no {' and no '.join(missing)}."
        )
    return _Adapted(target)
