# SPDX-License-Identifier: BSD-3-Clause
"""Small intersphinx inventories, kept as text, for a build without a network.

Each ``NAME.txt`` starts with the address of that project's documentation; every
other line is an entry of a Sphinx inventory: name, domain:role, priority, page and the
text to show (``-``: the name). ``$`` at the end of a page stands for the name.
"""

import zlib

HEADER = (
    "# Sphinx inventory version 2\n"
    "# Project: {name}\n"
    "# Version: \n"
    "# The remainder of this file is compressed using zlib.\n"
)


def build_inventories(source, target, online=False):
    """Write ``NAME.inv`` files and return the value of ``intersphinx_mapping``."""
    target.mkdir(parents=True, exist_ok=True)
    mapping = {}
    for path in sorted(source.glob("*.txt")):
        url, *entries = [
            line
            for line in path.read_text(encoding="utf-8").splitlines()
            if line and not line.startswith("#")
        ]
        inventory = target / f"{path.stem}.inv"
        inventory.write_bytes(
            HEADER.format(name=path.stem).encode()
            + zlib.compress("".join(f"{entry}\n" for entry in entries).encode())
        )
        local = str(inventory)
        mapping[path.stem] = (url, (None, local) if online else local)
    return mapping
