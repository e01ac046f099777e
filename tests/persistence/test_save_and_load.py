# SPDX-License-Identifier: BSD-3-Clause
"""What save keeps and load gives back: the same estimator, bit for bit."""

import os
import pickle
import stat

import numpy as np
import pandas as pd
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import KFold

from sklearn_overtensor import OverparamSymmetricCP, OverparamSymmetricCPCV, baselines
from sklearn_overtensor.datasets import make_latent_samples, make_symmetric_cp

pytestmark = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
TENSOR = make_symmetric_cp(5, rank=2, random_state=0).tensor
X = make_latent_samples(500, 4, 3, random_state=0).X
BUDGET = {"max_epochs": 2, "max_iter": 50}
SAMPLES = {"order": 4, "statistic": "cumulant", "random_state": 0}

FITTED = {
    "tensor": lambda: OverparamSymmetricCP(random_state=0).fit(TENSOR),
    "samples": lambda: OverparamSymmetricCP(**BUDGET, **SAMPLES).fit(X),
    "float32": lambda: OverparamSymmetricCP(**BUDGET, **SAMPLES).fit(X.astype("f4")),
    "names": lambda: OverparamSymmetricCP(**BUDGET, **SAMPLES).fit(
        pd.DataFrame(X, columns=["a", "ü", "\0c\0", "a name of some length"])
    ),
    "parts": lambda: OverparamSymmetricCP(**BUDGET, **SAMPLES).partial_fit(X),
    "path": lambda: OverparamSymmetricCPCV(
        alphas=np.array([0.1, 0.3]), cv=2, **BUDGET, **SAMPLES
    ).fit(X),
    "splits": lambda: OverparamSymmetricCPCV(
        alphas=(0.1,), cv=list(KFold(2).split(X)), **BUDGET, **SAMPLES
    ).fit(X),
    **{
        name: lambda name=name: getattr(baselines, name)(2, random_state=0).fit(TENSOR)
        for name in baselines.__all__
        if name != "FOOBICP"
    },
    "FOOBICP": lambda: baselines.FOOBICP(2, **SAMPLES).fit(X),
}


def assert_same(first, second):
    """Equal values of equal types, through lists, tuples and dicts."""
    assert type(first) is type(second)
    if isinstance(first, dict):
        assert list(first) == list(second)
        first, second = list(first.values()), list(second.values())
    if isinstance(first, list | tuple):
        assert len(first) == len(second)
        for pair in zip(first, second, strict=True):
            assert_same(*pair)
    elif isinstance(first, np.ndarray | np.generic):
        assert first.dtype == second.dtype
        np.testing.assert_array_equal(first, second)
    else:
        assert first == second or first != first


def without_parts(model):
    return {name: v for name, v in vars(model).items() if name != "_accumulated"}


@pytest.mark.parametrize("kind", FITTED)
def test_everything_comes_back(kind, tmp_path):
    model = FITTED[kind]()
    model.save(tmp_path / "model.npz")
    loaded = type(model).load(tmp_path / "model.npz")
    assert type(loaded) is type(model)
    assert set(vars(loaded)) == set(vars(model))
    for name, value in without_parts(model).items():
        assert_same(value, vars(loaded)[name])
    rows = np.linspace(-1, 1, 3 * model.n_features_in_).reshape(3, -1)
    rows = pd.DataFrame(rows, columns=getattr(model, "feature_names_in_", None))
    if kind != "names":
        rows = rows.to_numpy()
    assert_same(model.transform(rows), loaded.transform(rows))
    assert_same(model.get_feature_names_out(), loaded.get_feature_names_out())


@pytest.mark.parametrize("statistic", ["moment", "cumulant"])
def test_parts_go_on_where_they_were(statistic, tmp_path):
    settings = {**BUDGET, **SAMPLES, "statistic": statistic}
    model = OverparamSymmetricCP(**settings).partial_fit(X[:200].astype("f4"))
    model.save(tmp_path / "model")
    loaded = OverparamSymmetricCP.load(tmp_path / "model")
    model.partial_fit(X[200:], np.arange(300))
    loaded.partial_fit(X[200:], np.arange(300))
    for name, value in without_parts(model).items():
        assert_same(value, vars(loaded)[name])
    assert loaded.n_samples_seen_ == 500


def test_a_loaded_model_is_the_start_of_a_warm_one(tmp_path):
    model = OverparamSymmetricCP(warm_start=True, random_state=0).fit(TENSOR)
    model.save(tmp_path / "model")
    loaded = OverparamSymmetricCP.load(tmp_path / "model")
    np.testing.assert_array_equal(
        loaded.fit(TENSOR).components_, model.fit(TENSOR).components_
    )


def test_a_generator_goes_on_where_it_was(tmp_path):
    seed = np.random.RandomState(3)
    model = OverparamSymmetricCP(random_state=seed).fit(TENSOR)
    seed.standard_normal(3)  # one of a pair of normal numbers is kept for later
    model.save(tmp_path / "model")
    loaded = OverparamSymmetricCP.load(tmp_path / "model").random_state
    assert loaded is not seed
    np.testing.assert_array_equal(loaded.standard_normal(5), seed.standard_normal(5))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, -0.0, 5e-324, 0.1])
def test_numbers_that_json_lacks(value, tmp_path):
    model = OverparamSymmetricCP(random_state=0).fit(TENSOR)
    model.extra_ = value
    model.tol, model.alpha = np.float32(value), np.array(value)
    model.save(tmp_path / "model")
    loaded = OverparamSymmetricCP.load(tmp_path / "model")
    for name in ("extra_", "tol", "alpha"):
        assert_same(getattr(loaded, name), getattr(model, name))
    assert np.signbit(loaded.extra_) == np.signbit(value)


def test_the_container_of_set_output_is_kept(tmp_path):
    model = OverparamSymmetricCP(**BUDGET, **SAMPLES).fit(X)
    model.set_output(transform="pandas").save(tmp_path / "model")
    codes = OverparamSymmetricCP.load(tmp_path / "model").transform(X)
    pd.testing.assert_frame_equal(codes, model.transform(X))


def test_a_class_of_your_own(tmp_path):
    class Mine(OverparamSymmetricCP):
        pass

    Mine(random_state=0).fit(TENSOR).save(tmp_path / "model")
    assert type(Mine.load(tmp_path / "model")) is Mine


def test_equal_models_give_equal_files_that_numpy_opens(tmp_path):
    for name in ("one", "two"):
        OverparamSymmetricCP(random_state=0).fit(TENSOR).save(tmp_path / name)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    with np.load(tmp_path / "one", allow_pickle=False) as archive:
        arrays = [archive[name] for name in archive.files if name != "header.json"]
    components = OverparamSymmetricCP.load(tmp_path / "one").components_
    assert any(np.array_equal(array, components) for array in arrays)


def test_nothing_is_pickled_or_unpickled(tmp_path, monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("pickle was used")

    model = OverparamSymmetricCP(**BUDGET, **SAMPLES).partial_fit(X)
    for name in ("dump", "dumps", "load", "loads"):
        monkeypatch.setattr(pickle, name, refuse)
    model.save(tmp_path / "model")
    OverparamSymmetricCP.load(tmp_path / "model")


@pytest.mark.parametrize("as_path", [str, lambda path: path])
def test_the_name_is_taken_as_it_is(as_path, tmp_path):
    path = tmp_path / "a model"
    OverparamSymmetricCP(random_state=0).fit(TENSOR).save(as_path(path))
    assert os.listdir(tmp_path) == ["a model"]
    OverparamSymmetricCP.load(as_path(path))


@pytest.mark.skipif(os.name != "posix", reason="permissions and links of POSIX")
def test_a_file_like_any_other(tmp_path):
    plain, path, link = (tmp_path / name for name in ("plain", "model", "link"))
    plain.touch()
    path.touch()
    link.symlink_to(path)
    OverparamSymmetricCP(random_state=0).fit(TENSOR).save(link)
    assert link.is_symlink()
    OverparamSymmetricCP.load(path)
    assert stat.S_IMODE(path.stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "model"
    model = OverparamSymmetricCP(random_state=0).fit(TENSOR)
    model.save(path)
    before = path.read_bytes()

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    model.alpha = 0.5
    with pytest.raises(OSError, match="No space"):
        model.save(path)
    assert os.listdir(tmp_path) == ["model"]
    assert path.read_bytes() == before


def test_what_cannot_be_saved_is_named_and_writes_nothing(tmp_path):
    model = OverparamSymmetricCPCV(alphas=[0.1], cv=KFold(2), **BUDGET, **SAMPLES).fit(
        X
    )
    with pytest.raises(TypeError, match=r"cv of Over.*CV.*KFold.*set_params\(cv=None"):
        model.save(tmp_path / "model")
    model.set_params(cv=2, random_state=np.random.RandomState(np.random.PCG64(0)))
    with pytest.raises(TypeError, match=r"random_state of .*PCG64"):
        model.save(tmp_path / "model")
    model.set_params(random_state=0, alphas=np.array([{}]))
    with pytest.raises(TypeError, match=r"alphas of .*dtype object"):
        model.save(tmp_path / "model")
    assert not os.listdir(tmp_path)


def test_not_before_fit(tmp_path):
    with pytest.raises(NotFittedError):
        OverparamSymmetricCP().save(tmp_path / "model")
    assert not os.listdir(tmp_path)


def test_no_folder(tmp_path):
    model = OverparamSymmetricCP(random_state=0).fit(TENSOR)
    with pytest.raises(FileNotFoundError, match=r"no folder .*absent: create it"):
        model.save(tmp_path / "absent" / "model")
