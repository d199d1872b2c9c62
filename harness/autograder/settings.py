"""What an autograder was packed with: which tasks, how large, and what students see."""

from typing import Literal

from pydantic import Field, ValidationError

from harness.errors import UsageError
from harness.records.models import Frozen

FILE = "harness.json"
Visibility = Literal["hidden", "after_due_date", "after_published", "visible"]
Backend = Literal["tensorflow", "jax"]


class Settings(Frozen):
    """How an autograder examines: `harness check` in all but what it prints.

    With `contract` nothing is trained. `visibility` is that of what students may always know, `hidden` that of hidden
    criteria, and `leaderboard` are measures, as `conv.test_mse`. Where `trusted`, student code also runs where no
    barrier holds. `minutes` is how long a platform waits: a run that takes longer gives no result.
    """

    tasks: list[str] = Field(min_length=1)
    profile: str = "quick"
    contract: bool = False
    seeds: list[int] = Field(default_factory=list)
    backend: Backend = "tensorflow"
    visibility: Visibility = "visible"
    hidden: Visibility = "after_published"
    leaderboard: list[str] = Field(default_factory=list)
    trusted: bool = False
    minutes: int = Field(default=40, ge=1)


def read_settings(text: str) -> Settings:
    """Return the settings in an autograder's file. Raises UsageError for one that is damaged."""
    try:
        return Settings.model_validate_json(text)
    except ValidationError as error:
        raise UsageError(
            f"Expected the settings of an autograder in {FILE}, received damage; pack it again."
        ) from error
