"""What is kept of deliveries survives a round trip, and a new download replaces only what it holds."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness.errors import ResultsError
from harness.platforms.kept import FILE, Kept, KeptDelivery, joined, load, save
from harness.platforms.model import Delivery, HandedFile, Identity

JANE = Identity(name="Jane Doe", user_id="0042")


def kept(slug: str, *tasks: str, key: str = "42") -> KeptDelivery:
    delivery = Delivery(
        key, (JANE,), None, (HandedFile("a.py", ("x/a.py",)),), datetime(2026, 6, 1, 12, tzinfo=UTC), late=False
    )
    return KeptDelivery(slug=slug, platform="canvas", tasks=tasks, delivery=delivery)


def test_a_round_trip_keeps_numbers_as_text_and_the_zone(tmp_path: Path) -> None:
    before = Kept(deliveries=(kept("jane", "autoencoder"),), missing=(Identity(name="Max"),))
    save(tmp_path, before)
    assert load(tmp_path) == before
    assert load(tmp_path).owners_of("jane")[0].user_id == "0042"


def test_nothing_is_kept_of_a_class_graded_before_there_was_anything(tmp_path: Path) -> None:
    assert load(tmp_path) == Kept()


def test_a_damaged_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"deliveries": 3}', encoding="utf-8")
    with pytest.raises(ResultsError, match="grade the same download again"):
        load(tmp_path)


def test_a_later_download_takes_the_place_of_its_own_tasks_only() -> None:
    before = Kept(deliveries=(kept("jane", "autoencoder", "rnn"), kept("max", "autoencoder")))
    after = joined(before, [kept("jane", "rnn", key="new")])
    assert [(d.slug, d.tasks, d.delivery.key) for d in after.deliveries] == [
        ("jane", ("autoencoder",), "42"),
        ("max", ("autoencoder",), "42"),
        ("jane", ("rnn",), "new"),
    ]
    found = after.of("jane", "rnn")
    assert found is not None
    assert found.delivery.key == "new"
    assert after.of("max", "rnn") is None


def test_a_time_says_whether_its_zone_is_known() -> None:
    with pytest.raises(ValueError, match="local_time"):
        Delivery("1", (), None, (), handed_in=datetime(2026, 6, 1))
    with pytest.raises(ValueError, match="without a zone"):
        Delivery("1", (), None, (), local_time=datetime(2026, 6, 1, tzinfo=UTC))
