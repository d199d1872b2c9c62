"""Returns while learning and of the episodes played afterwards."""

from collections.abc import Mapping

from harness.recipes.figures import lines
from harness.task import Figure, Recorded

SPANS = (50, 100)  # episodes of training that a mean is taken over


def figures(runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
    found = []
    if learnt := {name: r for name, r in runs.items() if r.curve and "steps" in r.evidence}:
        found.append(training_returns(learnt))
    if played := {name: r.evidence["returns"].tolist() for name, r in runs.items() if "returns" in r.evidence}:
        panel = {name: (list(range(1, len(returns) + 1)), returns) for name, returns in played.items()}
        text = (
            "Returns of the 100 episodes that the harness plays with each trained network, from worst to best. A line"
            " at 500 throughout never drops the pole."
        )
        title = "Returns of held-out episodes"
        found.append(lines(title, text, {"greedy episodes": panel}, "episode, by return", "return"))
    return tuple(found)


def training_returns(runs: Mapping[str, Recorded]) -> Figure:
    panels = {
        f"last {span} episodes": {name: against_steps(r, f"mean_{span}") for name, r in runs.items()} for span in SPANS
    }
    text = (
        "Mean return of the last 50 and of the last 100 training episodes, by environment steps. The agent still"
        " explores here, so the trained network can play better than its line ends."
    )
    return lines("Training returns", text, panels, "environment steps", "mean return")


def against_steps(run: Recorded, column: str) -> tuple[list[float], list[float]]:
    values = run.curve.get(column, [])
    return [float(v) for v in run.evidence["steps"][: len(values)]], list(values)
