# SPDX-License-Identifier: BSD-3-Clause
"""``SubspacePowerCP``: power iterations on the range of a flattening."""

import warnings
from typing import Any, ClassVar

from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state

from .._typing import Backend, Device, Seed, Statistic
from ..decompose.parameters import CONSTRAINTS
from ..machine.backend import to_numpy
from ._base import DenseBaseline, DirectParameters
from ._power_on_range import subspace_power


class SubspacePowerCP(DenseBaseline):
    r"""The subspace power method of Kileel and Pereira: one component after the other.

    The closest relative of this package's own method: it needs no rank and no start
    near the answer, and at even order it finds more components than features. Its
    limit is the flattening, which must have the rank of the tensor: at order 3 there
    are at most d terms, at order 4 at most ``d (d - 1) / 2``. Noise gives the
    flattening full rank, so that the number of terms must be told.

    Parameters
    ----------
    n_components : int or None, default=None
        Number of terms. None: as many as the flattening has singular values above
        rounding (ten times its longer side times the machine epsilon of the data,
        beside the largest), the true number for an exact tensor of few enough terms.
    order : int, default=3
        Order of the statistic of samples, 3 being the lowest that identifies terms;
        a tensor brings its own.
    statistic : {"moment", "cumulant"}, default="moment"
        What is decomposed when ``X`` holds samples, as in ``OverparamSymmetricCP``.
    n_init : int, default=10
        Most random starts for each term. The first that reaches a component is taken,
        so that more cost nothing where one is enough, as it mostly is below the limit.
    max_iter : int, default=1000
        Most iterations from each start. Near the limit at order 4 a few starts would
        take thousands, where another one takes tens.
    tol : float, default=1e-10
        An iteration that moves the unit vector by at most this ends the ascent. The
        last step is Newton's, so that what is left is its square.
    backend : {"numpy", "pytorch"} or None, default=None
        Where to form the tensor of samples; None: where ``X`` lives. The algebra that
        follows is NumPy's.
    device : str or None, default=None
        A PyTorch device; None: that of ``X``.
    random_state : int, RandomState instance or None, default=None
        Seed of the starts. Pass an int for the same answer on every call.

    Attributes
    ----------
    components_ : ndarray of shape (n_components_, n_features_in_)
        Unit rows.
    weights_ : ndarray of shape (n_components_,)
        Signed weights, largest absolute value first; positive at odd order.
    n_components_ : int
        Number of terms; fewer than ``n_components`` when the flattening has a smaller
        rank.
    reconstruction_err_ : float
        Relative Frobenius residual.
    n_iter_ : int
        Iterations of all starts of all terms.
    order_ : int
        Order of the tensor.
    mean_ : ndarray of shape (n_features_in_,)
        Mean that ``transform`` subtracts; zero but for cumulants.
    cp_tensor_ : CPTensor
        The model in TensorLy's form.
    n_features_in_ : int
        Number of features.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, if ``X`` had any.

    Warns
    -----
    ConvergenceWarning
        When no start of some term reached a component. The best of them is kept.

    See Also
    --------
    JennrichCP : No iteration, for at most d independent components.
    FOOBICP : No iteration at order 4, with more components than features.
    sklearn_overtensor.OverparamSymmetricCP : Up to the generic rank, with noise, and
        without being told the number of terms.

    Notes
    -----
    With :math:`n = \lceil l/2 \rceil` the flattening of
    :math:`T = \sum_i w_i v_i^{⊗l}` with the rows of n modes and the columns of the
    others is

    .. math:: M = \sum_i w_i \, v_i^{⊗n} (v_i^{⊗(l-n)})'.

    Where the powers are independent its range is spanned by :math:`v_i^{⊗n}`, and up
    to the limit there is no other power in it [1]_. With P the projection onto the
    range the components are therefore the x of unit length with
    :math:`F(x) = \|P x^{⊗n}\|^2 = 1`. The iteration

    .. math:: x \leftarrow \frac{(P x^{⊗n})(x^{n-1}, ·) + γ x}{\|·\|}, \quad
              γ = \sqrt{2 (n-1)/n} \sqrt{F (1 - F)},

    goes up on F: across x the curvature of :math:`F / 2n` is at least :math:`-γ` (F is
    taken as at least 1/2 in it), and the shift vanishes at a component. From
    :math:`F > 0.99` on Newton's steps for the same equation take over, as long as F
    rises; the authors go on with power iterations to the end, up to twenty times as
    many.

    *Deflation.* The weight of a component is :math:`w = 1 / (v^{⊗(l-n)})' M^+ v^{⊗n}`.
    Then :math:`M - w v^{⊗n} (v^{⊗(l-n)})'` has one rank less, and its range is what
    of the old one is orthogonal to :math:`(M^+)' v^{⊗(l-n)}`: a reflection of the
    coordinates, after which the last is left out. The weights that are kept solve a
    least squares problem in the end, which takes no errors of one term to the next.
    Before all this, a tensor that lives in a subspace is written in its coordinates.

    A start has reached a component when :math:`1 - F` is at most 1e-10, or, if more,
    the squared ratio of the first singular value left out to the last one kept: by so
    much noise turns the range.

    References
    ----------
    .. [1] J. Kileel and J. M. Pereira, "Subspace power method for symmetric tensor
       decomposition", arXiv:1912.04007.

    Examples
    --------
    >>> from sklearn_overtensor.baselines import SubspacePowerCP
    >>> from sklearn_overtensor.datasets import make_symmetric_cp
    >>> data = make_symmetric_cp(8, rank=16, order=4, signed=True, random_state=0)
    >>> model = SubspacePowerCP(random_state=1).fit(data.tensor)
    >>> model.n_components_, model.reconstruction_err_ < 1e-10
    (16, True)
    """

    _parameter_constraints: ClassVar[dict[str, Any]] = {
        **DirectParameters._parameter_constraints,
        "n_init": CONSTRAINTS["n_init"],
        "max_iter": CONSTRAINTS["max_iter"][:1],
        "tol": CONSTRAINTS["tol"],
    }

    def __init__(
        self,
        n_components: int | None = None,
        *,
        order: int = 3,
        statistic: Statistic = "moment",
        n_init: int = 10,
        max_iter: int = 1000,
        tol: float = 1e-10,
        backend: Backend = None,
        device: Device = None,
        random_state: Seed = None,
    ) -> None:
        self.n_components = n_components
        self.order = order
        self.statistic = statistic
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.backend = backend
        self.device = device
        self.random_state = random_state

    def _decompose(self, target):
        tensor = self._dense(target)
        found = subspace_power(
            to_numpy(tensor).astype(float),
            check_random_state(self.random_state),
            most=self.n_components,
            n_init=self.n_init,
            max_iter=self.max_iter,
            tol=self.tol,
            eps=target.context.eps,
        )
        if found.n_failed:
            warnings.warn(
                f"No start of {found.n_failed} of {len(found.weights)} terms reached a "
                f"component within n_init={self.n_init} starts of "
                f"max_iter={self.max_iter} iterations; the best of them is kept. The "
                "tensor may have more terms than the subspace power method can tell "
                "apart, or noise: then set n_components, or use OverparamSymmetricCP.",
                ConvergenceWarning,
                stacklevel=3,
            )
        self._keep(found.weights, found.directions, target, tensor)
        self.n_iter_ = found.n_iter
