"""Who is behind each submission: one person, or the members of a group. A mark that could be another's is refused."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from harness.errors import ClassError, did_you_mean
from harness.grading.rubric_file import Document
from harness.platforms.model import Identity
from harness.roster.class_file import ClassFile, error_at
from harness.roster.class_list import Listed
from harness.roster.columns import plain
from harness.roster.found import People, Unclear


@dataclass(frozen=True)
class Handed:
    """A submission as a class sees it: its slug and name, the names of what it came in, and whom a platform names.

    `tasks` are those that it is marked in, of which there is nothing for those in `empty`; `unread` says that it could
    not be read.
    """

    slug: str
    name: str
    entries: tuple[str, ...] = ()
    owners: tuple[Identity, ...] = ()
    tasks: tuple[str, ...] = ()
    empty: frozenset[str] = frozenset()
    unread: bool = False

    @property
    def words(self) -> list[str]:
        """Return what it may be called in class.yaml: its name, slug, and the names of files and folders."""
        stems = [PurePosixPath(entry).stem for entry in self.entries]
        return list(dict.fromkeys([self.name, self.slug, *self.entries, *stems]))


@dataclass(frozen=True)
class Behind:
    """Who is behind which submission, by slug; `absent` are on the list and behind none; `remarks` are sentences."""

    of: Mapping[str, Sequence[Listed]]
    absent: Sequence[Listed] = ()
    remarks: Sequence[str] = ()
    groups: frozenset[str] = field(default_factory=frozenset)


@dataclass(frozen=True)
class Listing:
    """Who may be in a class: everybody on the class list, which is `complete`, or whoever is known without one.

    Without a list `own` has who is behind each submission by its slug.
    """

    people: People
    complete: bool
    own: Mapping[str, Sequence[Listed]] = field(default_factory=dict)


def listing_of(
    class_list: Sequence[Listed] | None, handed: Sequence[Handed], missing: Sequence[Identity], says: ClassFile
) -> Listing:
    """Return who may be in a class: who is on its list.

    Without one that is who handed in, whom a platform says did not, and who is a member of a group in class.yaml.
    """
    if class_list is not None:
        return Listing(People(class_list), complete=True)
    known = _Known()
    own: dict[str, list[Listed]] = {}
    for one in handed:
        alone = len(one.owners) < 2
        if alone and group_of(one, says) is not None:
            continue  # the submission is of the members that class.yaml names, and its name is nobody's
        owners = one.owners or (Identity(name=one.name),)
        own[one.slug] = [known.add(Listed(owner, also=tuple(one.words) if alone else ())) for owner in owners]
    for identity in missing:
        known.add(Listed(identity))
    _add_members(known, handed, says)
    return Listing(People(known.people), complete=False, own=own)


def group_of(one: Handed, says: ClassFile) -> str | None:
    """Return the name under which class.yaml has the group that handed something in; None for nobody's group."""
    words = {plain(word) for word in one.words}
    return next((name for name in says.groups if plain(name) in words), None)


def _add_members(known: "_Known", handed: Sequence[Handed], says: ClassFile) -> None:
    """Add the members of groups: whoever a platform means by the word, else somebody of that name."""
    owners = {name: [Listed(owner) for owner in one.owners] for one in handed if (name := group_of(one, says))}
    for name, words in says.groups.items():
        for word in words:
            try:
                found = People([*known.people, *owners.get(name, ())]).meant(word)
            except Unclear:
                continue  # which of them is asked where the name is looked up, with its line
            known.add(found or Listed(Identity(name=word)))


@dataclass(frozen=True)
class _Known:
    """People met so far, each once: whoever has a number or address of somebody is that person."""

    people: list[Listed] = field(default_factory=list)
    by_id: dict[tuple[str, str], Listed] = field(default_factory=dict)

    def add(self, who: Listed) -> Listed:
        """Return who is known by one of the words of `who`; else `who`, who is known from now on."""
        words = [*who.ids.items()]
        found = next((self.by_id[word] for word in words if word in self.by_id), None)
        found = found or next((one for one in self.people if one is who), None)
        if found is None:
            self.people.append(who)
        for word in words:
            self.by_id.setdefault(word, found or who)
        return found or who


def who_is_behind(handed: Sequence[Handed], listing: Listing, says: ClassFile, document: Document | None) -> Behind:
    """Return who is behind each submission. Raises ClassError where one could be of several, or somebody has two.

    What class.yaml says of a submission comes first, then whom the platform names, then its own name. Without a
    `document` there is no class.yaml, and who has two submissions is told in the remarks.
    """
    named = _named_in_class(handed, listing, says, document)
    found = {one.slug: named.get(one.slug) or _of(one, listing) for one in handed}
    strangers = [one for one in handed if listing.complete and not any(who.line for who in found[one.slug])]
    _check_list(handed, strangers, listing)
    twice = list(_twice(handed, found))
    if twice and document:
        raise ClassError(twice[0])
    taken = {id(person) for some in found.values() for person in some}
    absent = [one for one in listing.people.everybody if id(one) not in taken]
    groups = frozenset(one.slug for one in handed if len(found[one.slug]) > 1 or group_of(one, says) is not None)
    return Behind(found, absent, [*_told(strangers), *_unmet(handed, says, document), *twice], groups)


def _named_in_class(
    handed: Sequence[Handed], listing: Listing, says: ClassFile, document: Document | None
) -> dict[str, Sequence[Listed]]:
    """Return the people whom class.yaml puts behind submissions, by slug."""
    by_word: dict[str, list[Handed]] = {}
    for one in handed:
        for word in {plain(word) for word in one.words}:
            by_word.setdefault(word, []).append(one)
    wanted = [(("groups", name), name, words) for name, words in says.groups.items()]
    wanted += [(("submissions", name), name, [word]) for name, word in says.submissions.items()]
    found: dict[str, Sequence[Listed]] = {}
    for place, name, words in wanted:
        people = [person(word, listing, document, (*place, i)) for i, word in enumerate(words)]
        meant = by_word.get(plain(name), [])
        if len(meant) > 1:
            slugs = ", ".join(one.slug for one in meant)
            raise _error(document, place, f"several submissions are meant by {name!r}; name one of {slugs}.")
        for one in meant:
            if one.slug in found:
                raise _error(document, place, f"the submission {name!r} is named a second time; keep one of the two.")
            found[one.slug] = people
    return found


def person(word: str, listing: Listing, document: Document | None, place: tuple[str | int, ...]) -> Listed:
    """Return who is meant in class.yaml. Raises ClassError for nobody on the class list, and for several people."""
    try:
        found = listing.people.meant(word)
    except Unclear as error:
        raise _error(document, place, f"{error}; write which, by a user name or number.") from None
    if found is None and listing.complete:
        raise _error(document, place, f"there is nobody {word!r} on the class list.{listing.people.close(word)}")
    return found or Listed(Identity(name=word))


def _of(one: Handed, listing: Listing) -> Sequence[Listed]:
    """Return whom the platform names, or whom the name of a submission means; itself where nobody is listed."""
    if not listing.complete:
        return listing.own[one.slug]
    try:
        if one.owners:
            return [listing.people.of(owner) or Listed(owner) for owner in one.owners]
        meant = (listing.people.meant(word) for word in one.words)
        return [next(filter(None, meant), Listed(Identity(name=one.name)))]
    except Unclear as error:
        raise ClassError(
            f"The submission {one.name!r} cannot be given to one person: {error}; say in class.yaml whose it is, under"
            f" 'submissions', as {one.slug!r} and a user name or number."
        ) from None


def _check_list(handed: Sequence[Handed], strangers: Sequence[Handed], listing: Listing) -> None:
    if listing.complete and handed and len(strangers) == len(handed):
        names = ", ".join(repr(one.name) for one in handed[:3])
        raise ClassError(
            f"Expected submissions of people on the class list, who are {len(listing.people.everybody):,}, received"
            f" {len(handed):,} of nobody on it ({names}): is it the list of another course?"
        )


def _twice(handed: Sequence[Handed], found: Mapping[str, Sequence[Listed]]) -> Iterator[str]:
    """Yield a sentence for everybody who is behind two submissions: which counts is for people to say."""
    before: dict[int, Handed] = {}
    for one in handed:
        for who in found[one.slug]:
            other = before.setdefault(id(who), one)
            if other is not one:
                yield (
                    f"Expected one submission of {who.name!r}, received {other.name!r} and {one.name!r}; take one out,"
                    " put them into one folder, or grade them into two result folders."
                )
            elif sum(who is person for person in found[one.slug]) > 1:
                yield f"Expected every member of {one.name!r} once, received {who.name!r} twice; take one out."


def _told(strangers: Sequence[Handed]) -> list[str]:
    if not strangers:
        return []
    names = ", ".join(one.name for one in strangers[:5])
    more = f" and {len(strangers) - 5:,} more" if len(strangers) > 5 else ""
    one = len(strangers) == 1
    what = "1 submission is" if one else f"{len(strangers):,} submissions are"
    return [f"{what} of nobody on the class list ({names}{more}); marked all the same."]


def _unmet(handed: Sequence[Handed], says: ClassFile, document: Document | None) -> Iterator[str]:
    """Yield a sentence for every submission that class.yaml names and that is not there: to come, or misspelt."""
    words = {plain(word): word for one in handed for word in one.words}
    for key, names in (("groups", says.groups), ("submissions", says.submissions)):
        for name in names:
            if document and plain(name) not in words:
                hint = did_you_mean(name, words.values())
                where = f"{document.path}:{document.line((key, name))}"
                yield f"{where}: no submission is called {name!r} so far.{hint if 'Did you mean' in hint else ''}"


def _error(document: Document | None, place: tuple[str | int, ...], sentence: str) -> ClassError:
    return error_at(document, place, sentence) if document else ClassError(sentence)
