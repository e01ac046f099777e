# SPDX-License-Identifier: BSD-3-Clause
"""The version, alone in a file so that the build reads it without any import."""

__version__ = "0.1.0.dev0"
