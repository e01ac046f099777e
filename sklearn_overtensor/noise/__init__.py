# SPDX-License-Identifier: BSD-3-Clause
"""What noise alone can look like, and how far it moves the terms."""
