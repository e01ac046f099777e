# SPDX-License-Identifier: BSD-3-Clause
"""scikit-learn's checks of estimators, each on the settings that it can tell apart."""

import pytest
from sklearn.utils.estimator_checks import estimator_checks_generator

FORMATS = (
    "check_array_api_input",
    "check_dtype_object",
    "check_estimator_sparse_array",
    "check_estimator_sparse_matrix",
    "check_estimator_sparse_tag",
    "check_estimators_dtypes",
    "check_f_contiguous_array_estimator",
    "check_readonly_memmap_input",
    "check_regressor_data_not_an_array",
    "check_sample_weights_list",
    "check_sample_weights_not_an_array",
    "check_sample_weights_pandas_series",
    "check_transformer_data_not_an_array",
)


def parametrize_with_checks(estimators, formats):
    """As scikit-learn's, but for checks that fit the same rows in another format.

    They see how input is validated, which the settings share, and have ``formats``
    alone, an estimator that is soon fitted. Sparse rows come to every setting in other
    checks.
    """
    cases = [
        pytest.param(estimator, check, id=f"{estimator!r}-{name}")
        for one, has_formats in [*((e, False) for e in estimators), (formats, True)]
        for estimator, check in estimator_checks_generator(one)
        if ((name := check.func.__name__) in FORMATS) == has_formats
    ]
    return pytest.mark.parametrize(("estimator", "check"), cases)
