# SPDX-License-Identifier: BSD-3-Clause
"""scikit-learn's faces: check the input, build a target, solve, keep NumPy results."""
