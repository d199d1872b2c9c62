"""Colours of the stylesheet by name, and whether text in a theme's colours can be read: WCAG 2.2, 1.4.3 and 1.4.11."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

Colours = Mapping[str, str]

BACKGROUNDS = {"page": (), "sheet": (), "tint": ("ink", "soft")}  # what stands on it; everything if nothing is named
GRAPHICS = ("bar",)  # need 3:1; lines between things are decoration and need nothing
DECORATION = ("line",)
HEX = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")
_BLOCK = re.compile(r":root\s*\{([^}]*)\}")
_VARIABLE = re.compile(r"--([a-z0-9-]+):\s*(#[0-9a-fA-F]{3,6})\b")


@cache
def built_in() -> dict[str, dict[str, str]]:
    """Return the colours of style.css by name, under `light` and `dark`."""
    text = files("harness.report").joinpath("templates/style.css").read_text(encoding="utf-8")
    light, dark = (dict(_VARIABLE.findall(block)) for block in _BLOCK.findall(text)[:2])
    return {"light": light, "dark": light | dark}


def luminance(colour: str) -> float:
    """Return the relative luminance of a hex colour, 0 (black) to 1 (white), by the formula of WCAG 2.2."""
    digits = colour.lstrip("#")
    whole = digits if len(digits) == 6 else "".join(2 * d for d in digits)
    red, green, blue = (_linear(int(whole[i : i + 2], 16) / 255) for i in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two hex colours, 1 to 21, by the formula of WCAG 2.2."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def too_close(mine: Colours, scheme: str) -> Iterator[tuple[str, str]]:
    """Yield the name and a sentence for each colour set by a theme that cannot be told from what it stands on."""
    every = built_in()[scheme] | dict(mine)
    for ground, bears in BACKGROUNDS.items():
        for name, colour in every.items():
            needed = needed_contrast(name) if name in bears or not bears else 0
            if needed and {name, ground} & set(mine) and (ratio := contrast(colour, every[ground])) < needed:
                at_fault = name if name in mine else ground
                yield at_fault, _sentence(name, ground, scheme, ratio, needed)


def needed_contrast(name: str) -> float:
    """Return the contrast that a colour of this name needs against backgrounds; 0 for none."""
    if name in BACKGROUNDS or name in DECORATION:
        return 0
    return 3 if name in GRAPHICS else 4.5


def _sentence(name: str, ground: str, scheme: str, ratio: float, needed: float) -> str:
    change = "darker" if scheme == "light" else "lighter"
    return (
        f"{name!r} on {ground!r} has a contrast of {int(ratio * 100) / 100:g} to 1 in the {scheme} colours, but reading"
        f" it needs {needed:g} to 1 (WCAG 2.2); take a {change} {name!r} or another {ground!r}."
    )
