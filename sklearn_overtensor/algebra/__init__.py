# SPDX-License-Identifier: BSD-3-Clause
"""What CP models and symmetric arrays are computed with; no search is known here."""
