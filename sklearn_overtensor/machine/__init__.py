# SPDX-License-Identifier: BSD-3-Clause
"""Where an array lives, what fits in memory, how many threads, which versions."""
