# SPDX-License-Identifier: BSD-3-Clause
"""Restarts, paths and folds around a search: the functions that users call."""
