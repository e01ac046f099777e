# SPDX-License-Identifier: BSD-3-Clause
"""Fixtures of the displays: figures that no screen shows, and models to draw."""

import pytest

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.datasets import make_symmetric_cp


@pytest.fixture(autouse=True)
def pyplot():
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    yield plt
    plt.close("all")


@pytest.fixture(scope="session")
def data():
    """Three terms in six dimensions, with noise."""
    return make_symmetric_cp(6, 3, noise=0.05, random_state=0)


@pytest.fixture(scope="session")
def model(data):
    return OverparamSymmetricCP(alpha=0.05, random_state=0).fit(data.tensor)


def legend_texts(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def tick_texts(labels):
    return [label.get_text() for label in labels]
