"""Numbers of every locale, and how a mark is rounded."""

from decimal import Decimal

import pytest

from harness.export.number import decimal_mark, read_number, round_half_up, scaled, written


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("100", "100"),
        ("78,50", "78.5"),
        ("1.000,5", "1000.5"),
        ("1,000.50", "1000.5"),
        ("1 000,5", "1000.5"),
        ("1'000.5", "1000.5"),
        ("100.00000", "100"),
        ("0,125", "0.125"),
    ],
)
def test_the_last_mark_is_the_decimal_mark(text: str, number: str) -> None:
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "-", "EX", "N/A", "(read only)", "1,000", "12.345", "1e3", "NaN", "10%"])
def test_what_could_be_two_numbers_or_none_is_none(text: str) -> None:
    assert read_number(text) is None


def test_the_decimal_mark_is_that_of_the_file() -> None:
    assert decimal_mark(["100,00", "", "EX"], ",") == ","
    assert decimal_mark(["100.00"], ";") == "."
    assert decimal_mark(["100"], ";") == ","
    assert decimal_mark(["100"], ",") == "."


def test_a_mark_is_scaled_and_halves_go_up() -> None:
    assert str(scaled(0.715, Decimal(100))) == "71.50"
    assert str(scaled(1.0, Decimal("20"))) == "20.00"
    assert str(scaled(2 / 3, Decimal(10))) == "6.67"
    assert str(scaled(0.12345, Decimal(100))) == "12.35"  # 12.345 as a float is a little less
    assert str(scaled(0.1 + 0.2, Decimal(100))) == "30.00"
    assert str(round_half_up(Decimal("71.5"), whole=True)) == "72"
    assert written(Decimal("71.50"), ",") == "71,50"
