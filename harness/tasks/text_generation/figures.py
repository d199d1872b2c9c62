"""Texts by temperature: their measures as lines, and one of each side by side."""

from collections.abc import Mapping

from harness.recipes.figures import lines
from harness.task import Figure, Recorded
from harness.tasks.text_generation.written import TEMPERATURES


def figures(runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
    written = {name: r for name, r in runs.items() if "written" in r.evidence}
    return (against_temperature(written), side_by_side(written)) if written else ()


def against_temperature(runs: Mapping[str, Recorded]) -> Figure:
    x = list(TEMPERATURES.values())
    held_out = next(iter(runs.values())).evidence["real"].tolist()
    panels: dict[str, dict[str, tuple[list[float], list[float]]]] = {}
    for title, measure, real in (
        ("BLEU", "bleu", held_out[0]),
        ("Self-BLEU", "self_bleu", held_out[1]),
        ("Balance", "balance", 1.0),
    ):
        series = {name: (x, [r.measures[f"{measure}_{t}"] for t in TEMPERATURES]) for name, r in runs.items()}
        panels[title] = {**series, "held-out text": (x, [real] * len(x))}
    text = (
        "How like held-out text (BLEU, higher is better) and how like one another (self-BLEU, lower is more varied) the"
        " written texts are, by temperature, and both together with how little is copied (balance). The line of"
        " held-out text is what real text reaches."
    )
    return lines("BLEU against temperature", text, panels, "temperature", "value", truth="held-out text")


def side_by_side(runs: Mapping[str, Recorded]) -> Figure:
    rows = {"goes on from": {name: str(r.evidence["prompt"]) for name, r in runs.items()}}
    for i, value in enumerate(TEMPERATURES.values()):
        rows[f"temperature {value}"] = {name: str(r.evidence["written"][i]) for name, r in runs.items()}
    text = "The same held-out passage continued at each temperature: the higher, the more daring the choice of tokens."
    return Figure("texts", "Texts by temperature", text, {"rows": rows})
