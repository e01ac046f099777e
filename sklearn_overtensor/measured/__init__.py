# SPDX-License-Identifier: BSD-3-Clause
"""Terms from measurements of a tensor, or of several, that are not held."""

from .decompose import decompose_measured
from .polynomial import polynomial_of
from .rows import RowMeasurements
from .solve import MeasuredOptions, solve_measured
from .summary import Summary, SummaryMeasurements, summary_of

__all__ = [
    "MeasuredOptions",
    "RowMeasurements",
    "Summary",
    "SummaryMeasurements",
    "decompose_measured",
    "polynomial_of",
    "solve_measured",
    "summary_of",
]
