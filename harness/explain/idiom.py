"""A way of writing that the libraries of today refuse, and the sentence that answers it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from harness.explain.seen import Seen


@dataclass(frozen=True)
class Idiom:
    """`said` is a pattern on `Class: text` of an exception; `answer` may name its groups in braces.

    Where `line`, `through` or `source` are patterns, they have to be found as well: in the statement that ran, in the
    way that the exception took, in what the student wrote. A pattern may not look back over what it has matched, so
    that reading takes time linear in the text.
    """

    said: str
    answer: str
    line: str = ""
    through: str = ""
    source: str = ""

    def answers(self, seen: Seen) -> str:
        """Return the answer to an exception, or nothing."""
        found = re.search(self.said, seen.text)
        others = ((self.line, seen.line), (self.through, seen.through), (self.source, seen.source))
        if not found or not all(re.search(pattern, text) for pattern, text in others if pattern):
            return ""
        return self.answer.format(**{name: value or "" for name, value in found.groupdict().items()})


def first(idioms: Iterable[Idiom], seen: Seen) -> str:
    """Return the answer of the first idiom that has one."""
    return next(filter(None, (idiom.answers(seen) for idiom in idioms)), "")
