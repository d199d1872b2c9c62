"""Families of a search: one builder, one function that returns candidates, and what is measured of them together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from harness.recipes.classifier import CLASSES, INPUT, RETURNS
from harness.records.models import Plain
from harness.scoring.variety import varied
from harness.task import (
    Argument,
    Builder,
    Candidate,
    Candidates,
    OverVariants,
    Setting,
    Together,
    Variant,
    Winner,
)

BY: Final = "val_accuracy"  # what candidates are ranked by
FURTHER: Final = "second"  # what profiles call the set that winners are moved to
SECOND: Final = f"{FURTHER}_"  # stands behind x_ and y_ in the names of its arrays
Settings = Mapping[str, Plain]
Acting = Callable[[Settings], Settings]


@dataclass(frozen=True)
class Run(Variant):
    """`on` says which data set it learns from, in the names of arrays; test images are asked where it is `opened`."""

    on: str = ""
    opened: bool = True


@dataclass(frozen=True)
class Family:
    """One kind of network, such as `mlp`, a "dense network": its settings, whose defaults are the baseline.

    The baseline `learns` unless its settings are there to show that they lead nowhere.
    """

    name: str
    text: str
    settings: tuple[Setting, ...]
    learns: bool = True
    most: int = 8

    @property
    def candidates(self) -> Candidates:
        text = f"Settings worth trying for the {self.text}; what a dictionary leaves out is as usual."
        return Candidates(f"{self.name}_candidates", text, self.settings, self.most)

    @property
    def builder(self) -> Builder:
        chosen = (Argument(s.name, " or ".join(map(repr, s.choices)) or s.kind, s.text) for s in self.settings)
        return Builder(f"build_{self.name}", f"The {self.text}.", (INPUT, CLASSES, *chosen), RETURNS, compiles=True)

    @property
    def usual(self) -> dict[str, Plain]:
        return {s.name: s.default for s in self.settings}

    @property
    def tried(self) -> tuple[str, ...]:
        """Return the names of the variants that train a candidate."""
        return tuple(f"{self.name}_{place}" for place in range(1, self.most + 1))

    def runs(self) -> tuple[Run, ...]:
        """Return the baseline on both sets, every candidate, and the winner on both sets."""
        name, function, build = self.name, self.candidates.function, self.builder.name
        best, there = Winner(function, BY), f"{self.text} on the second data set"
        usual: dict[str, Any] = {"builder": build, "arguments": self.usual, "learns": self.learns}
        return (
            Run(f"{name}_baseline", f"{self.text}, usual settings", **usual),
            Run(f"{name}_baseline_transfer", f"{there}, usual settings", **usual, on=SECOND),
            *(
                Run(v, f"{self.text}, candidate {i + 1}", build, candidate=Candidate(function, i), opened=False)
                for i, v in enumerate(self.tried)
            ),
            Run(f"{name}_winner", f"{self.text}, the best candidate by validation", build, winner=best),
            Run(f"{name}_transfer", f"{there}, settings of the winner", build, winner=best, on=SECOND),
        )


def over(family: Family, acting: Acting) -> tuple[OverVariants, ...]:
    """Return what is measured of a family's search as a whole."""
    name, said = family.name, family.text
    first = (f"{name}_winner.test_accuracy", f"{name}_baseline.test_accuracy")
    second = (f"{name}_transfer.test_accuracy", f"{name}_baseline_transfer.test_accuracy")
    gained = f"{said}: test accuracy of the winner's settings above that of the usual ones"
    share = f"{said}: share of the way from the usual settings to the reference's winner"
    really = f"{said}: settings that take values apart, where they act and reach the network"
    losses = tuple(f"{candidate}.val_loss" for candidate in family.tried)
    moved = f"{gained}, on the second data set"
    return (
        OverVariants(f"{name}_gain", gained, "higher", first, partial(gain, *first)),
        OverVariants(f"{name}_gap_closed", share, "higher", (*first, f"{name}_winner.behind"), partial(closed, *first)),
        OverVariants(f"{name}_transfer_gain", moved, "higher", second, partial(gain, *second)),
        OverVariants(
            f"{name}_settings_varied", really, "higher", losses, partial(searched, acting), optional=True, settled=True
        ),
    )


def gain(winner: str, usual: str, found: Together) -> float:
    """Return the difference of two measures, each named `variant.measure`."""
    return found.measures[winner] - found.measures[usual]


def closed(winner: str, usual: str, found: Together) -> float:
    """Return the share of the way from the baseline to the reference's winner; 1 where the baseline is there."""
    gained = gain(winner, usual, found)
    (missing,) = found.of("behind").values()
    return gained / (gained + missing) if gained + missing > 0 else 1.0


def searched(acting: Acting, found: Together) -> float:
    """Return how many settings the candidates really varied."""
    losses = found.of("val_loss")
    return float(len(varied(losses, {name: acting(found.settings[name]) for name in losses})))
