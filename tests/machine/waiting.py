# SPDX-License-Identifier: BSD-3-Clause
"""Counts the places where a computation waits for a GPU, on tensors of the CPU.

Operations on a GPU are queued, and Python goes on until it asks for a number: then it
waits for all of them. On the CPU the same calls do no harm, and can be counted.
"""

from unittest.mock import patch

import torch
from torch.utils._python_dispatch import TorchDispatchMode

# What hands numbers to Python, or has a size that depends on numbers.
ASKING = ("_local_scalar_dense", "equal", "masked_select", "nonzero")


class Waits(TorchDispatchMode):
    """Counts within a ``with`` block: ``waits.count``."""

    def __init__(self):
        super().__init__()
        self.count = 0
        self._numpy = patch.object(torch.Tensor, "numpy", self._counted())

    @classmethod
    def _should_skip_dynamo(cls):
        """Nothing is compiled here; to shield it would import torch's compiler."""
        return False

    def __enter__(self):
        self._numpy.start()
        return super().__enter__()

    def __exit__(self, *error):
        self._numpy.stop()
        return super().__exit__(*error)

    def __torch_dispatch__(self, function, types, args=(), kwargs=None):
        name = function.name().removeprefix("aten::").split(".")[0]
        self.count += name in ASKING
        return function(*args, **(kwargs or {}))

    def _counted(self):
        original = torch.Tensor.numpy

        def numpy(tensor, *arguments, **options):
            self.count += 1
            return original(tensor, *arguments, **options)

        return numpy
