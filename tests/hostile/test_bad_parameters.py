# SPDX-License-Identifier: BSD-3-Clause
"""Every parameter refuses typos, wrong types and values out of range, by name."""

import inspect
import re

import numpy as np
import pytest
from sklearn.utils._param_validation import InvalidParameterError

from sklearn_overtensor import (
    OverparamSymmetricCP,
    OverparamSymmetricCPCV,
    overparam_symmetric_cp,
    symmetric_cp_path,
)

from ..cases import one_test

TENSOR = np.ones((2, 2, 2))
SAMPLES = np.arange(40.0).reshape(20, 2) % 7

BAD_VALUES = {
    "contraction": ["lazy", None, 1],
    "n_components": [0, -1, 2.5, "3", np.inf],
    "rank": [0, -2, 1.5, "auto"],
    "order": [2, 0, 3.0, "3", None],
    "statistic": ["moments", "Cumulant", None, 3],
    "alpha": [-1e-3, np.nan, np.inf, "1e-3", None],
    "noise": [-1e-3, np.nan, np.inf, "none", None],
    "significance": [0.0, 0.5, 5, -0.1, "5%", None],
    "solver": ["lbgfs", "GD", "adam", None],
    "refine": ["yes", None, 2],
    "max_epochs": [0, 1.5, "10"],
    "max_iter": [0, -1, 500.0],
    "init_scale": [0, -1.0, 1e-200, 1e7, "small", None, np.nan],
    "step_size": [0.0, -1e-3, "Auto", None, np.inf],
    "tol": [-1e-6, "tight", None, np.nan],
    "n_init": [0, 1.5, None],
    "n_jobs": [1.5, "all"],
    "warm_start": ["yes", None],
    "missing_values": ["nan", [0.0]],
    "backend": ["torch", "jax", 1],
    "device": ["cuda", 0, 1.5],
    "random_state": ["zero", -1, 1.5],
    "verbose": ["loud", -1, None],
}


# Parameters that a path and its choice have in place of alpha.
OF_A_PATH = {
    "alphas": [0, "many", None],
    "eps": [0.0, 1.0, "small"],
    "cv": [1.5, "five"],
    "selection": ["two_se", None],
}

# A parameter that the function alone has.
OF_THE_FUNCTION = {"observer": ["print", 1, []]}
OF_THE_ESTIMATOR = {"warm_start", "missing_values"}


def parameters_of(function):
    parameters = inspect.signature(function).parameters
    return {
        name: parameter.default
        for name, parameter in parameters.items()
        if name not in ("target", "sample_weight", "init", "mask")
    }


def test_no_parameter_is_left_out():
    every = set(BAD_VALUES)
    assert set(OverparamSymmetricCP().get_params()) == every
    of_the_function = (every - OF_THE_ESTIMATOR) | set(OF_THE_FUNCTION)
    assert set(parameters_of(overparam_symmetric_cp)) == of_the_function
    of_a_search = every - OF_THE_ESTIMATOR - {"alpha", "noise", "significance"}
    assert set(parameters_of(symmetric_cp_path)) == of_a_search | {"alphas", "eps"}
    assert set(OverparamSymmetricCPCV().get_params()) == of_a_search | set(OF_A_PATH)


@pytest.mark.parametrize(
    "defaults",
    [
        parameters_of(overparam_symmetric_cp),
        parameters_of(symmetric_cp_path),
        OverparamSymmetricCPCV().get_params(),
    ],
)
def test_defaults_of_all_faces_agree(defaults):
    ours = OverparamSymmetricCP().get_params()
    shared = set(defaults) & set(ours)
    assert {name: defaults[name] for name in shared} == {
        name: ours[name] for name in shared
    }


@one_test("name", OF_A_PATH)
def test_estimator_that_chooses_alpha(name):
    for value in OF_A_PATH[name]:
        model = OverparamSymmetricCPCV(**{name: value})  # no check here
        with pytest.raises(ValueError, match=name):
            model.fit(SAMPLES)


@one_test("name", BAD_VALUES)
def test_estimator(name):
    for value in BAD_VALUES[name]:
        model = OverparamSymmetricCP(**{name: value})  # as scikit-learn: no check here
        with pytest.raises(ValueError, match=name) as error:
            model.fit(TENSOR)
        assert repr(value) in str(error.value)
        if name != "device":  # any is legal that PyTorch knows: see test_backend.py
            assert isinstance(error.value, InvalidParameterError)
            assert re.search(f"'{name}' parameter.*must be", str(error.value))
        assert not hasattr(model, "components_")
        assert not hasattr(model, "n_features_in_") or name == "device"


@one_test("name", [*sorted(set(BAD_VALUES) - OF_THE_ESTIMATOR), *OF_THE_FUNCTION])
def test_function(name):
    for value in {**BAD_VALUES, **OF_THE_FUNCTION}[name]:
        with pytest.raises(ValueError, match=name) as error:
            overparam_symmetric_cp(TENSOR, **{name: value})
        assert repr(value) in str(error.value)


def test_refused_parameter_leaves_the_last_decomposition():
    model = OverparamSymmetricCP(max_iter=20, max_epochs=1, random_state=0)
    components = model.fit(TENSOR).components_
    with pytest.raises(ValueError, match="alpha"):
        model.set_params(alpha=-1).fit(TENSOR)
    assert model.components_ is components


@pytest.mark.parametrize("typo", ["n_component", "lambda_", "maxiter"])
def test_unknown_parameters(typo):
    with pytest.raises(TypeError, match=typo):
        OverparamSymmetricCP(**{typo: 1})
    with pytest.raises(TypeError, match=typo):
        overparam_symmetric_cp(TENSOR, **{typo: 1})
    with pytest.raises(ValueError, match=typo):
        OverparamSymmetricCP().set_params(**{typo: 1})


def test_rank_without_refinement():
    message = "rank limits the terms that refinement keeps, so it needs refine=True"
    with pytest.raises(ValueError, match=message):
        OverparamSymmetricCP(rank=2, refine=False).fit(TENSOR)
    with pytest.raises(ValueError, match=message):
        overparam_symmetric_cp(TENSOR, rank=2, refine=False)


@one_test(
    ("init", "message"),
    [
        ("random", "'init' parameter.*must be an instance of 'tuple' or None"),
        ((np.ones(1),), r"init.*\(weights, components\)"),
        ((np.ones(2), np.ones((3, 2))), "got 2 weights and 3 components"),
        ((np.ones(2), np.ones((2, 3))), "init.*3 features.*2 features"),
        ((np.array([np.nan]), np.ones((1, 2))), "weights contains NaN"),
        ((np.ones(1), np.full((1, 2), np.inf)), "components contains infinity"),
    ],
)
def test_init_of_the_function(init, message):
    with pytest.raises(ValueError, match=message):
        overparam_symmetric_cp(TENSOR, init=init, max_iter=5, max_epochs=1)
