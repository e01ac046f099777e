# SPDX-License-Identifier: BSD-3-Clause
"""Files that are no saved model: a clear error, never another model."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from sklearn_overtensor import OverparamSymmetricCP, __version__
from sklearn_overtensor.baselines import TensorLyCP
from sklearn_overtensor.persistence import file

from .common import contents, refused

FIRST_FORMAT = Path(__file__).parent / "model_format_1.npz"


def same(first, second):
    """Whether two models have the same parameters and fitted attributes."""
    return vars(first).keys() == vars(second).keys() and all(
        type(value) is type(vars(second)[name])
        and np.array_equal(value, vars(second)[name])
        for name, value in vars(first).items()
    )


def test_missing(path):
    with pytest.raises(FileNotFoundError, match=r"model\.npz"):
        OverparamSymmetricCP.load(path)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 0.9, 0.999])
def test_truncated(model, path, share):
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    refused(path, "is damaged or not a saved model.*Save the model again")


@pytest.mark.parametrize(
    "data", [b"", b"text", b"\x80\x04N.", b"PK\x05\x06" + 18 * b"\0"]
)
def test_another_kind_of_file(path, data):
    path.write_bytes(data)
    refused(path, "is damaged or not a saved model")


def test_an_npz_of_someone_else(path):
    np.savez(path, components=np.eye(3))
    refused(path, r"is damaged or not a saved model .*header\.json")


def test_no_byte_can_change_the_numbers(model, path):
    """Flips everywhere: an error, or, in a byte that says nothing, the same model."""
    data = path.read_bytes()
    rng = np.random.default_rng(0)
    found = 0
    for _ in range(600):
        changed = bytearray(data)
        for position in rng.integers(len(data), size=rng.integers(1, 4)):
            changed[position] ^= rng.integers(1, 256)
        path.write_bytes(changed)
        try:
            loaded = OverparamSymmetricCP.load(path)
        except ValueError:
            found += 1
        else:
            assert same(loaded, model)
    assert found > 300


def test_every_byte_of_the_arrays_counts(model, path):
    data = path.read_bytes()
    for array in (model.components_, model.weights_, model.loss_curve_):
        start = data.index(array.tobytes())
        for position in range(start, start + array.nbytes):
            changed = bytearray(data)
            changed[position] ^= 1
            path.write_bytes(changed)
            refused(path, "damaged|has changed since it was saved")


def rewrite(path, change):
    """Change members of the archive; its CRC-32s are those of the new ones."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)


def edit_header(members, **changes):
    header = json.loads(members["header.json"])
    members["header.json"] = json.dumps({**header, **changes}).encode()


def edit_parameter(members):
    content = json.loads(members["header.json"])["content"]
    content["parameters"]["alpha"] = 0.5
    edit_header(members, content=content)


def swap_arrays(members):
    first, second = "array_0.npy", "array_1.npy"
    members[first], members[second] = members[second], members[first]


def add_member(members):
    members["array_99.npy"] = members["array_0.npy"]


def other_number(members):
    array = np.load(io.BytesIO(members["array_0.npy"]))
    stream = io.BytesIO()
    np.save(stream, 2 * array)
    members["array_0.npy"] = stream.getvalue()


def other_shape(members):
    data = members["array_1.npy"]
    assert b"(2, 4)" in data
    members["array_1.npy"] = data.replace(b"(2, 4)", b"(4, 2)")


@pytest.mark.parametrize(
    "change",
    [
        edit_parameter,
        swap_arrays,
        add_member,
        other_number,
        other_shape,
        lambda members: members.pop("array_0.npy"),
    ],
)
def test_tampered(model, path, change):
    rewrite(path, change)
    refused(path, "has changed since it was saved: its checksum")


def test_a_newer_format(model, path):
    rewrite(path, lambda members: edit_header(members, format_version=2))
    refused(path, "has the format version 2, .* reads up to 1: update the package")


def test_another_format(model, path):
    rewrite(path, lambda members: edit_header(members, format="other"))
    refused(path, "is not a saved model: its format is 'other'")


def test_another_class(model, path):
    with pytest.raises(
        ValueError,
        match=r"holds the estimator OverparamSymmetricCP, not TensorLyCP: "
        r"call OverparamSymmetricCP\.load",
    ):
        TensorLyCP.load(path)


def test_parameters_of_a_newer_version(model, path):
    content, arrays = contents(path)
    content["parameters"]["momentum"] = 0.9
    content["package_version"] = "99.0"
    file.write_file(path, content, arrays)
    refused(path, rf"version 99\.0.*in version {__version__}: momentum\. Update")


def test_parameters_of_an_older_version(model, path):
    content, arrays = contents(path)
    del content["parameters"]["contraction"]
    file.write_file(path, content, arrays)
    assert OverparamSymmetricCP.load(path).contraction == "auto"


def test_a_file_of_the_first_format_is_read():
    """The file stays as it is: whoever changes the format reads it still."""
    model = OverparamSymmetricCP.load(FIRST_FORMAT)
    assert model.get_params()["alpha"] == 0.002
    assert isinstance(model.random_state, np.random.RandomState)
    assert model.components_.dtype == model.weights_.dtype == np.float32
    assert list(model.feature_names_in_) == ["a", "b", "c"]
    np.testing.assert_allclose(model.weights_, [2.0, 1.0], rtol=1e-5)
    np.testing.assert_allclose(abs(model.components_), np.eye(3)[:2], atol=1e-5)
    assert model.n_samples_seen_ == 2
    third = pd.DataFrame([[0.0, 0.0, 1.0]], columns=list("abc"))
    assert model.partial_fit(third).n_components_ == 3


def npy(shape, dtype="<f8", data=b""):
    stream = io.BytesIO()
    header = {"descr": dtype, "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_1_0(stream, header)
    return stream.getvalue() + data


@pytest.mark.parametrize(
    "data",
    [
        npy((10**15,)),
        npy((10**6, 10**12)),
        npy((10**15,), "<U0"),
        npy((1,), "<c16", bytes(16)),
        npy((2,), data=bytes(8)),
        npy((1,), data=bytes(16)),
        npy((-1,), data=bytes(8)),
        npy((1,), "|O", bytes(8)),
        npy((1,), [("a", "<f8")], bytes(8)),
        npy((1,), data=bytes(8)).replace(b"\x01\x00", b"\x02\x00", 1),
        b"no array",
    ],
)
def test_sizes_are_checked_before_anything_is_allocated(model, path, data):
    def change(members):
        members["array_0.npy"] = data
        header = json.loads(members["header.json"])
        arrays = {name: members[name] for name in members if name != "header.json"}
        edit_header(members, sha256=file._checksum(header["content"], arrays))

    rewrite(path, change)
    refused(path, "is damaged or not a saved model")


def test_a_zip_bomb_is_not_unpacked(path):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("header.json", bytes(50_000_000))
    refused(path, "is compressed, and a saved model is not")


def test_parts_larger_than_the_file(model, path):
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        largest = max(archive.infolist(), key=lambda member: member.file_size)
        size = largest.file_size
    entry = data.index(b"PK\x01\x02")
    for claimed in (size * 1000, 2**32 - 2):
        changed = bytearray(data)
        for offset in (20, 24):  # the sizes of the first entry of the directory
            at = entry + offset
            changed[at : at + 4] = claimed.to_bytes(4, "little")
        path.write_bytes(changed)
        refused(path, "larger than the whole")
