"""The prose of `pydoc_data.topics`, the language reference that every CPython ships."""

import platform

from harness.data.base import Dataset
from harness.data.corpus import corpus, paragraphs
from harness.data.key import Key
from harness.data.loader import Whole


def topics(key: Key) -> Dataset:
    """Return the prose in four parts, as `corpus` does.

    It is not the same in two versions of Python, so neither is the fingerprint of this set.
    """
    from pydoc_data.topics import topics as by_name

    found = list(paragraphs(by_name[name] for name in sorted(by_name)))
    version = ".".join(platform.python_version_tuple()[:2])
    return corpus(
        "topics", "\n\n".join(found), f"{len(found):,} paragraphs of the help topics that Python {version} ships", key
    )


DATASET = Whole("topics", topics)
