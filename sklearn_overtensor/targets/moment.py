# SPDX-License-Identifier: BSD-3-Clause
"""The order-l moment of samples, contracted from the rows or formed once."""

from typing import Any

from .._typing import AnyArray, Backend, Contraction, Device, Weights
from ..rows import kernels
from ._samples import SampleTarget


class MomentTarget(SampleTarget):
    """The raw moment ``sum_n p_n x_n^{⊗l}`` of samples.

    Parameters
    ----------
    X : array-like of shape (n_samples, n_features)
        Samples: an array (also one mapped from a file), a torch tensor, a sparse
        array, a dask array or a dask dataframe. Neither copied nor changed when
        float32 or float64; sparse rows are never written out.
    order : int, default=3
        Order ``l >= 3`` of the moment.
    sample_weight : array-like of shape (n_samples,) or None, default=None
        Non-negative weights; ``p`` is their share of the sum. None: uniform.
    contraction : {"auto", "implicit", "dense"}, default="auto"
        ``"implicit"``: from the rows, each time; ``"dense"``: from the array, formed
        once: the same numbers. ``"auto"``: what costs a search less, by the sizes;
        never an array of more than 128 MiB.
    backend : {"numpy", "pytorch"} or None, default=None
        Where to work; None: where ``X`` lives.
    device : str or None, default=None
        A PyTorch device; None: that of ``X``.

    Attributes
    ----------
    contraction : {"implicit", "dense"}
        How contractions are computed.
    rows : Rows
        The samples and their probabilities.

    Raises
    ------
    ValueError
        For samples or weights that are malformed, not finite or empty.

    Notes
    -----
    ``contract(V) = X' diag(p) (X V)^{∘(l-1)}``: ``O(n d m)``. Rows are visited in
    blocks, so that memory is that of ``X`` plus ``O(d m)`` and a bounded block. The
    array is a product ``A' diag(p) B`` of the rows' distinct monomials of degrees
    ``l - l // 2`` and ``l // 2``, summed over blocks as well.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_overtensor.targets import MomentTarget
    >>> target = MomentTarget(np.array([[1.0, 0.0], [0.0, 2.0]]))
    >>> target.contract(np.eye(2))
    array([[0.5, 0. ],
           [0. , 4. ]])
    """

    statistic = "moment"
    _arrays_to_form = 2

    def __init__(
        self,
        X: AnyArray,
        order: int = 3,
        sample_weight: Weights = None,
        *,
        contraction: Contraction = "auto",
        backend: Backend = None,
        device: Device = None,
    ) -> None:
        super().__init__(X, order, sample_weight, contraction, backend, device)

    def _form(self, basis=None):
        return self._moment(self.order, basis)

    def _contract_rows(self, V):
        return self.rows.total(kernels.contraction, 3 * V.shape[1], V, self.order - 1)

    def influence(self, moments: list[Any]) -> dict[int, Any]:
        """``y^l - E y^l``, as coefficients by the power of y."""
        return {0: -moments[self.order], self.order: 1.0}

    def _norm_from_rows(self):
        return self._moment_norm(self.order)
