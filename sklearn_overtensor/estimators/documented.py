# SPDX-License-Identifier: BSD-3-Clause
"""Where scikit-learn's HTML representation of an estimator links to."""

PACKAGE, _, ROOM = __package__.partition(".")


class DocumentedMixin:
    """The estimator has a page, as doc/api.rst lists it."""

    _doc_link_module = PACKAGE
    _doc_link_template = (
        "https://sklearn-overtensor.readthedocs.io/en/latest/generated/{name}.html"
    )

    def _doc_link_url_param_generator(self):
        """Its public name: the estimators of this room are the package's own."""
        _, room, *_ = type(self).__module__.split(".")
        path = [PACKAGE] if room == ROOM else [PACKAGE, room]
        return {"name": ".".join([*path, type(self).__name__])}
