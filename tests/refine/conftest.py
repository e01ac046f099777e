# SPDX-License-Identifier: BSD-3-Clause
"""Each test on odd orders and an even one."""

import pytest


@pytest.fixture(params=[3, 4, 5])
def order(request):
    return request.param
