# SPDX-License-Identifier: BSD-3-Clause
"""``JennrichCP``: simultaneous diagonalisation, for independent components."""

import numpy as np
from scipy.linalg import lstsq
from sklearn.utils import check_random_state

from ..compression import CompactTarget, least_squares_weights, random_slices
from ..machine.backend import to_numpy
from ._base import DenseBaseline, DirectParameters
from ._subspace import leading_subspace


class JennrichCP(DirectParameters, DenseBaseline):
    r"""Jennrich's algorithm: eigenvectors of two random slices are the components.

    The algebraic way where it applies: at most d components, linearly independent, and
    little noise. No iteration, no start to choose, exact in milliseconds. There is no
    answer with more components than features, and noise is magnified by close
    eigenvalues.

    Parameters
    ----------
    n_components : int or None, default=None
        Number r of components, at most d: the tensor is first projected on its r
        leading directions. None: as many as the unfolding of the tensor has singular
        values above rounding, the true number for an exact tensor with independent
        components.
    order : int, default=3
        Order of the statistic of samples, 3 being the lowest that identifies terms;
        a tensor brings its own.
    statistic : {"moment", "cumulant"}, default="moment"
        What is decomposed when ``X`` holds samples, as in ``OverparamSymmetricCP``.
    backend : {"numpy", "pytorch"} or None, default=None
        Where to form the tensor of samples; None: where ``X`` lives. The algebra that
        follows is SciPy's.
    device : str or None, default=None
        A PyTorch device; None: that of ``X``.
    random_state : int, RandomState instance or None, default=None
        Seed of the two random slices. Pass an int for the same ones on every call.

    Attributes
    ----------
    components_ : ndarray of shape (n_components_, n_features_in_)
        Unit rows.
    weights_ : ndarray of shape (n_components_,)
        Signed weights, largest absolute value first; positive at odd order.
    n_components_ : int
        Number of components; fewer than ``n_components`` when the unfolding has a
        smaller rank.
    reconstruction_err_ : float
        Relative Frobenius residual.
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

    See Also
    --------
    SpectralCP : Needs no independence, and takes more terms.
    sklearn_overtensor.OverparamSymmetricCP : More components than features, noise.

    Notes
    -----
    A slice, all modes but two contracted with random vectors, is
    :math:`M = V D V'` with :math:`D_{ii} = w_i \prod_j \langle v_i, a_j \rangle`.
    For two slices :math:`M_1 M_2^{-1} = V D_1 D_2^{-1} V^{-1}`, so the columns of V
    are its eigenvectors, unique as long as the ratios differ, which they do with
    probability one. The weights solve a least squares problem; at even order they
    keep their signs. Before, the tensor is written in the basis of its leading left
    singular vectors, where V is square.

    References
    ----------
    .. [1] R. A. Harshman, "Foundations of the PARAFAC procedure", UCLA Working Papers
       in Phonetics 16, 1970, where the method is credited to R. Jennrich.
    .. [2] S. E. Leurgans, R. T. Ross and R. B. Abel, "A decomposition for three-way
       arrays", SIAM Journal on Matrix Analysis and Applications 14(4), 1993.

    Examples
    --------
    >>> from sklearn_overtensor.baselines import JennrichCP
    >>> from sklearn_overtensor.datasets import make_symmetric_cp
    >>> data = make_symmetric_cp(10, rank=4, random_state=0)
    >>> model = JennrichCP(random_state=0).fit(data.tensor)
    >>> model.n_components_, model.reconstruction_err_ < 1e-10
    (4, True)
    """

    def _decompose(self, target):
        tensor = self._dense(target)
        if self.n_components is not None and self.n_components > target.n_features:
            raise ValueError(
                f"Jennrich's algorithm finds at most as many components as there are "
                f"features: got n_components={self.n_components} with "
                f"{target.n_features} features. Use OverparamSymmetricCP, which has "
                "no such limit."
            )
        basis, core = leading_subspace(
            to_numpy(tensor).astype(float), self.n_components, target.context.eps
        )
        random_state = check_random_state(self.random_state)
        directions = common_eigenvectors(core, random_state)
        weights = least_squares_weights(CompactTarget(core), directions)
        self._keep(weights, basis @ directions, target, tensor)


def common_eigenvectors(core, random_state):
    """Unit columns that diagonalise two random slices, as nearly as real ones can."""
    first, second = random_slices(core, random_state)
    # Noise may make the second slice singular, and eigenvalues complex.
    values, vectors = np.linalg.eig(lstsq(second, first)[0].T)
    # A conjugate pair gives the plane that it spans.
    directions = np.where(values.imag < 0, vectors.imag, vectors.real)
    lengths = np.linalg.norm(directions, axis=0)
    return directions / np.where(lengths > 0, lengths, 1)
