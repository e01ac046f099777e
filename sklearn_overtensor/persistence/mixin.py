# SPDX-License-Identifier: BSD-3-Clause
"""``save`` and ``load`` of fitted estimators: what is kept of them."""

import os
import re
from collections.abc import Callable
from typing import Any, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from .._version import __version__
from .file import Refused, read_file, write_file
from .values import Unsaveable, decode, encode

# The public attributes of a fit, by scikit-learn's convention.
_FITTED = re.compile(r"[a-z][a-z0-9_]*_")


class PersistenceMixin:
    """Files of fitted estimators, for a class with scikit-learn's parameters.

    A class that keeps more than parameters and public fitted attributes adds it
    through ``_private_state`` and ``_restore_private_state``.
    """

    get_params: Callable[..., dict[str, Any]]
    set_output: Callable[..., Any]
    _get_param_names: Callable[[], list[str]]
    n_components_: int
    n_features_in_: int

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the fitted estimator to a file, without pickle.

        Kept are all parameters, all fitted attributes with their dtypes, what
        ``partial_fit`` has accumulated, and the container chosen by ``set_output``.
        Not kept: callbacks and metadata requests.

        Parameters
        ----------
        path : str or path-like
            The file. Nothing is added to the name: ``.npz`` is customary, since
            ``numpy.load`` opens it. A file of that name is replaced, and only once the
            new one is complete.

        Raises
        ------
        NotFittedError
            Before ``fit``.
        TypeError
            For a parameter or attribute that is not made of None, bool, int, float,
            str, list, tuple, dict, NumPy arrays and ``RandomState``, such as a splitter
            given as ``cv``. Set such a parameter to another value before: the fitted
            model does not depend on it.
        OSError
            When the file cannot be written.

        See Also
        --------
        load : The way back.

        Notes
        -----
        The file is an uncompressed npz archive with a JSON header and a SHA-256
        checksum, read by every later version of the package. Equal models give equal
        files. The checksum finds damage; it is no signature, and does not tell who
        wrote the file.

        Examples
        --------
        >>> import tempfile
        >>> from pathlib import Path
        >>> from sklearn_overtensor import OverparamSymmetricCP
        >>> from sklearn_overtensor.datasets import make_symmetric_cp
        >>> tensor = make_symmetric_cp(5, rank=2, random_state=0).tensor
        >>> model = OverparamSymmetricCP(random_state=0).fit(tensor)
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     path = Path(folder, "model.npz")
        ...     model.save(path)
        ...     same = OverparamSymmetricCP.load(path)
        >>> bool((same.components_ == model.components_).all())
        True
        """
        check_is_fitted(self)
        fitted = {name: v for name, v in vars(self).items() if _is_fitted(name)}
        arrays: list[np.ndarray] = []
        content = {
            "package_version": __version__,
            "class": type(self).__name__,
            "parameters": self._encoded(self.get_params(deep=False), arrays),
            "fitted": self._encoded(fitted, arrays),
            "private": self._encoded(self._private_state(), arrays),
            "output": vars(self).get("_sklearn_output_config", {}).get("transform"),
        }
        write_file(path, content, arrays)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> Self:
        """Read a fitted estimator that ``save`` wrote.

        Nothing in the file is executed, and no class is looked up by what it says.

        Parameters
        ----------
        path : str or path-like
            The file, with its full name.

        Returns
        -------
        estimator : object
            A new fitted estimator of this class. Parameters that the file does not
            have, since an older version of the package wrote it, have their defaults.

        Raises
        ------
        ValueError
            For a file that is truncated, changed, of another kind, of another class,
            or of a newer version of the package that this one cannot read.
        OSError
            When the file is missing or cannot be opened.

        See Also
        --------
        save : Writes such a file.
        """
        return read_file(path, cls._from_content)

    @classmethod
    def _from_content(cls, content, arrays):
        name, version = content["class"], content["package_version"]
        if name != cls.__name__:
            raise Refused(
                f"holds the estimator {name}, not {cls.__name__}: call {name}.load."
            )
        unknown = sorted(set(content["parameters"]) - set(cls._get_param_names()))
        if unknown:
            raise Refused(
                f"was saved by version {version} of sklearn-overtensor, and these "
                f"parameters are not in version {__version__}: {', '.join(unknown)}. "
                "Update the package."
            )
        parameters, fitted, private = (
            {name: decode(code, arrays) for name, code in content[part].items()}
            for part in ("parameters", "fitted", "private")
        )
        estimator = cls(**parameters)
        estimator._restore(fitted, content["output"])
        estimator._restore_private_state(private)
        return estimator

    def _private_state(self):
        """What a file keeps beside parameters and fitted attributes, by name."""
        return {}

    def _restore_private_state(self, state):
        """Take up what ``_private_state`` gave."""

    def _model_shapes(self):
        """Shapes of the arrays of a model, which those of a file must have."""
        k, d = self.n_components_, self.n_features_in_
        return {"weights_": (k,), "components_": (k, d), "mean_": (d,)}

    def _encoded(self, values, arrays):
        """JSON of values by name; the message of a refusal has the name."""
        codes = {}
        for name, value in values.items():
            try:
                codes[name] = encode(value, arrays)
            except Unsaveable as error:
                raise TypeError(
                    f"{name} of {type(self).__name__} cannot be saved: {error}, and a "
                    "file holds None, bool, int, float, str, list, tuple, dict, NumPy "
                    "arrays and RandomState. If it is a parameter, set another value "
                    f"before, such as set_params({name}=None): the fitted model does "
                    "not depend on it."
                ) from None
        return codes

    def _restore(self, fitted, output):
        for name, value in fitted.items():
            if not _is_fitted(name) or hasattr(type(self), name):
                raise ValueError(f"{name!r} is not a fitted attribute")
            setattr(self, name, value)
        for name, shape in self._model_shapes().items():
            array = getattr(self, name)
            if not isinstance(array, np.ndarray) or array.shape != shape:
                raise ValueError(f"{name} is not an array of the shape {shape}")
        if output is not None:
            self.set_output(transform=output)


def _is_fitted(name):
    return _FITTED.fullmatch(name) is not None
