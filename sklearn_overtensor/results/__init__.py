# SPDX-License-Identifier: BSD-3-Clause
"""What a search leaves: its terms, their residual, how it ended."""
