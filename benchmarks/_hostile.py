# SPDX-License-Identifier: BSD-3-Clause
"""Hostile input for ``fuzz.py``, drawn from a generator."""

import numpy as np
import pandas as pd
import scipy.sparse

SAMPLE_CALLS = ("fit", "function", "path", "cv", "partial_fit", "use", "target")
TENSOR_CALLS = ("fit", "function", "path", "use", "target", "baseline")
BASELINES = (
    "FOOBICP",
    "JennrichCP",
    "LazyCP",
    "SpectralCP",
    "SubspacePowerCP",
    "TensorLyCP",
    "TensorLySymmetricCP",
    "VanillaGradientCP",
)


def draw_samples(rng):
    """Samples ``(n, d)`` of a hostile kind, and its name."""
    n, d = rng.choice([1, 2, 3, 5, 12]), rng.choice([1, 1, 2, 2, 3, 4])
    X = rng.choice([rng.standard_normal, rng.standard_exponential])((n, d))
    kind = rng.choice(
        ["plain"] * 4
        + ["constant column", "constant", "zero", "rank one", "repeated rows"]
        + ["repeated features", "outlier", "small integers", "one row left", "shifted"]
    )
    if kind == "constant column":
        X[:, 0] = rng.standard_normal()
    elif kind == "constant":
        X[:] = rng.standard_normal(d)
    elif kind == "zero":
        X[:] = 0
    elif kind == "rank one":
        X = np.outer(X[:, 0], rng.standard_normal(d))
    elif kind == "repeated rows":
        X = np.repeat(X, 3, axis=0)
    elif kind == "repeated features":
        X = np.column_stack([X, X[:, :1]])
    elif kind == "outlier":
        X[0] *= 10.0 ** rng.integers(2, 60)
    elif kind == "small integers":
        X = np.round(3 * X)
    elif kind == "one row left":
        X[1:] = 0
    elif kind == "shifted":
        X += 10.0 ** rng.integers(1, 20)
    return X, str(kind)


def draw_tensor(rng):
    """A tensor of a hostile kind, and its name."""
    order = int(rng.choice([3, 3, 3, 4, 4, 5, 6, 12]))
    d = int(rng.choice([1, 2] if order == 12 else [1, 2, 2, 3, 4]))
    k = int(rng.choice([1, 1, 2, 3, 5]))
    components = rng.standard_normal((k, d))
    weights = rng.standard_normal(k)
    tensor = cp(weights, components, order)
    kind = rng.choice(
        ["plain"] * 4
        + ["zero", "one entry", "noisy", "repeated feature", "cancelling", "spread"]
        + ["nearly symmetric", "asymmetric", "not cubical", "ones"]
    )
    if kind == "zero":
        tensor *= 0
    elif kind == "one entry":
        tensor = np.zeros((d,) * order)
        tensor[(d - 1,) * order] = rng.standard_normal()
    elif kind == "noisy":
        noise = cp(rng.standard_normal(9), rng.standard_normal((9, d)), order)
        tensor = tensor + 10.0 ** -rng.integers(1, 16) * noise
    elif kind == "repeated feature":
        tensor = cp(weights, np.column_stack([components, components[:, :1]]), order)
    elif kind == "cancelling":
        close = components[:1] + 10.0 ** -rng.integers(1, 9) * rng.standard_normal(d)
        tensor = cp(np.array([1.0, -1.0]), np.vstack([components[:1], close]), order)
    elif kind == "spread":
        tensor = cp(weights * 10.0 ** rng.uniform(-40, 0, k), components, order)
    elif kind == "nearly symmetric":
        tensor = tensor * (1 + 1e-16 * rng.standard_normal(tensor.shape))
    elif kind == "asymmetric":
        noise = rng.standard_normal(tensor.shape)
        tensor = tensor + 10.0 ** -rng.integers(0, 9) * noise
    elif kind == "not cubical":
        tensor = np.concatenate([tensor, tensor])
    elif kind == "ones":
        tensor = np.ones_like(tensor)
    return tensor, str(kind)


def cp(weights, components, order):
    """The array of a CP model, by its definition."""
    terms, d = components, components.shape[1]
    for _ in range(order - 1):
        product = terms[:, :, None] * components[:, None, :]
        terms = product.reshape(len(weights), -1)
    return (weights @ terms).reshape((d,) * order)


def draw_scale(rng):
    """A factor: often one, sometimes of any magnitude that floats have."""
    if rng.random() < 0.7:
        return 1.0
    if rng.random() < 0.5:
        return float(10.0 ** rng.uniform(-150, 150))
    return float(10.0 ** rng.uniform(-322, 308))


def spoil(array, rng):
    """Now and then an entry that is no number."""
    if rng.random() < 0.05:
        array = array.copy()
        array.flat[rng.integers(array.size)] = rng.choice([np.nan, np.inf, -np.inf])
    return array


def contain(array, rng):
    """The array in a container of a hostile kind, and its name."""
    names = [name for name in CONTAINERS if array.ndim == 2 or name not in MATRICES]
    name = str(rng.choice(["float64"] * 20 + names))
    with np.errstate(all="ignore"):
        return CONTAINERS[name](array), name


def _frame(X):
    return pd.DataFrame(X, columns=[f"x{i}" for i in range(X.shape[1])])


def _mixed_frame(X):
    return _frame(X).assign(flag=X[:, 0] > 0, count=np.arange(len(X)))


def _read_only(array):
    array = array.copy()
    array.flags.writeable = False
    return array


def _strided(array):
    wide = np.zeros([2 * length for length in array.shape])
    inside = wide[(slice(None, None, 2),) * array.ndim]
    inside[...] = array
    return inside


def _torch(dtype, **options):
    def convert(array):
        import torch

        tensor = torch.tensor(np.ascontiguousarray(array)).to(getattr(torch, dtype))
        return tensor.requires_grad_() if options.get("grad") else tensor

    return convert


def _dask(X):
    import dask.array

    return dask.array.from_array(X, chunks=(max(1, len(X) // 2), X.shape[1]))


CONTAINERS = {
    "float64": lambda a: a,
    "float32": lambda a: a.astype("f4"),
    "float16": lambda a: a.astype("f2"),
    "longdouble": lambda a: a.astype(np.longdouble),
    "integers": lambda a: np.clip(np.nan_to_num(a), -99, 99).astype("i8"),
    "bytes": lambda a: np.clip(np.nan_to_num(a), 0, 99).astype("u1"),
    "booleans": lambda a: a > 0,
    "objects": lambda a: a.astype(object),
    "big-endian": lambda a: a.astype(">f8"),
    "strings": lambda a: a.astype(str),
    "complex": lambda a: a * (1 + 1j),
    "list": lambda a: a.tolist(),
    "read-only": _read_only,
    "strided": _strided,
    "reversed": lambda a: np.ascontiguousarray(a[::-1])[::-1],
    "Fortran order": lambda a: np.asfortranarray(a),
    "masked": lambda a: np.ma.masked_greater(a, 1.0),
    "torch": _torch("float64"),
    "torch float32": _torch("float32"),
    "torch half": _torch("float16"),
    "torch bfloat16": _torch("bfloat16"),
    "torch int": _torch("int32"),
    "torch complex": _torch("complex64"),
    "torch with gradient": _torch("float64", grad=True),
    "sparse": lambda a: scipy.sparse.csr_array(a),
    "sparse columns": lambda a: scipy.sparse.csc_matrix(a),
    "frame": _frame,
    "mixed frame": _mixed_frame,
    "nullable frame": lambda a: _frame(a).astype("Float64"),
    "dask": _dask,
}
MATRICES = (
    "sparse",
    "sparse columns",
    "frame",
    "mixed frame",
    "nullable frame",
    "dask",
)


def draw_parameters(rng, call, n_features):
    """Parameters of a search: mostly valid, some far off, few invalid."""
    choices = {
        "n_components": [None, None, 1, 2, 3, 7, 60],
        "rank": [None, None, None, 1, 2, 30],
        "order": [3, 3, 3, 4, 4, 5, 6, 12],
        "statistic": ["moment", "moment", "cumulant"],
        "contraction": ["auto", "auto", "implicit", "dense"],
        "alpha": [1e-3, 1e-3, 0.0, 0.1, 1.0, 1e9, 1e-300],
        "solver": ["lbfgs", "lbfgs", "lbfgs", "gd"],
        "refine": [True, True, False],
        "init_scale": ["auto", "auto", 1e-3, 1e-100, 1e6],
        "step_size": ["auto", "auto", 1e-3, 1e9],
        "tol": [1e-6, 1e-6, 0.0, 0.1, 10.0],
        "n_init": [1, 1, 1, 2],
        "backend": [None, None, None, "pytorch", "numpy"],
        "random_state": SEEDS,
    }
    parameters = {"max_epochs": int(rng.integers(1, 4)), "max_iter": 25}
    for name, values in choices.items():
        if rng.random() < 0.4 or name == "random_state":
            parameters[name] = values[rng.integers(len(values))]
    if parameters.get("order") == 12 and (call == "cv" or n_features > 2):
        parameters["order"] = 3  # it would be right, but take seconds
    if rng.random() < 0.05:
        name = str(rng.choice(list(choices)))
        parameters[name] = INVALID[rng.integers(len(INVALID))]
    if call in ("path", "cv"):
        parameters.pop("alpha", None)
        parameters["alphas"] = ALPHAS[rng.integers(len(ALPHAS))]
    return parameters


SEEDS = (
    *range(40),
    np.int8(3),
    np.uint32(9),
    2**32 - 1,
    None,
    "state",
    "generator",
    -1,
)
INVALID = (-1, 0, float("nan"), float("inf"), "?", None, [1], 2.5, np.array([1, 2]))
ALPHAS = (
    2,
    3,
    2,
    3,
    2,
    3,
    2,
    3,
    [0.1, 0.5],
    [0.0],
    [2.0],
    [],
    [-1.0],
    [float("nan")],
    "?",
)
