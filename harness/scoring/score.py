"""A measured number with what makes it comparable: the one form of it, in scorers, records and pages."""

from pydantic import ConfigDict
from pydantic.dataclasses import dataclass


@dataclass(frozen=True, config=ConfigDict(extra="forbid", ser_json_inf_nan="constants"))
class Score:
    """A value with the one-line signature of how it was measured, in the style of sacreBLEU.

    `sampling_error` is the standard error that the finite number of test examples leaves, in the unit of the value. NaN
    counts as the worst value there is.
    """

    value: float
    signature: str
    sampling_error: float | None = None
