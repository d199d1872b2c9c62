"""How much one submission may hold."""

from dataclasses import dataclass


@dataclass(frozen=True)
class IntakeLimits:
    """Sizes in bytes, lengths in characters; the defaults are far above any honest coursework.

    `max_source_bytes` is also what keeps parsing short: Python's parser takes time quadratic in the size of
    some hostile files.
    """

    max_members: int = 500  # files and folders, in a folder or a zip
    max_files: int = 100  # .py files that are kept
    max_source_bytes: int = 200_000  # one .py file
    max_sources_bytes: int = 500_000  # all .py files together; trained weights do not fit
    max_total_bytes: int = 20_000_000  # a zip, packed and unpacked
    max_ratio: int = 100  # unpacked over packed size of one member ...
    ratio_from_bytes: int = 1_000_000  # ... when it unpacks to more than this
    max_path_length: int = 200
    max_notebook_bytes: int = 20_000_000  # one notebook with its outputs, and all of a submission's together
    max_notebook_values: int = 1_000_000  # strings, numbers, lists and objects in it: what memory it takes to parse
    max_notebook_parts: int = 5_000  # cells of one notebook, and statements at the top of its code


DEFAULT_LIMITS = IntakeLimits()
