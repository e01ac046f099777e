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
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.persistence import file
from sklearn_overtensor.persistence.values import encode

TENSOR = make_symmetric_cp(4, rank=2, random_state=0).tensor
FIRST_FORMAT = Path(__file__).parent / "model_format_1.npz"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "model.npz"


@pytest.fixture
def model(path):
    model = OverparamSymmetricCP(random_state=0).fit(TENSOR)
    model.loss_curve_ = model.loss_curve_[:5]  # small files, whose every part is hit
    model.save(path)
    return model


def refused(path, message):
    with pytest.raises(ValueError, match=message) as caught:
        OverparamSymmetricCP.load(path)
    assert str(caught.value).startswith(str(path))


def contents(path):
    """What a file holds, as JSON and arrays."""
    return file.read_file(path, lambda *parts: parts)


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


# Files with a right checksum that save does not write: someone made them by hand.


def forged_code(code):
    def change(content, arrays):
        content["fitted"]["status_"] = code

    return change


def no_components(content, arrays):
    del content["fitted"]["components_"]


def wrong_shape(content, arrays):
    arrays[content["fitted"]["weights_"]["array"]] = np.ones(7)


def a_method(content, arrays):
    content["fitted"]["transform"] = "text"


def a_property(content, arrays):
    content["fitted"]["cp_tensor_"] = "text"


def not_a_dict(content, arrays):
    content["parameters"] = []


@pytest.mark.parametrize(
    "forge",
    [
        forged_code({"array": 99}),
        forged_code({"array": "os"}),
        forged_code({"module": "os"}),
        forged_code({"array": 0, "scalar": 0}),
        forged_code({"random_state": [1, 2]}),
        no_components,
        wrong_shape,
        a_method,
        a_property,
        not_a_dict,
    ],
)
def test_forged(model, path, forge):
    content, arrays = contents(path)
    forge(content, arrays)
    file.write_file(path, content, arrays)
    refused(path, "is damaged or not a saved model")


def changed(name, change):
    """Another array in place of a fitted one."""

    def forge(content, arrays):
        index = content["fitted"][name]["array"]
        arrays[index] = change(arrays[index])

    return forge


def replaced(name, value):
    """Another value in place of a fitted one."""

    def forge(content, arrays):
        content["fitted"][name] = encode(value, arrays)

    return forge


def output(value):
    def forge(content, arrays):
        content["output"] = value

    return forge


def with_nan(array):
    return np.where(np.arange(array.size).reshape(array.shape) == 1, np.nan, array)


@pytest.mark.parametrize(
    ("forge", "message"),
    [
        (changed("weights_", lambda w: w.astype(str)), "weights_ is not an array of"),
        (changed("weights_", lambda w: w.astype(int)), "weights_ is not an array of"),
        (changed("weights_", with_nan), "weights_ holds NaN or infinity"),
        (changed("components_", lambda c: c.T), "components_ is not an array of"),
        (changed("components_", with_nan), "components_ holds NaN or infinity"),
        (changed("mean_", lambda m: m + np.inf), "mean_ holds NaN or infinity"),
        (changed("weights_std_", lambda w: w[:1]), "weights_std_ is not an array"),
        (replaced("order_", 2), "order_ is 2, not a whole number from 3 on"),
        (replaced("order_", "3"), "order_ is '3', not a whole number"),
        (replaced("order_", 3.0), r"order_ is 3\.0, not a whole number"),
        (replaced("n_components_", True), "n_components_ is True, not a whole"),
        (replaced("n_iter_", -1), "n_iter_ is -1, not a whole number from 0 on"),
        (replaced("reconstruction_err_", -1.0), "reconstruction_err_ is -1.0, not a"),
        (replaced("alpha_", "text"), "alpha_ is 'text', not a number"),
        (replaced("status_", "good"), "status_ is 'good', not one of"),
        (replaced("contraction_", 3), "contraction_ is 3, not one of"),
        (replaced("feature_names_in_", ["a", "b"]), "are not 4 names"),
        (replaced("feature_names_in_", ["a", "b", "c", 4]), "are not 4 names"),
        (output("text"), "the output 'text' is not one of"),
        (output(["pandas"]), "the output .* is not one of"),
    ],
)
def test_what_no_fit_leaves_is_refused(model, path, forge, message):
    content, arrays = contents(path)
    forge(content, arrays)
    file.write_file(path, content, arrays)
    refused(path, "is damaged or not a saved model.*" + message)


def of_the_parts(**changes):
    """Other values in what partial_fit has accumulated."""

    def forge(content, arrays):
        ((_, items),) = content["private"]["accumulated"].items()
        for item in items:
            if item[0] in changes:
                item[1] = encode(changes[item[0]], arrays)

    return forge


@pytest.mark.parametrize(
    ("forge", "message"),
    [
        (of_the_parts(order=2), "order is 2"),
        (of_the_parts(dtype="float16"), "dtype is 'float16'"),
        (of_the_parts(weight=-1.0), r"weight is -1\.0"),
        (of_the_parts(weight=np.nan), "weight is nan"),
        (of_the_parts(mean=np.zeros(5)), "mean is not an array of 3 finite"),
        (of_the_parts(mean=np.full(3, np.nan)), "mean is not an array of 3 finite"),
        (of_the_parts(moments={}), "there is no moment of order 3"),
        (of_the_parts(moments={3: np.ones(3)}), "the moment of order 3 is not an"),
        (of_the_parts(n_features=2, mean=np.zeros(2), weight=0.0, moments={}), "other"),
    ],
)
def test_parts_that_no_samples_lead_to_are_refused(path, forge, message):
    X = np.random.default_rng(0).exponential(size=(20, 3))
    OverparamSymmetricCP(rank=1, random_state=0).partial_fit(X).save(path)
    OverparamSymmetricCP.load(path)
    content, arrays = contents(path)
    forge(content, arrays)
    file.write_file(path, content, arrays)
    refused(path, "is damaged or not a saved model.*" + message)


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
