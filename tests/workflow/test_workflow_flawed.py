"""Flawed submissions say what is wrong with them and by which criteria it shows; they are read, not run."""

from pathlib import Path

import pytest
import toy

from harness import shipped
from harness.errors import UsageError
from harness.grading.rubric import load_rubric
from harness.grading.rubric_model import Rubric
from harness.tasks import find, names
from harness.workflow.flawed import Flawed, check_folder, read_flawed
from harness.workflow.standards import load_rubrics

DOC = '"""It never learns.\n\nWhy this is so.\nLoses: plain, beats-naive\n"""\n'


@pytest.fixture
def rubric(tmp_path: Path) -> Rubric:
    return load_rubric(toy.write_rubrics(tmp_path / "rubrics") / "toy.yaml", toy.TASK)


def read(folder: Path, rubric: Rubric, source: str, name: str = "kept.py") -> list[Flawed]:
    (folder / "toy").mkdir(exist_ok=True)
    (folder / "toy" / name).write_text(source, encoding="utf-8")
    return read_flawed(folder, "toy", rubric, "quick")


def test_the_docstring_says_the_mistake_and_its_criteria(tmp_path: Path, rubric: Rubric) -> None:
    (found,) = read(tmp_path, rubric, DOC + toy.UNTRAINABLE)
    assert (found.name, found.mistake, found.loses) == ("kept", "It never learns.", ("plain", "beats-naive"))


@pytest.mark.parametrize(("line", "kind"), [("", ""), ("Fault: contract\n", "contract"), ("Fault: limit.\n", "limit")])
def test_a_fault_it_ends_in_is_declared(tmp_path: Path, rubric: Rubric, line: str, kind: str) -> None:
    (found,) = read(tmp_path, rubric, DOC.replace("beats-naive\n", f"beats-naive\n{line}"))
    assert found.fault == kind
    assert found.loses == ("plain", "beats-naive")


def test_nothing_of_it_runs(tmp_path: Path, rubric: Rubric) -> None:
    assert len(read(tmp_path, rubric, DOC + "raise SystemExit\n")) == 1


def test_criteria_may_go_on_on_the_next_line(tmp_path: Path, rubric: Rubric) -> None:
    (found,) = read(
        tmp_path, rubric, '"""It never learns.\n\nLoses: plain,\n  beats-naive.\n\nplain is meant first.\n"""\n'
    )
    assert found.loses == ("plain", "beats-naive")


def test_variants_that_a_mistake_shows_beside_stand_on_a_line_of_their_own(tmp_path: Path, rubric: Rubric) -> None:
    (found,) = read(tmp_path, rubric, '"""It never learns.\n\nLoses: plain\nCompared with: naive, wide.\n"""\n')
    assert (found.loses, found.compared) == (("plain",), ("naive", "wide"))


def test_helpers_and_other_files_are_left_out(tmp_path: Path, rubric: Rubric) -> None:
    read(tmp_path, rubric, "", "__init__.py")
    read(tmp_path, rubric, "", "notes.txt")
    assert read(tmp_path, rubric, "", ".hidden.py") == []
    assert read_flawed(tmp_path, "nothing-here", rubric, "quick") == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (toy.UNTRAINABLE, "to begin with a docstring"),
        ('"""It never learns."""', "to begin with a docstring"),
        ('"""Loses: plain"""', "to begin with a docstring"),
        ('"""It never learns.\n\nLoses: \n"""', "to begin with a docstring"),
        (DOC.replace("plain", "plian"), "received 'plian'. Did you mean 'plain'?"),
        (DOC.replace("plain", "report"), "received 'report'"),
        (DOC.replace("Why", "Fault: contrct\nWhy"), "received 'contrct'. Did you mean 'contract'?"),
        (DOC + "def build_model(:\n", "line 6 is not valid Python"),
    ],
    ids=["no docstring", "no criteria", "no mistake", "empty", "misspelt", "marked by hand", "no fault", "broken"],
)
def test_another_form_is_refused_in_a_sentence(tmp_path: Path, rubric: Rubric, source: str, said: str) -> None:
    with pytest.raises(UsageError) as error:
        read(tmp_path, rubric, source)
    assert said in str(error.value) and "kept.py" in str(error.value)


def test_a_criterion_of_another_profile_is_refused(tmp_path: Path, rubric: Rubric) -> None:
    read(tmp_path, rubric, DOC)
    with pytest.raises(UsageError, match="marks under full, received 'plain'"):
        read_flawed(tmp_path, "toy", rubric, "full")


@pytest.mark.parametrize("name", ["reference.py", "template.py", "a b.py", "\u202ea.py", "=1.py", "-r.py"])
def test_a_name_that_would_mislead_is_refused(tmp_path: Path, rubric: Rubric, name: str) -> None:
    with pytest.raises(UsageError, match="rename it"):
        read(tmp_path, rubric, DOC, name)


def test_a_folder_named_like_no_task_is_told(tmp_path: Path) -> None:
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "autoencoder").mkdir()
    check_folder(tmp_path, ("toy", "autoencoder"))
    (tmp_path / "autoencodr").mkdir()
    with pytest.raises(UsageError, match="Did you mean 'autoencoder'"):
        check_folder(tmp_path, ("toy", "autoencoder"))
    with pytest.raises(UsageError, match="--flawed"):
        check_folder(tmp_path / "nowhere", ("toy",))


@pytest.mark.parametrize("name", names())
def test_every_task_has_mistakes_that_its_rubric_knows(name: str) -> None:
    folder = next(shipped.SHIPPED.folders("mistakes"))
    assert folder is not None
    check_folder(folder, names())
    found = read_flawed(folder, name, load_rubrics(None, {name: find(name)})[name], "quick")
    assert len(found) >= 3
    assert len({one.mistake for one in found}) == len(found)
    assert all(one.mistake.endswith(".") for one in found)
