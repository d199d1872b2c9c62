"""Gives everybody who hands in the slug they had before; only a newcomer's gives way."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from harness.intake.names import digest
from harness.intake.submission import Submission
from harness.records.roster import Person
from harness.workflow.plan import ClassPlan

Work = frozenset[tuple[str, str]]  # the fingerprint of what was handed in, by task


@dataclass(frozen=True)
class Assigned:
    """Submissions under their slugs. `renamed` has (name before, name now) of who was known by their work alone."""

    submissions: Sequence[Submission]
    renamed: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True)
class Known:
    """Who was graded before: the list, and the work of those who are gone from the class and whose name nobody has."""

    people: Sequence[Person]
    gone: Mapping[str, Work] = field(default_factory=dict)

    @property
    def slugs(self) -> set[str]:
        return {p.slug for p in self.people}


def known_from(people: Sequence[Person], before: ClassPlan | None) -> list[Person]:
    """Return the list with those of an earlier plan who are not in it, as when an older harness graded them."""
    listed = {p.slug for p in people}
    earlier = before.students if before else []
    return [*people, *(Person(entry=s.name, slug=s.slug, name=s.name) for s in earlier if s.slug not in listed)]


def assigned(handed_in: Sequence[Submission], known: Known, tasks: Sequence[str]) -> Assigned:
    """Return the submissions with the slugs of those who handed them in.

    A person is known by the name of the file or folder; else by the name shown, where only one had it and one has it;
    else by the very work of somebody who is gone. All others are newcomers, whose slug is one that nobody ever had.
    """
    slugs = _by_entry(handed_in, known)
    slugs |= _by_name(handed_in, known, slugs)
    by_work = _by_work(handed_in, known, slugs, tasks)
    slugs |= by_work
    taken = known.slugs
    for submission in handed_in:
        if submission.entry not in slugs:
            slugs[submission.entry] = _free(submission, taken)
            taken.add(slugs[submission.entry])
    names = {p.slug: p.name for p in known.people}
    renamed = [(names[by_work[s.entry]], s.name) for s in handed_in if s.entry in by_work]
    return Assigned([replace(s, slug=slugs[s.entry]) for s in handed_in], renamed)


def _by_entry(handed_in: Sequence[Submission], known: Known) -> dict[str, str]:
    slugs = {p.entry: p.slug for p in known.people}
    found: dict[str, str] = {}
    for submission in handed_in:
        slug = slugs.get(submission.entry)
        if slug and slug not in found.values():
            found[submission.entry] = slug
    return found


def _by_name(handed_in: Sequence[Submission], known: Known, found: Mapping[str, str]) -> dict[str, str]:
    slugs: dict[str, set[str]] = {}
    for person in known.people:
        slugs.setdefault(person.name, set()).add(person.slug)
    left = [s for s in handed_in if s.entry not in found]
    same = Counter(s.name for s in left)
    free = {name: next(iter(one)) for name, one in slugs.items() if len(one) == 1 and not one & {*found.values()}}
    return {s.entry: free[s.name] for s in left if same[s.name] == 1 and s.name in free}


def _by_work(
    handed_in: Sequence[Submission], known: Known, found: Mapping[str, str], tasks: Sequence[str]
) -> dict[str, str]:
    left = {s.entry: work_of(s, tasks) for s in handed_in if s.entry not in found} if known.gone else {}
    gone = {slug: work for slug, work in known.gone.items() if work and slug not in found.values()}
    sole = {work for work, n in Counter(gone.values()).items() if n == 1}
    sole &= {work for work, n in Counter(left.values()).items() if n == 1}
    by_work = {work: slug for slug, work in gone.items() if work in sole}
    return {entry: by_work[work] for entry, work in left.items() if work in by_work}


def work_of(submission: Submission, tasks: Sequence[str]) -> Work:
    return frozenset((task, submission.source_hash(task, tasks)) for task in submission.tasks(tasks))


def _free(submission: Submission, taken: Collection[str]) -> str:
    if submission.slug not in taken:
        return submission.slug
    made = digest(submission.entry)
    lengths = (f"{submission.slug}-{made[:n]}" for n in (6, 16, 64))
    numbers = (f"{submission.slug}-{made}-{n}" for n in count(2))
    return next(slug for some in (lengths, numbers) for slug in some if slug not in taken)
