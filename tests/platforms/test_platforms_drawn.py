"""Names drawn at random, of every dialect and of none: a download is read, refused in a sentence, or no download."""

import random
from pathlib import Path

import pytest
from platforms.made import CODE, DIALECTS, as_zip

from harness.errors import UsageError
from harness.platforms.found import PLATFORMS, find_download
from harness.platforms.platform import Wanted

TASKS = ("autoencoder",)
PIECES = (
    *("_", "-", " - ", "/", ".", "..", "\n", "\x01", " ", "LATE", "anon", "1", "0042", "٣", "²", "ü", "\u202e", "👩‍🎓"),
    *("_attempt_2026-06-01-10-00-00", "_attempt_2026-99-99-99-99-99", "_assignsubmission_file", ".txt", ".zip", ".py"),
    *(
        "submission_metadata.yml",
        "submitted",
        "timestamp.txt",
        ".git/HEAD",
        "Jun 1, 2026 926 PM",
        "99999999999999999999",
    ),
)


def drawn(seed: int) -> dict[str, bytes]:
    pick = random.Random(seed)
    names = ["".join(pick.choices(PIECES, k=pick.randint(1, 8))) for _ in range(pick.randint(1, 12))]
    dialect = pick.choice([{}, *DIALECTS.values()])
    known = {
        "".join(pick.choices((name, *PIECES), (9, *[1] * len(PIECES)), k=2)): data for name, data in dialect.items()
    }
    return {**{name: CODE for name in names if name}, **known, **(dialect if pick.random() < 0.3 else {})}


@pytest.mark.parametrize("named", ["", *PLATFORMS])
def test_whatever_the_names_are_it_is_read_or_refused(named: str, tmp_path: Path) -> None:
    for seed in range(60):
        path = as_zip(tmp_path, drawn(seed))
        try:
            found = find_download(path, Wanted(TASKS), named)
        except UsageError as error:
            assert "\n" not in str(error)
            continue
        deliveries = found.export.deliveries if found else ()
        assert len({d.key for d in deliveries}) == len(deliveries), (seed, named)
        for file in (f for d in deliveries for f in d.files):
            assert found is not None
            assert isinstance(found.source.read_file(file, 10), bytes)
