"""How strong a barrier is asked for, and the refusal to run student code behind a weaker one."""

from dataclasses import dataclass

from harness.errors import UsageError, did_you_mean
from harness.sandbox import detect
from harness.sandbox.levels import Level
from harness.sandbox.walls import Walls


@dataclass(frozen=True)
class Protection:
    """The least level to accept, empty for any barrier. Without one only submissions that are `trusted` run."""

    minimum: str = ""
    trusted: bool = False

    def __post_init__(self) -> None:
        known = [level.value for level in Level]
        if self.minimum and self.minimum not in known:
            raise UsageError(f"There is no isolation level {self.minimum!r}.{did_you_mean(self.minimum, known)}")

    def accepts(self, isolation: str) -> bool:
        """Say whether what was measured at an `isolation`, as results record it, counts; what is unknown does not."""
        level = isolation.partition(":")[0]
        return not self.minimum or (level in list(Level) and Level(level).rank >= Level(self.minimum).rank)

    def walls(self, device: str) -> Walls:
        """Return the strongest walls for `device`. Raises UsageError where they are weaker than asked for."""
        found = detect.strongest(device)
        level, why = found.walls.level, reasons(found)
        if self.minimum and level.rank < Level(self.minimum).rank:
            raise UsageError(f"Expected isolation of at least {self.minimum}, this machine reaches {level}. {why}")
        if level == Level.NONE and not self.trusted:
            raise UsageError(
                "Expected a barrier around student code, but none holds on this machine; run on one that has one, or"
                f" say --trust-submissions if you have read every one of them. {why}"
            )
        return found.walls


def reasons(found: detect.Found) -> str:
    """Return why stronger levels do not hold, each reason once."""
    levels: dict[str, list[str]] = {}
    for level, reason in found.refused.items():
        levels.setdefault(reason, []).append(level)
    return " ".join(f"{', '.join(names)}: {reason}" for reason, names in levels.items())
