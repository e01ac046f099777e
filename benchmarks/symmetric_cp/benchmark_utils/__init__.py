# SPDX-License-Identifier: BSD-3-Clause
"""What datasets and solvers of this benchmark share."""
