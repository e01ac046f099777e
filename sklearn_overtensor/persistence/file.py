# SPDX-License-Identifier: BSD-3-Clause
"""The file of a model: JSON and arrays in an npz archive, with a checksum.

An npz archive is an uncompressed zip of npy files. Ours has ``header.json`` beside
them, which holds the version of this format, the checksum and the content: all that is
not an array. ``numpy.load`` opens it.
"""

import hashlib
import json
import math
import os
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np

from .replacing import replacing
from .values import ARRAY_KINDS

FORMAT = "sklearn-overtensor model"
FORMAT_VERSION = 1  # raised when an older package could not read what is written
HEADER = "header.json"


def write_file(path, content, arrays):
    """Write a JSON-able ``content`` and a list of arrays; the same input, same bytes.

    A file of that name is replaced at once by a complete one, or stays as it is.
    """
    path = Path(os.path.realpath(path))
    if not path.parent.is_dir():
        raise FileNotFoundError(f"There is no folder {path.parent}: create it first.")
    members = {_member(i): _npy_bytes(array) for i, array in enumerate(arrays)}
    header = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "sha256": _checksum(content, members),
        "content": content,
    }
    with replacing(path) as file, zipfile.ZipFile(file, "w") as archive:
        for name, data in {HEADER: _canonical(header), **members}.items():
            archive.writestr(zipfile.ZipInfo(name), data)


def read_file(path, build):
    """What ``build(content, arrays)`` makes of a file.

    Raises ``OSError`` when it cannot be opened, and ``ValueError`` when it is not what
    ``write_file`` wrote, or ``build`` can make nothing of it.
    """
    with Path(path).open("rb") as file:
        try:
            return build(*_read(file))
        except MemoryError:
            raise
        except Refused as error:
            raise ValueError(f"{os.fspath(path)} {error}") from None
        except Exception as error:  # damage shows in any layer: zip, npy, JSON, text
            raise ValueError(
                f"{os.fspath(path)} is damaged or not a saved model "
                f"({type(error).__name__}: {error}). Save the model again, or copy the "
                "file again from where it was saved."
            ) from error


class Refused(ValueError):
    """Why a file that can be read is not accepted; the path comes before."""


def _read(file):
    members = _read_members(file)
    header = json.loads(members.pop(HEADER))
    if header["format"] != FORMAT:
        raise Refused(f"is not a saved model: its format is {header['format']!r}.")
    version = header["format_version"]
    if version > FORMAT_VERSION:
        raise Refused(
            f"has the format version {version}, and this version of "
            f"sklearn-overtensor reads up to {FORMAT_VERSION}: update the package."
        )
    content = header["content"]
    if header["sha256"] != _checksum(content, members):
        raise Refused(
            "has changed since it was saved: its checksum does not match. Save the "
            "model again, or copy the file again from where it was saved."
        )
    return content, [_array(members[_member(i)]) for i in range(len(members))]


def _read_members(file):
    """The bytes of all members, after a check that there are no more than it has."""
    size = os.fstat(file.fileno()).st_size
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        # Nothing is compressed, so a small file cannot claim to be a large one.
        if any(member.compress_type != zipfile.ZIP_STORED for member in members):
            raise Refused("is compressed, and a saved model is not.")
        if sum(member.file_size for member in members) > size:
            raise ValueError("its parts claim to be larger than the whole")
        return {member.filename: archive.read(member) for member in members}


def _array(data):
    """The array of an npy file, after a check that it is as large as it says."""
    stream = BytesIO(data)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError("an array in a format that is not read")
    shape, _, dtype = np.lib.format.read_array_header_1_0(stream)
    # Of entries without a byte any number would fit.
    if dtype.kind not in ARRAY_KINDS or dtype.itemsize == 0:
        raise ValueError(f"an array of the dtype {dtype}")
    if math.prod(shape) * dtype.itemsize != len(data) - stream.tell():
        raise ValueError(f"an array of the shape {shape} with too few or many bytes")
    stream.seek(0)
    return np.lib.format.read_array(stream, allow_pickle=False)


def _member(index):
    return f"array_{index}.npy"


def _npy_bytes(array):
    stream = BytesIO()
    np.lib.format.write_array(stream, array, version=(1, 0), allow_pickle=False)
    return stream.getvalue()


def _canonical(content):
    """JSON that is the same for equal content, in ASCII, without NaN."""
    return json.dumps(content, sort_keys=True, allow_nan=False).encode()


def _checksum(content, members):
    """SHA-256 over all that matters: JSON, and each npy file with dtype and shape."""
    digest = hashlib.sha256(_canonical(content))
    for name, data in sorted(members.items()):
        digest.update(f"\0{name}\0{len(data)}\0".encode())
        digest.update(data)
    return digest.hexdigest()
