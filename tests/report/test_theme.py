"""An instructor's own wording: what a theme replaces, and that every mistake in one names its file and line."""

import html
import re
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from harness.errors import ThemeError, UsageError
from harness.report.card_page.card import ClassFacts
from harness.report.pages import render_card, render_class
from harness.report.rehearsal.rehearsal import made_up, rehearsed, write_preview
from harness.report.rehearsal.theme_start import write_start
from harness.report.themes.catalogue import built_in_templates, catalogue
from harness.report.themes.contrast import BACKGROUNDS, built_in, contrast, luminance, needed_contrast, too_close
from harness.report.themes.theme import PLAIN, Theme, load_theme
from harness.report.words.phrase import Phrase, plural

EXAMPLE = Path(__file__).parents[2] / "examples" / "theme"
Write = Callable[[Mapping[str, str]], Path]
PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 30


@pytest.fixture
def written(tmp_path: Path) -> Write:
    """Write a theme of the files given."""

    def write(files: Mapping[str, str]) -> Path:
        for name, text in files.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
        return tmp_path

    return write


def themed(folder: Path) -> Theme:
    return rehearsed(load_theme(folder))


def card(student, theme: Theme = PLAIN, **more) -> str:
    return render_card(student, ClassFacts("Class"), revealed=False, figures={}, theme=theme, **more)


def test_without_a_folder_the_pages_are_the_built_in_ones() -> None:
    assert rehearsed(load_theme(None)) is PLAIN


def test_the_example_shows_its_name_logo_colours_and_sentences(student) -> None:
    theme = themed(EXAMPLE)
    page = card(student(), theme)
    assert '<html lang="de">' in page
    assert "Tiefes Lernen, Herbst" in page
    assert '<img src="data:image/svg+xml;base64,' in page
    assert "--link:#8a1c4a" in page and "--link:#f2a6c6" in page
    assert "Als Nächstes:" in page and "Try next:" not in page
    assert "Office hours are on Tuesdays" in page
    assert "Georgia" in page
    assert (theme.price_per_cpu_hour, theme.currency) == (0.04, "EUR")


def test_the_example_changes_the_class_page_too(student, class_) -> None:
    page = render_class(class_(student()), theme=themed(EXAMPLE))
    assert "Tiefes Lernen, Herbst" in page and "Office hours" in page


def test_words_made_in_python_are_replaced_with_their_values(written: Write, student) -> None:
    theme = themed(written({"theme.yaml": 'sentences: {"%(n)s points": "%(n)s Punkte"}'}))
    assert "Punkte" in card(student(), theme)


def test_a_phrase_is_english_text_until_a_page_prints_it() -> None:
    inner = plural(2, "%(n)s task", "%(n)s tasks")
    whole = Phrase("%(what)s done, 95 % of all", what=inner)
    theme = Theme(
        sentences={"%(what)s done, 95 % of all": "95 %% von allem: %(what)s", "%(n)s tasks": "%(n)s Aufgaben"}
    )
    assert whole == "2 tasks done, 95 % of all"
    assert theme.spoken(whole) == "95 % von allem: 2 Aufgaben"


def test_a_sentence_stays_text(written: Write, student) -> None:
    theme = themed(written({"theme.yaml": 'course: "<b>A & B</b>"\nsentences: {"Try next:": "<script>1</script>"}'}))
    page = card(student(), theme)
    assert "<script>" not in page and "&lt;script&gt;1" in page
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in page


def test_what_a_student_wrote_is_not_taken_for_a_sentence_of_the_pages(written: Write, student) -> None:
    theme = themed(written({"theme.yaml": 'sentences: {"Try next:": "Als Nächstes:"}'}))
    assert "<bdi>Try next:</bdi>" in card(student("Try next:", slug="x"), theme)


MISTAKES = {
    "cours: Deep Learning": (1, "no key 'cours'. Did you mean 'course'?"),
    "course: X\nsentences:\n  'Try nxt:': Y": (3, "Did you mean 'Try next:'?"),
    "sentences: {'Nothing like it at all is here': Y}": (1, "writes a list of all"),
    "sentences: {'%(n)s points': '%(m)s Punkte'}": (1, "no value %(m)s; its values: %(n)s"),
    "sentences: {'%(n)s points': '%(n Punkte'}": (1, "a value is written %(name)s"),
    "sentences:\n  'Try next:':": (2, "must be text, but is empty"),
    "colours:\n  light: {lnk: '#000000'}": (2, "no colour 'lnk'. Did you mean 'link'?"),
    "colours:\n  lihgt: {link: '#000000'}": (2, "no key 'lihgt'. Did you mean 'light'?"),
    "colours:\n  light:\n    link: blue": (3, "a colour such as '#0b5cad', but is the text 'blue'"),
    "colours:\n  light:\n    link: #0b5cad": (3, "needs quotes"),
    "colours:\n  light:\n    link: '#9db8d0'": (3, "needs 4.5 to 1 (WCAG 2.2); take a darker 'link'"),
    "colours:\n  dark:\n    page: '#ffffff'": (3, "on 'page' has a contrast of"),
    "language: Deutsch, bitte": (1, "a language tag such as 'en'"),
    "price_per_cpu_hour: -1": (1, "must be 0 or more"),
    "price_per_cpu_hour: cheap": (1, "must be a number"),
    "course: [a]": (1, "must be text (put it in quotes), but is a list"),
    "- course": (1, "a mapping of keys to values"),
    "course: 'open": (1, "not valid YAML"),
    "course: &a X": (1, "anchors (&)"),
    "course: X\nlogo: ../logo.png": (2, "must name a file in the theme's folder"),
    "logo: logo.gif": (1, "must be a PNG, JPEG, WebP or SVG file"),
    "logo: none.png": (1, "must be a file that can be read"),
}


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_in_theme_yaml_names_file_and_line(written: Write, text: str) -> None:
    line, said = MISTAKES[text]
    folder = written({"theme.yaml": text})
    with pytest.raises(ThemeError) as error:
        load_theme(folder)
    assert str(error.value).startswith(f"{folder / 'theme.yaml'}:{line}: ")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("logo.png", b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "is image/svg+xml"),
        ("logo.svg", b"<html><script>alert(1)</script></html>", "is no such picture"),
        ("logo.jpg", PNG, "is image/png"),
        ("logo.png", PNG + b"\0" * 200_000, "at most 200 kB"),
    ],
)
def test_a_logo_must_be_what_its_name_says_and_small(written: Write, name: str, content: bytes, said: str) -> None:
    folder = written({"theme.yaml": f"logo: {name}"})
    (folder / name).write_bytes(content)
    with pytest.raises(ThemeError, match=re.escape(said)):
        load_theme(folder)


BROKEN = {
    "{{ card.name }\n": (1, "no valid template"),
    "<p>\n{% if card.name %}\n": (2, "no valid template"),
    "<p>\n{{ card.name|pionts }}\n": (2, "No filter named 'pionts'. Did you mean 'points'?"),
    "<p>\n\n{{ crad.name }}\n": (3, "'crad' is undefined. Did you mean 'card'?"),
    "<p>\n{{ card.nmae }}\n": (2, "'CardView object' has no attribute 'nmae'"),
    "<p>\n{% include '_taks.html' %}\n": (2, "there is no template '_taks.html'. Did you mean '_task.html'?"),
    "{% extends 'bas.html' %}\n": (1, "Did you mean 'base.html'?"),
    "<p>\n{{ 1 / 0 }}\n": (2, "ZeroDivisionError"),
    "<p>\n{{ card.name|round }}\n": (2, "TypeError"),
    "<p>\n{{ ''.__class__.__mro__ }}\n": (2, "unsafe"),
    "{% extends 'harness/card.html' %}\n{% block body %}{{ card.name|safe }}{% endblock %}\n": (2, "leave out `safe`"),
}


@pytest.mark.parametrize("source", BROKEN)
def test_a_broken_template_is_one_sentence_with_file_and_line_before_anything_runs(written: Write, source: str) -> None:
    line, said = BROKEN[source]
    folder = written({"templates/card.html": source})
    with pytest.raises(ThemeError) as error:
        themed(folder)
    assert str(error.value).startswith(f"{folder / 'templates' / 'card.html'}:{line}: ")
    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_a_broken_part_is_found_where_it_is_included_from(written: Write) -> None:
    folder = written({"templates/_foot.html": "{% include 'own/a.html' %}", "templates/own/a.html": "\n{{ oops }}"})
    with pytest.raises(ThemeError, match=r"own/a\.html:2: 'oops' is undefined"):
        themed(folder)


def test_a_broken_part_that_no_page_includes_is_found_too(written: Write) -> None:
    with pytest.raises(ThemeError, match=r"own/a\.html:1: this is no valid template"):
        themed(written({"templates/own/a.html": "{% if %}"}))


def test_a_page_without_its_policy_is_refused(written: Write) -> None:
    with pytest.raises(ThemeError, match="no content security policy"):
        themed(
            written(
                {"templates/base.html": "<title>{% block title %}{% endblock %}</title>{% block body %}{% endblock %}"}
            )
        )


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({"templates/crad.html": ""}, "Did you mean 'card.html'?"),
        ({"templates/mine/card.html": ""}, "templates/own/"),
        ({"card.html": ""}, "move it there"),
        ({"tehme.yaml": ""}, "Did you mean 'theme.yaml'?"),
        ({"styles.css": ""}, "Did you mean 'style.css'?"),
        ({"style.css": "p {}\n@import 'x.css';"}, "style.css:2: a page is one file"),
        ({"style.css": "p { background: url(https://example.org/a.png) }"}, "style.css:1"),
        ({"style.css": "</style><script>1</script>"}, "style.css:1"),
        ({"notes.txt": ""}, "`harness theme --out DIR` writes them"),
    ],
)
def test_a_file_that_could_not_do_what_it_is_for_is_refused(written: Write, files: dict[str, str], said: str) -> None:
    with pytest.raises(ThemeError, match=re.escape(said)):
        load_theme(written(files))


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ThemeError, match=r"received .*nowhere, which is none"):
        load_theme(tmp_path / "nowhere")


def test_an_own_template_still_escapes_what_students_wrote(written: Write, student) -> None:
    theme = themed(written({"templates/_foot.html": "{{ card.name if card is defined }}"}))
    page = card(student("<img src=x onerror=alert(1)>", slug="x"), theme)
    assert "<img src=x" not in page and page.count("&lt;img src=x") >= 2


def test_the_starting_folder_changes_nothing_and_its_lines_work_when_uncommented(tmp_path: Path, student) -> None:
    files = write_start(tmp_path / "a", templates=True)
    assert {f.name for f in files} == {"theme.yaml", *built_in_templates()}
    assert card(student(), themed(tmp_path / "a")) == card(student())

    text = files[0].read_text(encoding="utf-8").partition("\n\n")[2]
    lines = [re.sub(r"^# ", "", line) for line in text.splitlines()]
    lines = [line for line in lines if not line.startswith("logo:")]
    shutil.rmtree(tmp_path / "a" / "templates")
    files[0].write_text("\n".join(lines), encoding="utf-8")
    theme = load_theme(tmp_path / "a")
    assert set(theme.sentences) == set(catalogue())


def test_a_theme_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    write_start(tmp_path)
    with pytest.raises(ThemeError, match="is there already"):
        write_start(tmp_path)


def test_the_preview_shows_every_page_and_spares_a_folder_with_other_things(tmp_path: Path) -> None:
    index = write_preview(PLAIN, tmp_path / "new")
    assert "Made-up class" in index.read_text(encoding="utf-8")
    assert write_preview(PLAIN, tmp_path / "new") == index
    with pytest.raises(UsageError, match="holds other things"):
        write_preview(PLAIN, tmp_path)


def test_every_page_is_in_the_made_up_class(tmp_path: Path) -> None:
    """A template that no page of it comes to could break in the middle of the night."""
    theme = Theme(folder=Path("marked"), templates={n: f"{s}\n<!-- {n} -->" for n, s in unextended().items()})
    shown = "".join(made_up(theme, tmp_path).values())
    assert {n for n in theme.templates if f"<!-- {n} -->" not in shown} == set()


def unextended() -> dict[str, str]:
    """Return the templates that others include; what stands after the blocks of a page is not printed."""
    return {n: s for n, s in built_in_templates().items() if "{% extends" not in s and "{% macro" not in s}


def test_every_word_in_the_templates_can_be_replaced() -> None:
    """A word between tags that is neither a value nor marked would stay English."""
    left = {}
    for name, source in built_in_templates().items():
        text = re.sub(r"\{% trans.*?endtrans %\}|\{[{%#].*?[}%#]\}|<(style|script).*?</\1>", " ", source, flags=re.S)
        text = re.sub(r"\b\w+\.(csv|json|html)\b", " ", text)  # files have the names they have
        words = re.findall(r"[A-Za-z]{3,}", re.sub(r"<[^>]*>|&\w+;", " ", text))
        words += re.findall(r'(?:aria-label|title|alt|placeholder)="[^"{]*[A-Za-z]{3,}', text)
        if words:
            left[name] = words
    assert left == {}


def test_contrast_is_that_of_wcag() -> None:
    assert luminance("#fff") == pytest.approx(1)
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)  # the known near miss
    assert contrast("#767676", "#fff") == pytest.approx(4.54, abs=0.005)


def test_every_colour_of_the_stylesheet_is_known_to_the_check_and_passes_it() -> None:
    for scheme, colours in built_in().items():
        assert {"page", "sheet", "ink", "link"} <= set(colours)
        assert set(BACKGROUNDS) <= set(colours)
        assert list(too_close(colours, scheme)) == []
        assert needed_contrast("ink") == 4.5


def test_a_page_in_other_words_has_no_english_of_ours_left(tmp_path: Path) -> None:
    """Every sentence is replaced by one without letters; what is left must be of the class, or the name of a file."""
    other = {
        s: "".join(part if part.startswith("%(") else re.sub(r"[A-Za-z]", "·", part) for part in split(s))
        for s in catalogue()
    }
    pages = made_up(Theme(sentences=other), tmp_path)
    data = "".join(p.read_text(encoding="utf-8") for p in (tmp_path / "results.json", tmp_path / "grades.csv"))
    files = "grades results index diff csv json html harness check task profile seeds python november"
    drawn = "across submissions mark square drawn nobody side pixels left characters word texts what written"
    # What preflight and a difference say of a criterion is made where marks are, as reasons and findings are.
    known = set(re.findall(WORD, f"{data} {files} {drawn}".lower()))
    for name, page in pages.items():
        if name not in ("preflight.html", "diff.html"):
            assert set(re.findall(WORD, shown(page).lower())) - known == set(), name


WORD = r"[a-z]{4,}"


def split(sentence: str) -> list[str]:
    return re.split(r"(%\(\w+\)s)", sentence)


def shown(page: str) -> str:
    """Return the text of a page and of the attributes that are read out, without scripts, styles and pictures."""
    page = re.sub(r"<(style|script)\b.*?</\1>|<svg class=\"scatter.*?</svg>", " ", page, flags=re.S)
    read_out = re.findall(r'(?:aria-label|title|alt|placeholder)="([^"]*)"', page)
    return html.unescape(" ".join([*read_out, re.sub(r"<[^>]*>", " ", page)]))
