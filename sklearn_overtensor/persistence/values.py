# SPDX-License-Identifier: BSD-3-Clause
"""Python values as JSON beside arrays, and back, with every type and bit kept."""

from math import isfinite

import numpy as np

# Boolean, integer, floating, text: what an npy file holds without pickle.
ARRAY_KINDS = "biufU"


class Unsaveable(TypeError):
    """A value of a type that has no place in a file without pickle."""


def encode(value, arrays):
    """JSON for a value; the arrays in it are appended to ``arrays``.

    What JSON has no word for becomes an object with one key, the name of its type.
    """
    if type(value) in (type(None), bool, int, str):
        return value
    if type(value) is float:
        return value if isfinite(value) else {"float": repr(value)}
    if isinstance(value, np.ndarray | np.generic):
        return _encode_array(value, arrays)
    if isinstance(value, np.random.RandomState):
        return {"random_state": encode(_generator_state(value), arrays)}
    if type(value) is list:
        return [encode(item, arrays) for item in value]
    if type(value) is tuple:
        return {"tuple": [encode(item, arrays) for item in value]}
    if type(value) is dict:
        items = [[encode(part, arrays) for part in item] for item in value.items()]
        return {"dict": items}
    raise Unsaveable(f"{value!r} is of the type {type(value).__name__}")


def decode(code, arrays):
    """The value that ``encode`` was given; ``ValueError`` for what is no such code."""
    if isinstance(code, list):
        return [decode(item, arrays) for item in code]
    if not isinstance(code, dict):
        return code
    if len(code) != 1:
        raise ValueError(f"a value with {len(code)} types")
    ((kind, content),) = code.items()
    if kind not in _DECODERS:
        raise ValueError(f"a value of the unknown type {kind!r}")
    return _DECODERS[kind](content, arrays)


def _encode_array(value, arrays):
    array = np.asarray(value)
    if array.dtype.kind == "O" and all(type(item) is str for item in array.flat):
        # The names of features: lists keep what NumPy's text of fixed width cuts off.
        return {"strings": array.tolist()}
    if array.dtype.kind not in ARRAY_KINDS:
        raise Unsaveable(f"an array of the dtype {array.dtype}")
    arrays.append(array)
    kind = "array" if isinstance(value, np.ndarray) else "scalar"
    return {kind: len(arrays) - 1}


def _generator_state(random_state):
    state = random_state.get_state(legacy=False)
    if state["bit_generator"] != "MT19937":
        raise Unsaveable(f"a RandomState of the generator {state['bit_generator']}")
    twister = state["state"]
    return twister["key"], int(twister["pos"]), state["has_gauss"], state["gauss"]


def _decode_generator(content, arrays):
    random_state = np.random.RandomState()
    random_state.set_state(("MT19937", *decode(content, arrays)))
    return random_state


_DECODERS = {
    "float": lambda text, arrays: float(text),
    "array": lambda index, arrays: arrays[index],
    "scalar": lambda index, arrays: arrays[index][()],
    "strings": lambda names, arrays: np.array(names, dtype=object),
    "tuple": lambda items, arrays: tuple(decode(items, arrays)),
    "dict": lambda items, arrays: {
        decode(key, arrays): decode(value, arrays) for key, value in items
    },
    "random_state": _decode_generator,
}
