"""The page from which cards are handed out."""

from threading import Lock

from flask import Response, redirect, request, url_for

from harness.errors import HarnessError
from harness.grading.readiness import Obstacle, obstacles, open_criteria
from harness.report.words.moments import date
from harness.report.words.phrase import Phrase, plural
from harness.report.words.text import count
from harness.serve.desk import Sight
from harness.serve.reading import Reading
from harness.serve.room import Room
from harness.workflow.publish import publish


class HandingOut:
    """Shows what speaks against publishing, and publishes."""

    def __init__(self, room: Room, reading: Reading) -> None:
        self.room, self.reading = room, reading
        self._one_at_a_time = Lock()

    def show(self) -> Response:
        return self.page(self.reading.sight())

    def publish(self) -> Response:
        """Write the cards; marks that are open must have been agreed to in the form."""
        sight = self.reading.sight()
        grader = self.room.grader()
        if not grader:
            return redirect(url_for("ask_grader"), 303)  # type: ignore[return-value]
        if obstacles(sight.result, sight.marks) and request.form.get("force") != "yes":
            return self.page(
                sight, status=409, trouble=Phrase("Nothing was published: agree below that marks may be open.")
            )
        try:
            with self._one_at_a_time:
                publish(
                    self.room.desk.graded,
                    self.room.folder,
                    grader=grader,
                    reveal=request.form.get("reveal") == "yes",
                    force=request.form.get("force") == "yes",
                    with_key=request.form.get("with_key") == "yes",
                )
        except HarnessError as error:
            return self.page(sight, status=409, trouble=str(error))
        return redirect(url_for("publishing", done=1), 303)  # type: ignore[return-value]

    def page(self, sight: Sight, *, status: int = 200, trouble: str = "") -> Response:
        last = self.room.desk.graded.publications.all()[-1:]
        since = {m.slug for m in self.room.desk.graded.marks.since(last[0].last_mark)} if last else set()
        return self.room.page(
            "publish.html",
            status=status,
            bar=self.room.bar(sight),
            sight=sight,
            obstacles=[(said(o), o.slugs) for o in obstacles(sight.result, sight.marks)],
            hidden=any(c.hidden for s in sight.result.students for t in s.tasks for c in t.criteria),
            key_given=date(self.room.desk.graded.publications.key_given()),
            has_key=self.room.desk.graded.has_key,
            folder=self.room.folder,
            last=last[0] if last else None,
            last_at=date(last[0].at) if last else "",
            changed_since=len(since & sight.students.keys()),
            done=bool(request.args.get("done")) and not trouble,
            trouble=trouble,
        )


def said(obstacle: Obstacle) -> Phrase:
    """Return what speaks against publishing in words that a theme can replace, without the full stop."""
    n = len(obstacle.students)
    match obstacle.kind:
        case "partial":
            return Phrase("Grading is not complete")
        case "faults":
            return plural(
                n,
                "Faults of the harness left marks of %(n)s student open, which `harness grade` tries again",
                "Faults of the harness left marks of %(n)s students open, which `harness grade` tries again",
            )
        case "open":
            return plural(
                sum(len(open_criteria(s)) for s in obstacle.students),
                "%(n)s criterion of %(students)s is still to be marked by hand",
                "%(n)s criteria of %(students)s are still to be marked by hand",
                students=count(n, "student"),
            )
        case "astray":
            return Phrase("%(what)s, which count for nothing now", what=obstacle.text)
        case "names":
            return Phrase("A comment or reason names another student")
