# SPDX-License-Identifier: BSD-3-Clause
"""scikit-learn's checks of estimators, each on the settings that it can tell apart."""

import warnings
from unittest import SkipTest

import pytest
from sklearn.exceptions import SkipTestWarning
from sklearn.utils.estimator_checks import estimator_checks_generator

from ..cases import check_each

# The search that ends first: one step of the readable solver.
SOON = {"solver": "gd", "refine": False, "max_epochs": 1, "max_iter": 1}
OF_INPUT = (
    "check_array_api_input",
    "check_dtype_object",
    "check_estimator_sparse_array",
    "check_estimator_sparse_matrix",
    "check_estimator_sparse_tag",
    "check_estimators_dtypes",
    "check_estimators_nan_inf",
    "check_f_contiguous_array_estimator",
    "check_fit_score_takes_y",
    "check_n_features_in_after_fitting",
    "check_positive_only_tag_during_fit",
    "check_readonly_memmap_input",
    "check_regressor_data_not_an_array",
    "check_sample_weights_list",
    "check_sample_weights_not_an_array",
    "check_sample_weights_pandas_series",
    "check_transformer_data_not_an_array",
)


def check_all(estimator, checks):
    """Each of the checks; a failure tells which check it is."""

    def run(check):
        try:
            check(estimator)
        except SkipTest as reason:
            warnings.warn(str(reason), SkipTestWarning, stacklevel=2)

    check_each([(check,) for check in checks], run)


def parametrize_with_checks(estimators, of_input=None):
    """An estimator and its checks, a test each: ``check_all(estimator, checks)``.

    The settings share how input is validated: ``of_input`` alone has the checks of
    that, an estimator that is soon fitted. Sparse rows come to every setting in other
    checks. Where there is none, every estimator has all of them.
    """
    cases = [
        pytest.param(estimator, checks_of(estimator, left_out), id=repr(estimator))
        for estimator in estimators
        for left_out in [OF_INPUT if of_input is not None else ()]
    ]
    if of_input is not None:
        checks = checks_of(of_input, ())
        of_it = [check for check in checks if check.func.__name__ in OF_INPUT]
        cases.append(pytest.param(of_input, of_it, id=f"input of {of_input!r}"))
    return pytest.mark.parametrize(("estimator", "checks"), cases)


def checks_of(estimator, left_out):
    checks = [check for _, check in estimator_checks_generator(estimator)]
    return [check for check in checks if check.func.__name__ not in left_out]
