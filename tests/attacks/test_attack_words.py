"""Words that a student chooses and others read: in a browser, a spreadsheet, a terminal. Nothing in them may act."""

import base64
import csv
import hashlib
import html
import io
import json
import re
import sys
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import pytest
import toy
from attacks.battery import Arena
from rich.console import Console
from workflow.classes import KeptLauncher, graded, options

from harness.grading.results import ClassResult
from harness.terminal.class_table import class_table

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the fork server needs Linux")

SCRIPT = "<script>alert(1)</script>"
IMAGE = "\"'><img src=x onerror=alert(1)>"
STYLE = "</style></title><svg onload=alert(1)>{{7*7}}${7*7}"
ANSI = "\x1b[2J\x1b[31mred\x1b]0;title\x07\x1b]8;;http://evil\x1b\\link\x9b31m\r\n\x08"
BIDI = "\u202egnp.exe\u2066\u2069\u200f\u200b\ufeff"
MARKUP = "[bold red]rich[/] [link=http://evil]x[/link] :smile: \\"
TEMPLATE = "%s {0} {x.__class__} %(x)s"
WORDS = SCRIPT + IMAGE + STYLE + ANSI + BIDI + MARKUP + TEMPLATE

RAISES = toy.GOOD.replace("    model = ", f"    raise ValueError({WORDS!r})\n    model = ")
SOURCES = {
    "=cmd|' /C calc'!A0": toy.MISNAMED,
    "+1+1": toy.MISNAMED,
    "-2+3": toy.MISNAMED,
    "@SUM(1+1)": toy.MISNAMED,
    " =1+1": toy.MISNAMED,
    "＝1+1": toy.MISNAMED,
    "a,b;c\t\"d'": toy.MISNAMED,
    "<script>alert(1)<": toy.MISNAMED,
    "'><img src=x onerror=alert(1)>": toy.MISNAMED,
    "ann \x1b[31mred \x07": toy.MISNAMED,
    "\u202egnp.exe": toy.MISNAMED,
    "[bold]rich": toy.MISNAMED,
    "javascript:alert(1)": toy.MISNAMED,
    "..": None,
    "con": toy.MISNAMED,
    "n" * 200: toy.MISNAMED,
    "message": RAISES,
    "class": f"raise type({WORDS!r}, (Exception,), {{}})({WORDS!r})\n",
    "module": "import importlib\nimportlib.import_module(" + repr(SCRIPT + ANSI) + ")\n",
    "builder": toy.MISNAMED + f"\nglobals()['build_model' + {SCRIPT!r}] = build_modell\n",
    "type": toy.GOOD.replace("    model = ", f"    return type({WORDS!r}, (), {{}})()\n    model = "),
    "signature": f"def build_model(x={WORDS!r}): pass\n",
    "syntax": f"x = '{SCRIPT}\n",
    "syntax name": "﻿x = \u202e1\n",
    "printed": f"print({WORDS!r})\n1 / 0\n",
    "docstring": f'"""{SCRIPT}"""\n' + toy.MISNAMED,
    "line": "exec(compile('1 / 0', __file__ + '" + IMAGE.replace("'", "") + "', 'exec'))\n",
    "exit": f"import sys\nsys.exit({WORDS!r})\n",
}


@dataclass(frozen=True)
class Graded:
    result: ClassResult
    out: Path


@pytest.fixture(scope="module")
def school(tmp_path_factory: pytest.TempPathFactory, strong: Arena) -> Graded:
    """A class whose names and messages are all hostile; every submission stops at the check before training."""
    folder = tmp_path_factory.mktemp("words")
    sources = {name: source for name, source in SOURCES.items() if source is not None}
    toy.write_class(folder / "class", sources)
    odd = folder / "class" / "files"
    odd.mkdir()
    (odd / "toy.py").write_text(toy.MISNAMED)
    for name in ("=1+1.txt", "<img src=x onerror=alert(1)>.txt", "\x1b[31m.py", "\u202ecod.py", "a\nb.py", "toy .py"):
        (odd / name).write_text("1")
    chosen = options(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("harness.workflow.machine.launcher", lambda *_: KeptLauncher(strong.launcher))
        found = Graded(graded(folder / "class", chosen), chosen.out)
    strong.settle()
    return found


class Seen(HTMLParser):
    """Collects what a browser would act on."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.acts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "iframe", "object", "embed", "form", "base", "link", "img", "image", "foreignobject"):
            source = dict(attrs).get("src") or dict(attrs).get("href") or ""
            if tag != "img" or not source.startswith("data:image/"):
                self.acts.append(f"<{tag} {attrs}>")
        for name, value in attrs:
            if name.startswith("on") or (value or "").strip().lower().startswith(
                ("javascript:", "vbscript:", "data:text")
            ):
                self.acts.append(f"{tag} {name}={value}")
            if name in ("href", "src") and "evil" in (value or ""):
                self.acts.append(f"{tag} {name}={value}")


def test_every_hostile_name_is_in_the_class(school: Graded) -> None:
    assert len(school.result.students) == len(SOURCES)
    assert school.result.complete
    assert all(fault.owner == "student" for s in school.result.students for t in s.tasks if (fault := t.fault))


def test_no_page_holds_markup_of_a_students(school: Graded) -> None:
    pages = list(school.out.rglob("*.html"))
    assert len(pages) > len(SOURCES)
    for page in pages:
        text = page.read_text(encoding="utf-8")
        ours = (
            re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
            if page.name in ("index.html", "leaderboard.html")
            else []
        )
        for script in ours:
            digest = base64.b64encode(hashlib.sha256(html.unescape(script).encode()).digest()).decode()
            assert f"script-src 'sha256-{digest}'" in html.unescape(text), "the policy names this script and no other"
            text = text.replace(f"<script>{script}</script>", "")
        for data in re.findall(r'<script type="application/json" id="measures-data">(.*?)</script>', text, re.DOTALL):
            assert "<" not in data, "a name could end the block; browsers run none of it"
            text = text.replace(f'<script type="application/json" id="measures-data">{data}</script>', "")
        seen = Seen()
        seen.feed(text)
        assert not seen.acts, (page.name, seen.acts)
        assert "<script" not in text.lower() and "<img src=x" not in text.lower() and "<svg onload" not in text.lower()
        assert "default-src 'none'" in html.unescape(text), "a browser would run nothing even if it were there"
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text), page.name


def test_the_escaped_words_are_there_to_be_read(school: Graded) -> None:
    text = "".join(page.read_text(encoding="utf-8") for page in school.out.rglob("*.html"))
    assert "&lt;script&gt;alert(1)&lt;" in text


def test_no_link_leads_out_of_the_result_folder(school: Graded) -> None:
    for page in school.out.rglob("*.html"):
        for link in re.findall(r'(?:href|src)="([^"]*)"', page.read_text(encoding="utf-8")):
            if not link.startswith(("#", "data:", "https://")):
                target = (page.parent / re.sub(r"[#?].*", "", link)).resolve()
                assert target.is_relative_to(school.out.resolve()) and target.exists(), (page.name, link)


def test_no_cell_of_the_table_is_a_formula(school: Graded) -> None:
    text = (school.out / "grades.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert len(rows) == len(SOURCES) + 1
    for cell in (cell for row in rows for cell in row):
        assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")), cell
        assert cell.isprintable(), cell
    assert len({len(row) for row in rows}) == 1


def test_files_are_named_by_the_harness_only(school: Graded) -> None:
    names = [path.name for path in school.out.rglob("*")]
    assert all(re.fullmatch(r"[A-Za-z0-9_.\-]+", name) for name in names), names
    slugs = [student.slug for student in school.result.students]
    assert len(set(slugs)) == len(slugs)
    assert all(re.fullmatch(r"[a-z0-9-]+", slug) for slug in slugs)


def test_the_results_are_strict_and_hold_no_control_characters(school: Graded) -> None:
    whole = json.loads((school.out / "results.json").read_text(encoding="utf-8"), parse_constant=pytest.fail)

    def strings(value: object) -> list[str]:
        if isinstance(value, str):
            return [value]
        if isinstance(value, dict):
            return [s for pair in value.items() for part in pair for s in strings(part)]
        return [s for part in value for s in strings(part)] if isinstance(value, list) else []

    for text in strings(whole):
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text), repr(text[:200])
        assert len(text) < 2_000


@pytest.mark.parametrize("terminal", [True, False])
def test_the_terminal_is_told_nothing_but_colours_of_ours(school: Graded, terminal: bool) -> None:
    file = io.StringIO()
    Console(file=file, force_terminal=terminal, width=400, color_system="standard" if terminal else None).print(
        class_table(school.result)
    )
    text = re.sub(r"\x1b\[[0-9;]*m", "", file.getvalue()) if terminal else file.getvalue()
    assert "\x1b" not in text and "\x07" not in text and "\x08" not in text and "\r" not in text
    assert not re.search(r"[\u202a-\u202e\u2066-\u2069]", text)
    assert "[bold]rich" in text, "markup is shown, not obeyed"
    assert text.count("\n") < 3 * len(SOURCES)


def test_every_student_gets_one_sentence(school: Graded) -> None:
    for entry in school.result.students:
        faults = [entry.fault, *(task.fault for task in entry.tasks)]
        sentences = [fault.message for fault in faults if fault]
        assert sentences, entry.name
        assert all("\n" not in s and len(s) < 700 and "Traceback" not in s for s in sentences)
