# SPDX-License-Identifier: BSD-3-Clause
"""What a saved file takes over from the one it replaces, and what a kill leaves."""

import os
import signal
import stat
import threading

import pytest

from sklearn_overtensor import OverparamSymmetricCP
from sklearn_overtensor.datasets import make_symmetric_cp
from sklearn_overtensor.persistence import file, replacing

pytestmark = pytest.mark.skipif(os.name != "posix", reason="modes, devices and pipes")


def write_and_die(path):
    """In a child of this process: writes a file, and is killed before it is there."""
    os.fsync = lambda descriptor: os.kill(os.getpid(), signal.SIGKILL)
    try:
        file.write_file(path, {}, [])
    finally:
        os._exit(1)


@pytest.fixture(scope="module")
def model():
    tensor = make_symmetric_cp(4, 2, random_state=0).tensor
    return OverparamSymmetricCP(random_state=0).fit(tensor)


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o444, 0o666])
def test_the_mode_is_that_of_the_file_before(mode, model, tmp_path):
    path = tmp_path / "model"
    path.write_bytes(b"old")
    path.chmod(mode)
    model.save(path)
    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away"
)
def test_the_owner_is_that_of_the_file_before(model, tmp_path):
    path = tmp_path / "model"
    path.write_bytes(b"old")
    os.chown(path, 1234, 1235)
    model.save(path)
    assert (path.stat().st_uid, path.stat().st_gid) == (1234, 1235)


def test_the_file_a_link_points_to_is_replaced(model, tmp_path):
    path, link = tmp_path / "model", tmp_path / "link"
    path.write_bytes(b"old")
    link.symlink_to(path)
    model.save(link)
    assert link.is_symlink()
    assert OverparamSymmetricCP.load(path).n_components_ == 2


def test_a_device_stays_a_device(model, tmp_path):
    null = tmp_path / "null"  # not the machine's own, which a failure would replace
    try:
        os.mknod(null, stat.S_IFCHR | 0o666, os.stat(os.devnull).st_rdev)
    except PermissionError:
        pytest.skip("only root makes devices")
    model.save(null)
    assert null.is_char_device()


def test_a_pipe_is_written_to(model, tmp_path):
    pipe, received = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(
        target=lambda: received.append(pipe.read_bytes()), daemon=True
    )
    reader.start()
    model.save(pipe)
    reader.join(timeout=60)
    assert pipe.is_fifo()
    copy = tmp_path / "copy"
    copy.write_bytes(received[0])
    assert OverparamSymmetricCP.load(copy).n_components_ == 2


@pytest.mark.parametrize("nameless", [True, False])
def test_without_nameless_files_it_is_the_same(nameless, model, tmp_path, monkeypatch):
    if not nameless:
        monkeypatch.delattr(os, "O_TMPFILE", raising=False)
    path = tmp_path / "model"
    for _ in range(2):
        model.save(path)
        assert os.listdir(tmp_path) == ["model"]
    assert OverparamSymmetricCP.load(path).n_components_ == 2


@pytest.mark.skipif(not hasattr(os, "O_TMPFILE"), reason="no files without a name")
def test_a_killed_process_leaves_the_old_file_and_nothing_else(tmp_path):
    descriptor, named = replacing._new_file(tmp_path / "hidden")
    os.close(descriptor)
    if named:
        pytest.skip("this file system has no files without a name")
    path = tmp_path / "model"
    path.write_bytes(b"old")
    child = os.fork() or write_and_die(path)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == -signal.SIGKILL
    assert os.listdir(tmp_path) == ["model"]
    assert path.read_bytes() == b"old"
