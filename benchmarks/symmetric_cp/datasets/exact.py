# SPDX-License-Identifier: BSD-3-Clause
"""Exact symmetric tensors with known terms; ``seed`` draws the terms."""

from benchmark_utils.families import FAMILIES
from benchopt import BaseDataset


class Dataset(BaseDataset):
    name = "exact"
    parameters = {"family": list(FAMILIES), "seed": [0, 1, 2, 3, 4]}  # noqa: RUF012
    test_parameters = {"family": ["gaussian-20-5-3"], "seed": [0]}  # noqa: RUF012

    def get_data(self):
        tensor, weights, components = FAMILIES[self.family].make(self.seed)
        return {
            "tensor": tensor,
            "weights": weights,
            "components": components,
            "seed": self.seed,
        }
