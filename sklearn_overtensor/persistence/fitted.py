# SPDX-License-Identifier: BSD-3-Clause
"""What fitted attributes may be: a file is believed no further than a fit goes."""

from numbers import Integral, Real

import numpy as np

from ..results.result import STATUSES

CONTRACTIONS = ("dense", "implicit")
OUTPUTS = (None, "default", "pandas", "polars")

# Least value of each count.
COUNTS = {
    "n_components_": 0,
    "n_features_in_": 1,
    "order_": 3,
    "n_iter_": 0,
    "n_epochs_": 0,
    "n_samples_seen_": 0,
}
# Numbers of at least zero; NaN and infinity are said of what is not known.
SIZES = ("reconstruction_err_", "alpha_", "noise_")
WORDS = {"status_": STATUSES, "contraction_": CONTRACTIONS}


def check_fitted(fitted, shapes):
    """Refuse fitted attributes, by name, that no fit leaves.

    Parameters
    ----------
    fitted : dict
    shapes : dict
        Of arrays that every fit has: ``"kd"`` for components by features.

    Raises
    ------
    ValueError
        For counts, numbers, words and arrays of another type, shape or range.
    """
    for name, value in fitted.items():
        if name in COUNTS and not _is_count(value, COUNTS[name]):
            raise ValueError(
                f"{name} is {value!r}, not a whole number from {COUNTS[name]} on"
            )
        if name in SIZES and not (_is_number(value) and not value < 0):
            raise ValueError(f"{name} is {value!r}, not a number of at least 0")
        if name in WORDS and value not in WORDS[name]:
            raise ValueError(f"{name} is {value!r}, not one of {WORDS[name]}")
    k, d = fitted["n_components_"], fitted["n_features_in_"]
    for name, axes in shapes.items():
        shape = tuple({"k": k, "d": d}[axis] for axis in axes)
        _check_floats(name, fitted[name], shape)
        if not np.isfinite(fitted[name]).all():
            raise ValueError(f"{name} holds NaN or infinity")
    for name, shape in (("weights_std_", (k,)), ("components_std_", (k, d))):
        if name in fitted:
            _check_floats(name, fitted[name], shape)
    names = fitted.get("feature_names_in_")
    if names is not None and not (
        np.shape(names) == (d,) and all(type(name) is str for name in names)
    ):
        raise ValueError(f"feature_names_in_ are not {d} names")


def check_output(output):
    """Refuse a container of ``set_output`` that is none."""
    if output not in OUTPUTS:
        raise ValueError(f"the output {output!r} is not one of {OUTPUTS}")


def _is_number(value):
    return isinstance(value, Real) and not isinstance(value, bool)


def _is_count(value, least):
    whole = isinstance(value, Integral) and not isinstance(value, bool)
    return whole and value >= least


def _check_floats(name, array, shape):
    if not (
        isinstance(array, np.ndarray)
        and array.shape == shape
        and array.dtype in (np.float32, np.float64)
    ):
        raise ValueError(f"{name} is not an array of numbers of the shape {shape}")
