# SPDX-License-Identifier: BSD-3-Clause
"""A machine without PyTorch, for one test."""

import sys

from tensorly.backend.core import Backend


class _Refuse:
    """Import hook that knows no torch."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] == "torch":
            raise ImportError(f"No module named {name!r}")


def hide_torch(monkeypatch):
    """Make ``import torch`` fail, and TensorLy forget that it had succeeded."""
    for name in ("torch", "tensorly.backend.pytorch_backend"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.delitem(Backend._available_backends, "pytorch", raising=False)
    monkeypatch.setattr(sys, "meta_path", [_Refuse(), *sys.meta_path])
