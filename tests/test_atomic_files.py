"""The files of a run appear whole, all together, or not at all."""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from command_line import snapshot
from icredit.errors import OutputError
from icredit.output.atomic import FileGroup, refuse_overwriting_inputs
from icredit.output.failures import output_errors

Patch = pytest.MonkeyPatch


def fail_once_at(monkeypatch: Patch, target: Path, error: BaseException) -> None:
    """Make the first renaming or removal that concerns a file fail; later ones, which put things back, work."""
    failed: list[str] = []

    def failing(function: Callable[..., Any]) -> Callable[..., Any]:
        def replaced(*args: Any, **kwargs: Any) -> Any:
            if not failed and any(isinstance(arg, str | os.PathLike) and os.fspath(arg) == str(target) for arg in args):
                failed.append(str(target))
                raise error
            return function(*args, **kwargs)

        return replaced

    for name in ("replace", "rename", "unlink", "remove"):
        monkeypatch.setattr(os, name, failing(getattr(os, name)))


@pytest.fixture
def standing(tmp_path: Path) -> Path:
    """A folder with the files of an earlier run, an hour old."""
    for name in ("scores.csv", "scores.rejects.csv", "scores.manifest.json"):
        path = tmp_path / name
        path.write_text(f"old {name}")
        os.utime(path, (1_700_000_000, 1_700_000_000))
    return tmp_path


def write_all(folder: Path) -> None:
    """Put a new table and a new manifest in place and let the rejects go."""
    with FileGroup() as group:
        group.stage(folder / "scores.csv").write_text("new table")
        group.remove(folder / "scores.rejects.csv")
        group.write_text(folder / "scores.manifest.json", "new manifest")
        group.commit()


def test_a_committed_group(standing: Path) -> None:
    """After the commit new files stand there, stale ones are gone, and nothing else is left behind."""
    write_all(standing)

    assert {name: found and found[0] for name, found in snapshot(standing).items()} == {
        "scores.csv": b"new table",
        "scores.manifest.json": b"new manifest",
    }


def test_nothing_is_visible_before_the_commit(standing: Path) -> None:
    """While files are being written the old ones stand untouched, and no new name is seen by `ls` or a pattern."""
    before = snapshot(standing)
    with FileGroup() as group:
        group.stage(standing / "scores.csv").write_text("new")
        group.stage(standing / "other.csv").write_text("new")
        group.remove(standing / "scores.rejects.csv")

        now = snapshot(standing)
        assert {name: now[name] for name in before} == before
        assert all(name.startswith(".icredit-") for name in set(now) - set(before))

    assert snapshot(standing) == before


def test_without_a_commit_nothing_changes(standing: Path) -> None:
    """A block that ends by an exception, or that forgets to commit, leaves everything as it was."""
    before = snapshot(standing)

    def fail_in_the_middle() -> None:
        with FileGroup() as group:
            group.stage(standing / "scores.csv").write_text("new")
            raise RuntimeError("in the middle")

    with pytest.raises(RuntimeError, match="in the middle"):
        fail_in_the_middle()

    assert snapshot(standing) == before


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()], ids=["full", "interrupted"])
@pytest.mark.parametrize("at", ["scores.csv", "scores.manifest.json", "scores.rejects.csv"])
def test_a_failure_while_files_are_put_in_place(
    standing: Path, monkeypatch: Patch, error: BaseException, at: str
) -> None:
    """When one file of the group cannot take its place, all keep what they held, to the second of their last change."""
    before = snapshot(standing)
    fail_once_at(monkeypatch, standing / at, error)

    with pytest.raises((OutputError, KeyboardInterrupt)):
        write_all(standing)

    monkeypatch.undo()
    assert snapshot(standing) == before


@pytest.mark.parametrize("number", [1, 2])
def test_a_disk_that_is_full_when_files_are_synced(standing: Path, monkeypatch: Patch, number: int) -> None:
    """A disk that cannot take the bytes is noticed before any file is replaced."""
    before = snapshot(standing)
    real, calls = os.fsync, []

    def fsync(handle: int) -> None:
        calls.append(handle)
        if len(calls) == number:
            raise OSError(errno.ENOSPC, "No space left on device")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OutputError, match="no space left on the disk"):
        write_all(standing)

    assert snapshot(standing) == before


def test_a_disk_that_is_full_when_a_file_is_begun(standing: Path, monkeypatch: Patch) -> None:
    """A folder that takes no new file is told as an error about the file asked for."""
    before = snapshot(standing)

    def no_space(*args: object, **kwargs: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "open", no_space)
    with pytest.raises(OutputError, match=r"scores\.csv: cannot be written: no space left on the disk"):
        write_all(standing)

    monkeypatch.undo()
    assert snapshot(standing) == before


def test_content_is_on_the_disk_before_it_has_a_name(standing: Path, monkeypatch: Patch) -> None:
    """Every file is synced before the first takes its place, so that a power cut leaves old or new, never half."""
    order: list[str] = []
    real_sync, real_replace = os.fsync, os.replace

    def fsync(handle: int) -> None:
        order.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "sync")
        real_sync(handle)

    def replace(source: Path, target: Path) -> None:
        order.append("journal" if target.suffix == ".journal" else target.name)
        real_replace(source, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(os, "replace", replace)
    write_all(standing)

    assert order == [
        *["sync", "sync"],  # the table and the manifest
        *["sync", "journal", "folder"],
        *["scores.csv", "scores.manifest.json", "folder"],
        "folder",  # without the journal
    ]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    """Writing through a symbolic link replaces the file it points to, wherever that is, and keeps the link."""
    (tmp_path / "archive").mkdir()
    real = tmp_path / "archive" / "2025.csv"
    real.write_text("old")
    link = tmp_path / "scores.csv"
    link.symlink_to(Path("archive") / "2025.csv")

    with FileGroup() as group:
        group.stage(link).write_text("new")
        group.commit()

    assert link.is_symlink()
    assert link.readlink() == Path("archive/2025.csv")
    assert real.read_text() == "new"
    assert not real.is_symlink()


def test_a_link_to_nothing(tmp_path: Path) -> None:
    """Writing through a link whose target is missing creates the target."""
    link = tmp_path / "scores.csv"
    link.symlink_to("real.csv")

    with FileGroup() as group:
        group.stage(link).write_text("new")
        group.commit()

    assert link.is_symlink()
    assert (tmp_path / "real.csv").read_text() == "new"


@pytest.mark.parametrize("mode", [0o640, 0o600, 0o664, 0o755])
def test_permissions_are_kept(tmp_path: Path, mode: int) -> None:
    """A file that is replaced keeps who may read and write it."""
    path = tmp_path / "scores.csv"
    path.write_text("old")
    path.chmod(mode)

    with FileGroup() as group:
        group.stage(path).write_text("new")
        group.commit()

    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_a_new_file_has_the_permissions_of_any_new_file(tmp_path: Path, mask: int) -> None:
    """A file that was not there is readable by whom the user's mask allows, like a file of any other program."""
    before = os.umask(mask)
    try:
        with FileGroup() as group:
            group.stage(tmp_path / "scores.csv").write_text("new")
            group.commit()
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "scores.csv").stat().st_mode) == 0o666 & ~mask


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    """A named pipe gets the bytes and stays a pipe: nothing is renamed over it."""
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    got: list[bytes] = []
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()

    with FileGroup() as group:
        group.stage(pipe).write_text("new")
        group.commit()
    reader.join(timeout=10)

    assert got == [b"new"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)
    assert [path.name for path in tmp_path.iterdir()] == ["pipe.csv"]


def test_a_device_is_written_to() -> None:
    """/dev/null takes the bytes and stays a device."""
    with FileGroup() as group:
        group.stage(Path(os.devnull)).write_text("new")
        group.commit()

    assert stat.S_ISCHR(Path(os.devnull).stat().st_mode)


def test_a_device_that_is_full(standing: Path) -> None:
    """When a device takes no more, nothing else of the group has changed either."""
    link = standing / "full.csv"
    link.symlink_to("/dev/full")
    before = snapshot(standing)

    def write_both() -> None:
        with FileGroup() as group:
            group.stage(standing / "scores.csv").write_text("new")
            group.stage(link).write_text("new")
            group.commit()

    with pytest.raises(OutputError, match=r"full\.csv|/dev/full"):
        write_both()

    assert snapshot(standing) == before
    assert link.is_symlink()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing/scores.csv", "the folder does not exist"),
        ("file/scores.csv", "a part of the path is not a folder"),
        ("folder", "it is a folder"),
        ("x" * 300 + ".csv", "the name is too long"),
    ],
)
def test_a_place_where_nothing_can_be_written(tmp_path: Path, name: str, reason: str) -> None:
    """The reason is told in words, and that nothing was changed."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "folder").mkdir()
    before = snapshot(tmp_path)

    with pytest.raises(OutputError) as caught, FileGroup() as group:
        group.stage(tmp_path / name)

    assert reason in str(caught.value)
    assert "nothing was changed" in str(caught.value)
    assert snapshot(tmp_path) == before


def test_a_long_name_that_the_disk_takes(tmp_path: Path) -> None:
    """A name of 255 bytes, such as 83 Chinese characters with an ending, is as good as any other."""
    path = tmp_path / ("示" * 83 + ".csv")
    with FileGroup() as group:
        group.stage(path).write_text("new")
        group.commit()

    assert path.read_text() == "new"


def test_a_read_only_file_is_not_replaced(tmp_path: Path, monkeypatch: Patch) -> None:
    """A file that the user may not write is refused, although the folder would let it be replaced."""
    path = tmp_path / "scores.csv"
    path.write_text("old")
    path.chmod(0o444)
    before = snapshot(tmp_path)
    # root may write anything; ask the permissions themselves.
    monkeypatch.setattr(os, "access", lambda file, mode, **_: not mode & os.W_OK or bool(file.stat().st_mode & 0o222))

    with pytest.raises(OutputError, match="permission denied"), FileGroup() as group:
        group.stage(path)

    assert snapshot(tmp_path) == before


def test_a_stale_file_that_is_not_there(tmp_path: Path) -> None:
    """Letting go of a file that does not exist is no error."""
    with FileGroup() as group:
        group.stage(tmp_path / "scores.csv").write_text("new")
        group.remove(tmp_path / "scores.rejects.csv")
        group.commit()

    assert [path.name for path in tmp_path.iterdir()] == ["scores.csv"]


def test_a_stale_file_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """Nor is one in a folder that nobody has made, such as that of copies which nobody needs; it is not made either."""
    with FileGroup() as group:
        group.remove(tmp_path / "checked" / "in.checked.xlsx")
        group.commit()

    assert list(tmp_path.iterdir()) == []


def test_a_folder_where_a_stale_file_would_be(standing: Path) -> None:
    """A folder that bears the name of a stale file keeps everything from being written."""
    (standing / "scores.rejects.csv").unlink()
    (standing / "scores.rejects.csv").mkdir()
    before = snapshot(standing)

    with pytest.raises(OutputError):
        write_all(standing)

    assert snapshot(standing) == before


@pytest.mark.parametrize("error", [OSError(errno.EIO, "Input/output error"), OSError("odd")])
def test_any_failure_of_the_system_is_an_output_error(tmp_path: Path, error: OSError) -> None:
    """Whatever the system says while a file is written names that file."""
    with pytest.raises(OutputError, match=r"scores\.csv: cannot be written: "), output_errors(Path("scores.csv")):
        raise error


def test_inputs_are_known_by_whatever_name(tmp_path: Path, monkeypatch: Patch) -> None:
    """An output is an input if it is the same file: by another path, through a link, or from a linked folder."""
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    Path("data/in.csv").write_text("x")
    Path("link.csv").symlink_to("data/in.csv")
    Path("other").symlink_to("data")

    for name in ("data/in.csv", "./data/../data/in.csv", "link.csv", "other/in.csv", str(tmp_path / "data/in.csv")):
        with pytest.raises(OutputError, match="is an input of this run"):
            refuse_overwriting_inputs([Path("new.csv"), Path(name)], [Path("data/in.csv")])
    refuse_overwriting_inputs([Path("data/out.csv")], [Path("data/in.csv")])
