# SPDX-License-Identifier: BSD-3-Clause
"""The pages of the documentation as text."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "sklearn_overtensor"


def page(name):
    return (ROOT / "doc" / f"{name}.rst").read_text(encoding="utf-8")
