"""Result folders on network file systems are refused before anything is written; locks hold between processes."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from harness.errors import ResultsError
from harness.records.locks import HeldElsewhere, locked
from harness.records.network import check_local, network_type
from harness.records.store import sole_run


@pytest.fixture
def mounts(tmp_path: Path) -> Path:
    """A table of mounts in which some of a folder lies elsewhere."""
    lines = (
        "/dev/root / ext4 rw 0 0",
        f"server:/homes {tmp_path}/home nfs4 rw,vers=4.2 0 0",
        f"tmpfs {tmp_path}/home/scratch tmpfs rw 0 0",
        f"//server/share {tmp_path}/with\\040space cifs rw 0 0",
        f"10.0.0.1@tcp:/work {tmp_path}/work lustre rw 0 0",
        f"/dev/sdb {tmp_path}/twice ext4 rw 0 0",
        f"server:/twice {tmp_path}/twice nfs rw 0 0",
        "broken",
    )
    path = tmp_path / "mounts"
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("home", "nfs4"),
        ("home/ann/results", "nfs4"),
        ("home/scratch/results", ""),
        ("with space/results", "cifs"),
        ("work/results", "lustre"),
        ("twice/results", "nfs"),
        ("homes/results", ""),
        ("results", ""),
    ],
)
def test_the_innermost_mount_tells_what_a_folder_lies_on(tmp_path: Path, mounts: Path, place: str, kind: str) -> None:
    assert network_type(tmp_path / place, mounts) == kind


def test_a_link_lies_where_it_leads(tmp_path: Path, mounts: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "home")
    with pytest.raises(ResultsError, match=r"link/results lies on a network file system \(nfs4\).*cp -r"):
        check_local(tmp_path / "link" / "results", mounts)


def test_where_no_mounts_are_told_nothing_is_refused(tmp_path: Path) -> None:
    check_local(tmp_path, tmp_path / "none")


HOLD = """
import sys
from pathlib import Path
from harness.records.locks import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_lock_ends_with_the_process_that_holds_it(tmp_path: Path) -> None:
    at = tmp_path / "records" / "lock"
    command = [sys.executable, "-c", HOLD, str(at)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(HeldElsewhere), locked(at, wait=False):
            pytest.fail("two hold it")
        with pytest.raises(ResultsError, match="another one is writing there"), sole_run(tmp_path):
            pytest.fail("two run")
        holder.kill()
    with sole_run(tmp_path):
        pass


def test_threads_of_one_process_exclude_each_other(tmp_path: Path) -> None:
    inside, most = list[int](), list[int]()

    def work(number: int) -> None:
        with locked(tmp_path / "lock"):
            inside.append(number)
            most.append(len(inside))
            inside.remove(number)

    with ThreadPoolExecutor(4) as pool:
        assert len([*pool.map(work, range(40))]) == 40
    assert set(most) == {1}


@pytest.mark.skipif(sys.platform == "win32" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_lock_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(ResultsError, match="Could not write to"), sole_run(tmp_path):
        pytest.fail("held")
