# SPDX-License-Identifier: BSD-3-Clause
"""Fitted models in files, without pickle: nothing in a file is ever executed."""

from .mixin import PersistenceMixin, is_fitted_attribute

__all__ = ["PersistenceMixin", "is_fitted_attribute"]
