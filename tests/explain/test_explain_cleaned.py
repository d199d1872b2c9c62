"""What libraries say is fit for a page when it is passed on: nothing of the machine, no half sentence, and in time."""

import sys
from pathlib import Path

import pytest

from harness.explain.cause import cause_of
from harness.explain.cleaned import cleaned, shortened, without_places
from harness.explain.explained import MOST, answer, explained
from harness.explain.seen import Seen, Work

CLEANED = {
    "No such file: '/content/drive/My Drive/a.csv'": "No such file: '…/My Drive/a.csv'",
    "[Errno 13] Permission denied: '/home/ann/.keras/datasets'": "[Errno 13] Permission denied: '…/datasets'",
    f"in {sys.prefix}/lib/x.py": "in …/x.py",
    "failed on https://example.org/a/b.npz": "failed on https://example.org/a/b.npz",
    "a/b and 3/4 and [1]/[2]": "a/b and 3/4 and [1]/[2]",
    "<function f at 0x7f41a6bde3e0>": "<function f>",
    "\x1b[1mInput 0 with name 'None'\x1b[0m of layer": "Input 0 of layer",
    "{{function_node __wrapped__Sub_device_/job:localhost/replica:0/task:0/device:CPU:0}} Incompatible shapes: [32] vs."
    " [32,10] [Op:Sub] name: ": "Incompatible shapes: [32] vs. [32,10]",
    "a <class 'keras.src.layers.core.Dense'>": "a Dense",
    "module 'keras._tf_keras.keras.layers' has": "module 'tensorflow.keras.layers' has",
    "harness.training.variational.autoencoder.<locals>.Variational failed": "the harness failed",
    "<KerasTensor shape=(None, 3), dtype=float32, name=x_3>": "a tensor (None, 3)",
}  # fmt: skip


@pytest.mark.parametrize("text", CLEANED)
def test_what_means_something_to_a_machine_only_is_taken_out(text: str) -> None:
    assert cleaned(text) == CLEANED[text]


def test_a_path_in_brackets_is_left_out_whole() -> None:
    path = f"{sys.prefix}/lib/python3.11/site-packages/keras/utils/__init__.py"
    assert cleaned(f"cannot import name 'a' from 'keras.utils' ({path})") == "cannot import name 'a' from 'keras.utils'"


def test_a_student_who_words_a_message_shows_no_place_of_the_machine_either() -> None:
    assert without_places("look at /tmp/harness-x1y2/submission/work.py") == "look at …/work.py"


SENTENCE = "One sentence ends here. "


@pytest.mark.parametrize(
    ("text", "most", "short"),
    [
        ("short", 40, "short"),
        (SENTENCE * 3, 60, (SENTENCE * 2).strip()),
        ("no end of a sentence comes for a long time in this text", 30, "no end of a sentence comes …"),
        ("x" * 100, 10, f"{'x' * 9}…"),
        ("Do this. You are likely doing something like: ``` tf_fn(x) ``` What you should", 40, "Do this."),
        ("You are likely doing something like: ``` x ``` then", 45, "You are likely doing something like"),
    ],
)
def test_no_sentence_is_cut_in_the_middle(text: str, most: int, short: str) -> None:
    assert shortened(text, most) == short


KERAS = """Exception encountered when calling Sequential.call().

\x1b[1mInput 0 of layer "dense" is incompatible with the layer\x1b[0m

Arguments received by Sequential.call():
  • inputs=tf.Tensor(shape=(2, 3), dtype=float32)"""
GRAPH = """Graph execution error:

Detected at node compile_loss/mse/sub defined at (most recent call last):
  File "/opt/venv/lib/python3.11/site-packages/keras/src/trainer.py", line 399, in fit

<stack traces unavailable>
required broadcastable shapes
\t [[{{node compile_loss/mse/sub}}]] [Op:__inference_one_step_12]"""
USER = 'in user code:\n\n    File "/x/y.py", line 3, in call  *\n        return f(x)\n\n    ValueError: too odd'


@pytest.mark.parametrize(
    ("text", "cause", "called"),
    [
        (KERAS, 'Input 0 of layer "dense" is incompatible with the layer', ""),
        (GRAPH, "required broadcastable shapes", "compile_loss/mse"),
        (USER, "ValueError: too odd", ""),
        ("one\n\ntwo", "one two", ""),
    ],
)
def test_the_cause_is_found_in_what_is_wrapped_around_it(text: str, cause: str, called: str) -> None:
    found = cause_of(ValueError(text))
    assert (found.text, found.called) == (cause, called)


REPEATED = (
    *("/a", "/a/", " (", "…/", "layer '", "[Op:", "[[{{node ",
      " for '{{node ", "<KerasTensor shape=(", "harness.a", "KerasTensor "),
    *("\n", " ", "\t\n", "Exception encountered when calling ", "Detected at node ", "in user code:\n",
      "```", "No module named '"),
    *("keras.", "x", "0x", "\x1b[", "**", "import x", "from x import ", "Error: "),
)  # fmt: skip


@pytest.mark.parametrize("part", REPEATED)
def test_no_text_takes_more_time_than_its_length(part: str) -> None:
    """A pattern that looks back would take hours for these: 400 kB of what students wrote, 20 kB of what is raised."""
    many = part * (400_000 // len(part))
    work = Work(Path("/none"), {"work.py": many})
    for text in (many, f"name '{many}' is not defined", f"in user code:{many}", f"calling {many}"):
        assert len(explained(NameError(text), work)) <= MOST
    seen = Seen("NameError", "name 'xyz' is not defined", work, line=many[:20_000], through=many[:20_000])
    assert isinstance(answer(seen), str)
