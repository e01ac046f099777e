# SPDX-License-Identifier: BSD-3-Clause
"""Where scikit-learn's HTML representation of an estimator links to."""


class DocumentedMixin:
    """The estimator has a page, as doc/api.rst lists it."""

    _doc_link_module = "sklearn_overtensor"
    _doc_link_template = (
        "https://sklearn-overtensor.readthedocs.io/en/latest/"
        "generated/{estimator_module}.{estimator_name}.html"
    )
