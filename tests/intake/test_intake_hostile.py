"""One submission stops nobody: a class of hostile ones is read, and each is answered in one sentence."""

from pathlib import Path

from intake.hostile import DEF, FILE, STUDENTS, TASK, write_class

from harness.intake.gather import gather
from harness.intake.names import clean

KNOWN = (TASK, "rnn_regression")


def test_each_of_a_hostile_class_gets_one_sentence_and_the_good_one_is_read(tmp_path: Path) -> None:
    write_class(tmp_path / "class", DEF.encode())
    found = {one.name: one for one in gather(tmp_path / "class", KNOWN)}
    assert len(found) == len(STUDENTS) + 1
    assert found["good"].files == {FILE: DEF.encode()}
    assert found["good"].fault is None
    for name, (_, word) in STUDENTS.items():
        one = found[clean(name)]
        fault = one.fault or one.syntax_fault(TASK, KNOWN)
        if word:
            assert fault is not None, name
            assert word in fault.message
            assert fault.owner == "student"
        for sentence in (*one.notes, *([fault.message] if fault else [])):
            assert sentence.isprintable()
            assert len(sentence) < 600
            assert str(tmp_path) not in sentence
