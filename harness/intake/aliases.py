"""Names that may stand for one object, or for things that hold one another."""


class Aliases:
    """Groups of names, each known by one of its names."""

    def __init__(self) -> None:
        self._above: dict[str, str] = {}

    def join(self, one: str, other: str) -> None:
        """Put two names, and whatever goes with them, into one group."""
        first, second = self.of(one), self.of(other)
        if first != second:
            self._above[first] = second

    @property
    def names(self) -> set[str]:
        """The names that were put together with others."""
        return {*self._above, *self._above.values()}

    def of(self, name: str) -> str:
        """Return the name that a group is known by."""
        while (above := self._above.get(name, name)) != name:
            self._above[name] = self._above.get(above, above)
            name = above
        return name
