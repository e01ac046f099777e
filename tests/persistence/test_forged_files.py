# SPDX-License-Identifier: BSD-3-Clause
"""Files that someone made by hand: a right checksum, but what ``save`` never writes."""

import numpy as np
import pytest

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.persistence import file
from sklearn_overtensor.persistence.values import encode

from .common import contents, refused


def forged_code(code):
    def change(content, arrays):
        content["fitted"]["status_"] = code

    return change


def no_components(content, arrays):
    del content["fitted"]["components_"]


def wrong_shape(content, arrays):
    arrays[content["fitted"]["weights_"]["array"]] = np.ones(7)


def a_method(content, arrays):
    content["fitted"]["transform"] = "text"


def a_property(content, arrays):
    content["fitted"]["cp_tensor_"] = "text"


def not_a_dict(content, arrays):
    content["parameters"] = []


@pytest.mark.parametrize(
    "forge",
    [
        forged_code({"array": 99}),
        forged_code({"array": "os"}),
        forged_code({"module": "os"}),
        forged_code({"array": 0, "scalar": 0}),
        forged_code({"random_state": [1, 2]}),
        no_components,
        wrong_shape,
        a_method,
        a_property,
        not_a_dict,
    ],
)
def test_forged(model, path, forge):
    content, arrays = contents(path)
    forge(content, arrays)
    file.write_file(path, content, arrays)
    refused(path, "is damaged or not a saved model")


def changed(name, change):
    """Another array in place of a fitted one."""

    def forge(content, arrays):
        index = content["fitted"][name]["array"]
        arrays[index] = change(arrays[index])

    return forge


def replaced(name, value):
    """Another value in place of a fitted one."""

    def forge(content, arrays):
        content["fitted"][name] = encode(value, arrays)

    return forge


def output(value):
    def forge(content, arrays):
        content["output"] = value

    return forge


def with_nan(array):
    return np.where(np.arange(array.size).reshape(array.shape) == 1, np.nan, array)


@pytest.mark.parametrize(
    ("forge", "message"),
    [
        (changed("weights_", lambda w: w.astype(str)), "weights_ is not an array of"),
        (changed("weights_", lambda w: w.astype(int)), "weights_ is not an array of"),
        (changed("weights_", with_nan), "weights_ holds NaN or infinity"),
        (changed("components_", lambda c: c.T), "components_ is not an array of"),
        (changed("components_", with_nan), "components_ holds NaN or infinity"),
        (changed("mean_", lambda m: m + np.inf), "mean_ holds NaN or infinity"),
        (changed("weights_std_", lambda w: w[:1]), "weights_std_ is not an array"),
        (replaced("order_", 2), "order_ is 2, not a whole number from 3 on"),
        (replaced("order_", "3"), "order_ is '3', not a whole number"),
        (replaced("order_", 3.0), r"order_ is 3\.0, not a whole number"),
        (replaced("n_components_", True), "n_components_ is True, not a whole"),
        (replaced("n_iter_", -1), "n_iter_ is -1, not a whole number from 0 on"),
        (replaced("reconstruction_err_", -1.0), "reconstruction_err_ is -1.0, not a"),
        (replaced("alpha_", "text"), "alpha_ is 'text', not a number"),
        (replaced("status_", "good"), "status_ is 'good', not one of"),
        (replaced("contraction_", 3), "contraction_ is 3, not one of"),
        (replaced("feature_names_in_", ["a", "b"]), "are not 4 names"),
        (replaced("feature_names_in_", ["a", "b", "c", 4]), "are not 4 names"),
        (output("text"), "the output 'text' is not one of"),
        (output(["pandas"]), "the output .* is not one of"),
    ],
)
def test_what_no_fit_leaves_is_refused(model, path, forge, message):
    content, arrays = contents(path)
    forge(content, arrays)
    file.write_file(path, content, arrays)
    refused(path, "is damaged or not a saved model.*" + message)


def of_the_parts(**changes):
    """Other values in what partial_fit has accumulated."""

    def forge(content, arrays):
        ((_, items),) = content["private"]["accumulated"].items()
        for item in items:
            if item[0] in changes:
                item[1] = encode(changes[item[0]], arrays)

    return forge


@pytest.mark.parametrize(
    ("forge", "message"),
    [
        (of_the_parts(order=2), "order is 2"),
        (of_the_parts(dtype="float16"), "dtype is 'float16'"),
        (of_the_parts(weight=-1.0), r"weight is -1\.0"),
        (of_the_parts(weight=np.nan), "weight is nan"),
        (of_the_parts(mean=np.zeros(5)), "mean is not an array of 3 finite"),
        (of_the_parts(mean=np.full(3, np.nan)), "mean is not an array of 3 finite"),
        (of_the_parts(moments={}), "there is no moment of order 3"),
        (of_the_parts(moments={3: np.ones(3)}), "the moment of order 3 is not an"),
        (of_the_parts(n_features=2, mean=np.zeros(2), weight=0.0, moments={}), "other"),
    ],
)
def test_parts_that_no_samples_lead_to_are_refused(path, forge, message):
    X = np.random.default_rng(0).exponential(size=(20, 3))
    OverparamSymmetricCP(rank=1, random_state=0).partial_fit(X).save(path)
    OverparamSymmetricCP.load(path)
    content, arrays = contents(path)
    forge(content, arrays)
    file.write_file(path, content, arrays)
    refused(path, "is damaged or not a saved model.*" + message)
