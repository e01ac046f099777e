# SPDX-License-Identifier: BSD-3-Clause
"""A small model, saved."""

import pytest

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.datasets import make_symmetric_cp

TENSOR = make_symmetric_cp(4, rank=2, random_state=0).tensor


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.npz"


@pytest.fixture
def model(path):
    model = OverparamSymmetricCP(random_state=0).fit(TENSOR)
    model.loss_curve_ = model.loss_curve_[:5]  # small files, whose every part is hit
    model.save(path)
    return model
