# SPDX-License-Identifier: BSD-3-Clause
"""In a notebook every estimator links to its page of the documentation."""

import re
from configparser import ConfigParser
from pathlib import Path

from sklearn.base import BaseEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import estimator_html_repr

import sklearn_overtensor
from sklearn_overtensor import OverparamSymmetricCP, baselines

from ..cases import one_test

ROOT = Path(__file__).parents[2]
ESTIMATORS = [
    getattr(module, name)
    for module in (sklearn_overtensor, baselines)
    for name in module.__all__
    if isinstance(getattr(module, name), type)
    and issubclass(getattr(module, name), BaseEstimator)
]


def documentation():
    """Where the documentation is, as the package's metadata say."""
    metadata = ConfigParser()
    metadata.read(ROOT / "setup.cfg", encoding="utf-8")
    urls = metadata["metadata"]["project_urls"].strip().splitlines()
    return dict(line.split(" = ") for line in urls)["Documentation"]


def generated_pages():
    """Pages that autosummary makes of doc/api.rst."""
    api = (ROOT / "doc" / "api.rst").read_text("utf-8")
    module = re.search(r"^\.\. currentmodule:: (\S+)$", api, re.MULTILINE)[1]
    toctrees = re.findall(r":toctree: (\S+)\n\n((?: {3}\S+\n?)+)", api)
    return {
        f"{folder}{module}.{name}.html"
        for folder, names in toctrees
        for name in names.split()
    }


def test_estimators_are_found():
    assert len(ESTIMATORS) >= 8


@one_test("estimator", ESTIMATORS)
def test_the_link_leads_to_a_page(estimator):
    html = estimator()._repr_html_()
    link = re.search(r'class="sk-estimator-doc-link[^>]*href="([^"]+)"', html)[1]
    assert link.startswith(documentation())
    assert link.removeprefix(documentation()) in generated_pages()
    assert f"Documentation for {estimator.__name__}" in html


def test_inside_a_pipeline():
    pipeline = make_pipeline(StandardScaler(), OverparamSymmetricCP())
    html = estimator_html_repr(pipeline)
    page = f"{documentation()}generated/sklearn_overtensor.OverparamSymmetricCP.html"
    assert page in html


def test_a_class_of_someone_else_has_no_page_of_ours():
    class Own(OverparamSymmetricCP):
        pass

    assert Own()._get_doc_link() == ""
