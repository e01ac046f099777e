# SPDX-License-Identifier: BSD-3-Clause
"""scikit-learn's checks of estimators, each on the settings that it can tell apart."""

import pytest
from sklearn.utils.estimator_checks import estimator_checks_generator

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


def parametrize_with_checks(estimators, of_input):
    """As scikit-learn's, but for the checks that only see how input is validated.

    The settings share that: ``of_input`` alone has them, an estimator that is soon
    fitted. Sparse rows come to every setting in other checks.
    """
    cases = [
        pytest.param(estimator, check, id=f"{estimator!r}-{name}")
        for one, wanted in [*((e, False) for e in estimators), (of_input, True)]
        for estimator, check in estimator_checks_generator(one)
        if ((name := check.func.__name__) in OF_INPUT) == wanted
    ]
    return pytest.mark.parametrize(("estimator", "check"), cases)
