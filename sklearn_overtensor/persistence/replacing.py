# SPDX-License-Identifier: BSD-3-Clause
"""A file that takes the place of another in one step, with its mode and its owner."""

import contextlib
import os
import secrets
import stat

# Where Linux shows the open files of a process; the way to name one that has no name.
OPEN_FILES = "/proc/self/fd"


@contextlib.contextmanager
def replacing(path):
    """Open a file to write that becomes ``path`` once it is complete, or never.

    Where the system has files without a name (Linux, most file systems), a process that
    is killed while it writes leaves nothing; elsewhere a hidden file may stay.

    Parameters
    ----------
    path : Path
        Its links are followed already. A device or a pipe is written to, not replaced.
    """
    if path.exists() and not path.is_file():
        with path.open("wb") as file:
            yield file
        return
    hidden = path.with_name(f".saving-{secrets.token_hex(8)}")
    descriptor, named = _new_file(hidden)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _take_over(path, descriptor)
            yield file
            file.flush()
            os.fsync(descriptor)
            if not named:
                _give_name(descriptor, hidden)
        hidden.replace(path)
    except BaseException:
        hidden.unlink(missing_ok=True)
        raise


def _new_file(hidden):
    """A descriptor of a new file in that folder, and whether it has the name."""
    if hasattr(os, "O_TMPFILE") and os.path.isdir(OPEN_FILES):
        # Not every file system has such files.
        with contextlib.suppress(OSError):
            return os.open(hidden.parent, os.O_TMPFILE | os.O_WRONLY, 0o666), False
    # O_BINARY: Windows would change ends of lines.
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | getattr(os, "O_BINARY", 0)
    return os.open(hidden, flags, 0o666), True


def _give_name(descriptor, hidden):
    # With a folder given, though it is not used, Python follows the link.
    folder = os.open(hidden.parent, os.O_RDONLY)
    try:
        os.link(f"{OPEN_FILES}/{descriptor}", hidden, src_dir_fd=folder)
    finally:
        os.close(folder)


def _take_over(path, descriptor):
    """Give a new file what the one that it replaces has: its owner and its mode."""
    if not (path.exists() and hasattr(os, "fchown")):
        return
    old = path.stat()
    with contextlib.suppress(PermissionError):  # another's file in a shared folder
        os.fchown(descriptor, old.st_uid, old.st_gid)
    os.fchmod(descriptor, stat.S_IMODE(old.st_mode))
