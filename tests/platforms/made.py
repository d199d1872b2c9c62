"""Made-up downloads in the dialect of every platform: what lies in them, by path."""

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

Files = Mapping[str, bytes]

CODE = b"def build_dense(input_shape, code_size, hidden_layers): ...\n"
OTHER = b"def build_network(input_shape): ...\n"
LITTER = {"__MACOSX/._x": b"", ".DS_Store": b"", "Thumbs.db": b""}


def zipped(files: Files) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def as_zip(folder: Path, files: Files) -> Path:
    path = folder / "download.zip"
    path.write_bytes(zipped(files))
    return path


def as_folder(folder: Path, files: Files) -> Path:
    root = folder / "unpacked"
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


def in_folder_in_zip(folder: Path, files: Files) -> Path:
    return as_zip(folder, {f"all of them/{name}": content for name, content in files.items()})


def zip_in_zip(folder: Path, files: Files) -> Path:
    return as_zip(folder, {"inner.zip": zipped(files), "__MACOSX/._inner.zip": b""})


def zip_in_folder(folder: Path, files: Files) -> Path:
    return as_folder(folder, {"inner.zip": zipped(files), "class.yaml": b"", "roster.csv": b"Name\n"})


def with_litter(folder: Path, files: Files) -> Path:
    return as_zip(folder, {**LITTER, **files})


WAYS: Mapping[str, Callable[[Path, Files], Path]] = {
    way.__name__: way for way in (as_zip, as_folder, in_folder_in_zip, zip_in_zip, zip_in_folder, with_litter)
}

WORK = zipped({"sent/autoencoder.py": CODE, "sent/helper.py": b"x = 1\n", "__MACOSX/sent/._autoencoder.py": b""})

CANVAS = {
    "doejaneann_366516_4711001_autoencoder-1.py": CODE,
    "doejaneann_366516_4711002_helper.py": b"x = 1\n",
    "roemax_LATE_366530_4711377_work.zip": WORK,
    "ünalçağla_366544_4711400_Autoencoder.py": CODE,
    "poeann_366550_text.html": b"<p>I had no time.</p>",
}
MOODLE = {
    "Jane-Ann Doe_8880001_assignsubmission_file/autoencoder.py": CODE,
    "Jane-Ann Doe_8880001_assignsubmission_file/sub/helper.py": b"x = 1\n",
    "Jane-Ann Doe_8880001_assignsubmission_onlinetext/onlinetext.html": b"<p>Hello</p>",
    "Max Roe_8880002_assignsubmission_file/work.zip": WORK,
    "Çağla Ünal_8880003_assignsubmission_file/Autoencoder.py": CODE,
}
MOODLE_OLD = {path.replace("_file/", "_file_/").replace("text/", "text_/"): data for path, data in MOODLE.items()}
MOODLE_FLAT = {path.replace("_file/", "_file_").replace("text/", "text_"): data for path, data in MOODLE.items()}
METADATA = """---
submission_31415:
  :submitters:
  - :name: Jane-Ann Doe
    :sid: '0200'
    :email: one@example.edu
  - :name: Max Roe
    :sid: '0201'
  :created_at: 2026-06-01 14:32:05.123456789 Z
  :score: 0.0
submission_31416:
  :submitters:
  - :name: Çağla Ünal
    :sid: '0042'
    :email: cu@example.edu
  :created_at: 2026-06-01 16:32:05.000000000 +02:00
submission_31417:
  :submitters: []
"""
GRADESCOPE = {
    "submission_metadata.yml": METADATA.encode(),
    "submission_31415/autoencoder.py": CODE,
    "submission_31415/helper.py": b"x = 1\n",
    "submission_31416/work.zip": WORK,
    "submission_31417/autoencoder.py": CODE,
}


def blackboard_says(name: str, login: str) -> bytes:
    return f"Name: {name} ({login})\nAssignment: Net_1\nDate Submitted: Monday, 1 June 2026\n\nFiles:\n".encode()


BLACKBOARD = {
    "Net_1_jdoe_attempt_2026-06-01-14-32-05.txt": blackboard_says("Jane-Ann Doe", "jdoe"),
    "Net_1_jdoe_attempt_2026-06-01-14-32-05_autoencoder.py": b"raise SystemExit\n",
    "Net_1_jdoe_attempt_2026-06-02-08-00-00.txt": blackboard_says("Jane-Ann Doe", "jdoe"),
    "Net_1_jdoe_attempt_2026-06-02-08-00-00_autoencoder.py": CODE,
    "Net_1_max_roe_attempt_2026-06-01-10-00-00.txt": blackboard_says("Max Roe", "max_roe"),
    "Net_1_max_roe_attempt_2026-06-01-10-00-00_work.zip": WORK,
}
BRIGHTSPACE = {
    "index.html": b"<html>",
    "271836-442356 - Jane-Ann Doe - Jun 1, 2026 926 PM/autoencoder.py": b"raise SystemExit\n",
    "271836-442356 - Jane-Ann Doe - Jun 2, 2026 1149 AM/autoencoder.py": CODE,
    "271837-442356 - Max Roe - Jun 1, 2026 1201 AM/work.zip": WORK,
}
BRIGHTSPACE_FLAT = {path.replace("/", " - "): data for path, data in BRIGHTSPACE.items()}
NBGRADER = {
    "jdoe/autoencoder/autoencoder.py": CODE,
    "jdoe/autoencoder/timestamp.txt": b"2026-06-01 14:32:05.948203 UTC\n",
    "0042/autoencoder/work.zip": WORK,
    "0042/autoencoder/timestamp.txt": b"2026-06-01 23:59:59 UTC",
}
REPOSITORIES = {
    "dl-autoencoder-jane-doe/.git/HEAD": b"ref: refs/heads/main\n",
    "dl-autoencoder-jane-doe/autoencoder.py": CODE,
    "dl-autoencoder-max/.git/HEAD": b"ref: refs/heads/main\n",
    "dl-autoencoder-max/work.zip": WORK,
}
DIALECTS: Mapping[str, Files] = {
    "canvas": CANVAS,
    "moodle": MOODLE,
    "moodle, old": MOODLE_OLD,
    "moodle, flat": MOODLE_FLAT,
    "gradescope": GRADESCOPE,
    "blackboard": BLACKBOARD,
    "brightspace": BRIGHTSPACE,
    "brightspace, flat": BRIGHTSPACE_FLAT,
    "nbgrader": NBGRADER,
    "repositories": REPOSITORIES,
}
