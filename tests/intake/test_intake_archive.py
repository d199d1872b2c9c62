"""Zips a hostile student could make: each is refused with its reason, and none costs time or memory."""

import io
import random
import stat
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from harness.errors import SubmissionError
from harness.intake.archive import read_zip
from harness.intake.limits import IntakeLimits
from harness.intake.sources import Sources

GOOD = {"network.py": b"x = 1\n"}


def make(members: dict[str, bytes] | list[tuple[str | zipfile.ZipInfo, bytes]]) -> bytes:
    pairs = list(members.items()) if isinstance(members, dict) else members
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in pairs:
            archive.writestr(name, data, compress_type=zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def patch(packed: bytes, *, size: int | None = None, packed_size: int | None = None, flag: int = 0) -> bytes:
    """Overwrite fields in the local and the central header of a zip with one member."""
    data = bytearray(packed)
    central = data.index(b"PK\x01\x02")
    for flags, sizes in ((6, 18), (central + 8, central + 20)):
        data[flags] |= flag
        if packed_size is not None:
            struct.pack_into("<I", data, sizes, packed_size)
        if size is not None:
            struct.pack_into("<I", data, sizes + 4, size)
    return bytes(data)


def read(tmp_path: Path, packed: bytes, limits: IntakeLimits | None = None) -> Sources:
    path = tmp_path / "ann.zip"
    path.write_bytes(packed)
    return read_zip(path, limits or IntakeLimits())


def refusal(tmp_path: Path, packed: bytes, limits: IntakeLimits | None = None) -> str:
    with pytest.raises(SubmissionError) as caught:
        read(tmp_path, packed, limits)
    message = str(caught.value)
    assert "hand in" in message, "the student is told what to do next"
    assert "Traceback" not in message
    assert "\n" not in message
    return message


def entry(name: str, kind: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = (kind | 0o644) << 16
    return info


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../network.py", "leads out of its folder"),
        ("a/../../network.py", "leads out of its folder"),
        (".git/../../network.py", "leads out of its folder"),
        ("/etc/cron.d/network.py", "absolute path"),
        ("//server/share/a.py", "absolute path"),
        ("C:/network.py", "absolute path"),
        ("c:network.py", "absolute path"),
        ("..\\network.py", "backslash"),
        ("src\\network.py", "backslash"),
    ],
)
def test_paths_that_leave_the_zip_are_refused(tmp_path: Path, name: str, reason: str) -> None:
    assert reason in refusal(tmp_path, make({**GOOD, name: b"x"}))


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFBLK, stat.S_IFIFO, stat.S_IFSOCK])
@pytest.mark.parametrize("name", ["network.py", "data.txt"])
def test_links_and_devices_are_refused(tmp_path: Path, kind: int, name: str) -> None:
    assert "link or device" in refusal(tmp_path, make([(entry(name, kind), b"/etc/passwd")]))


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("a.py", "a.py"),
        ("a.py", "A.py"),
        ("a.py", "./a.py"),
        ("straße.py", "STRASSE.py"),
        ("é.py", "e\u0301.py"),
        ("a.py", "a.py/b.py"),
        ("a.txt", "A.TXT"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_files_of_one_path_are_refused(tmp_path: Path, first: str, second: str) -> None:
    assert "twice" in refusal(tmp_path, make([(first, b"x = 1"), (second, b"x = 2")]))


def test_encrypted_is_refused(tmp_path: Path) -> None:
    assert "encrypted" in refusal(tmp_path, patch(make(GOOD), flag=1))


def test_too_many_members_are_refused(tmp_path: Path) -> None:
    packed = make({f"{i}.txt": b"" for i in range(501)})
    assert "more than 500 files" in refusal(tmp_path, packed)


def test_a_huge_directory_is_refused_before_it_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = b"PK\x01\x02" * 400_000 + make(GOOD)
    monkeypatch.setattr(zipfile.ZipFile, "_RealGetContents", lambda _: pytest.fail("its directory was listed"))
    assert "more than 500 files" in refusal(tmp_path, packed)


def test_litter_does_not_count(tmp_path: Path) -> None:
    litter = {f".git/objects/{i}": b"x" for i in range(600)} | {"__MACOSX/._network.py": b"\0"}
    sources = read(tmp_path, make(GOOD | litter))
    assert sources.files == GOOD
    assert sources.notes == ()


def test_too_large_is_refused_by_the_header(tmp_path: Path) -> None:
    limits = IntakeLimits(max_total_bytes=300_000)
    noise = random.Random(0).randbytes(120_000)
    assert "unpacks to more than 0.3 MB" in refusal(
        tmp_path, make({str(i): b"0" * 999 + noise[:1] for i in range(400)}), limits
    )
    assert "larger than 0.3 MB" in refusal(tmp_path, make({str(i): noise for i in range(3)}), limits)


def test_a_high_ratio_is_refused_only_above_a_megabyte(tmp_path: Path) -> None:
    assert "zip bomb" in refusal(tmp_path, make({"zeros.bin": bytes(2_000_000)}))
    assert read(tmp_path, make(GOOD | {"zeros.bin": bytes(900_000)})).files == GOOD


BOMB = 64_000_000  # unpacked; packs to 62 kB


@pytest.fixture(scope="module")
def bomb() -> bytes:
    return make({"network.py": bytes(BOMB)})


@pytest.mark.parametrize(
    ("size", "packed_size", "reason"),
    [
        (None, None, "unpacks to more than"),
        (4_000_000_000, None, "unpacks to more than"),
        (19_000_000, None, "zip bomb"),
        (100, None, "false size"),
        (900_000, None, "larger than 200 kB"),
        (150_000, None, "damaged"),
        (100, 100, "damaged"),
        (0, 0, "damaged"),
    ],
)
def test_a_bomb_is_refused_whatever_its_headers_say(
    tmp_path: Path,
    bomb: bytes,
    size: int | None,
    packed_size: int | None,
    reason: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    packed = patch(bomb, size=size, packed_size=packed_size)
    unpacked, real = list[int](), zipfile.ZipExtFile.read

    def read(file: zipfile.ZipExtFile, n: int | None = -1) -> bytes:
        data = real(file, n)
        unpacked.append(len(data))
        return data

    monkeypatch.setattr(zipfile.ZipExtFile, "read", read)
    tracemalloc.start()
    message = refusal(tmp_path, packed)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert reason in message
    assert sum(unpacked) < 1_000_000, "of 64 MB"
    assert peak < 5_000_000


def test_many_large_sources_are_refused_by_bytes_read(tmp_path: Path) -> None:
    limits = IntakeLimits(max_sources_bytes=1000)
    packed = make({f"{i}.py": b"#" * 400 for i in range(3)})
    assert "more Python code" in refusal(tmp_path, packed, limits)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_without_a_bounded_reader_are_refused(tmp_path: Path, method: int) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr("network.py", b"x = 1")
    assert "unusual method" in refusal(tmp_path, buffer.getvalue())


@pytest.mark.parametrize(
    "packed",
    [b"", b"Rar!\x1a\x07\x00", b"PK\x05\x06", make(GOOD)[:-10], make(GOOD)[30:], b"x" * 5000],
    ids=["empty", "rar", "end only", "cut off", "begun late", "letters"],  # a zip holds the time it was made at
)
def test_what_is_no_zip_is_refused(tmp_path: Path, packed: bytes) -> None:
    assert "damaged or not a zip" in refusal(tmp_path, packed)


def test_any_damage_is_a_refusal_and_never_a_traceback(tmp_path: Path) -> None:
    whole = make({"src/network.py": b"x = 1\n" * 50, "src/b.py": b"y = 2\n" * 50, "c.txt": b"hello"})
    chance = random.Random(1)
    refused = 0
    for _ in range(400):
        damaged = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            read(tmp_path, bytes(damaged))
        except SubmissionError:
            refused += 1
    assert refused > 200


def test_what_is_not_python_is_noted(tmp_path: Path) -> None:
    members = GOOD | {f"{n}.csv": b"1" for n in "abcde"} | {"old.zip": make(GOOD), "x\u202e.py": b"evil"}
    sources = read(tmp_path, make(members))
    assert sources.files == GOOD
    ignored, nested, odd = sources.notes
    assert ignored == "Ignored 5 files, not Python: a.csv, b.csv, c.csv and 2 more."
    assert "old.zip" in nested
    assert "archive" in nested
    assert "x.py" in odd
    assert "\u202e" not in odd


@pytest.mark.parametrize("top", ["", "project/", "ann/project/", "./"])
def test_folders_around_everything_are_taken_off(tmp_path: Path, top: str) -> None:
    members = {f"{top}network.py": b"a", f"{top}lib/tools.py": b"b", f"__MACOSX/{top}._network.py": b"c"}
    assert read(tmp_path, make(members)).files == {"network.py": b"a", "lib/tools.py": b"b"}
