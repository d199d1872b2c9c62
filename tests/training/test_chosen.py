"""What a student's function returns as settings: plain data crosses, and everything else is one sentence."""

import json
from types import ModuleType

import numpy as np
import pytest
from toy_search import SEARCH

from harness.training.chosen import chosen
from harness.training.errors import ContractError

DECLARED = [{"function": SEARCH.function, "most": SEARCH.most}]

PRELUDE = """\
import itertools
import numpy as np
class Dict(dict): pass
class Text(str): pass
class Whole(int): pass
class Many(list):
    def __iter__(self): return iter([{}] * 10**9)
class Equal:
    def __eq__(self, other): raise SystemExit
    def __hash__(self): return 1
deep = []
for _ in range(100_000): deep = [deep]
"""


def ran(code: str, max_bytes: int = 65_536) -> bytes:
    module = ModuleType("toy")
    exec(f"{PRELUDE}\ndef search():\n    return {code}\n", vars(module))
    return chosen(module, DECLARED, max_bytes)


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("[{'units': 8}, {}]", [{"units": 8}, {}]),
        ("({'rate': 0.5, 'bias': True, 'optimizer': None},)", [{"rate": 0.5, "bias": True, "optimizer": None}]),
        ("[]", []),  # refused outside, where the task's limits are known
    ],
)
def test_plain_data_crosses_as_it_is(code: str, said: object) -> None:
    assert json.loads(ran(code)) == {"search": said}


BAD = {
    "nothing": ("None", "Expected search to return a list of dictionaries, received NoneType."),
    "a generator without end": ("({} for _ in itertools.count())", "received generator: put them into a list."),
    "a list of a kind of its own": ("Many()", "received Many: put them into a list."),
    "a huge list": ("[{}] * 10**7", "Expected search to return at most 3 candidates, received 10,000,000"),
    "deep nesting": ("deep", "Expected candidate 1 of search to be a dictionary of settings, received list."),
    "nesting in a setting": ("[{'units': deep}]", "Expected units of candidate 1 of search to be a text, a number"),
    "a dictionary of a kind of its own": ("[Dict()]", "Expected candidate 1 of search to be a dictionary of settings"),
    "a text of a kind of its own": ("[{'optimizer': Text('adam')}]", "received Text; convert it."),
    "a name of a kind of its own": ("[{Text('units'): 8}]", "to name its settings in short texts, received Text."),
    "a number of a kind of its own": ("[{'units': Whole(8)}]", "received Whole; convert it."),
    "a number of NumPy": ("[{}, {'rate': np.float64(1)}]", "received float64; convert it, as with float(...)."),
    "a huge number": ("[{'units': 10**400}]", "Expected units of candidate 1 of search to be below 2^63"),
    "a long text": ("[{'optimizer': 'a' * 10**6}]", "to have at most 200 letters, received 1,000,000."),
    "many settings": ("[{str(i): i for i in range(10**5)}]", "to have at most 100 settings, received 100,000."),
    "something that compares in its own way": ("[{'units': Equal()}]", "received Equal; convert it."),
    "a key that compares in its own way": ("[{Equal(): 1}]", "received Equal."),
    "too many bytes": ("[{'a' * 200 + str(i): 'é' * 199 for i in range(90)}] * 3", "to name its settings in short"),
}


@pytest.mark.parametrize("case", BAD)
def test_everything_else_is_one_sentence(case: str) -> None:
    code, said = BAD[case]
    with pytest.raises(ContractError) as error:
        ran(code)
    assert said in str(error.value)
    assert str(error.value).count(". ") == 0


def test_all_of_it_has_a_size() -> None:
    with pytest.raises(ContractError, match="Expected settings of at most 100 bytes, received 2,0"):
        ran("[{'optimizer': '\\u00e9' * 199}, {}, {'optimizer': '\\u00e9' * 138}]", max_bytes=100)


def test_a_function_that_is_missing_or_takes_arguments_is_told() -> None:
    with pytest.raises(ContractError, match=r"Expected a function search\(\), found none"):
        chosen(ModuleType("toy"), DECLARED, 100)
    module = ModuleType("toy")
    module.search = lambda trials: [trials]  # type: ignore[attr-defined]
    with pytest.raises(ContractError, match=r"Expected search\(\), received search\(trials\)"):
        chosen(module, DECLARED, 100)


def test_numbers_of_numpy_are_told_by_their_kind() -> None:
    for value, kind in ((np.int64(1), "int"), (np.bool_(True), "bool"), (np.float32(1), "float")):
        module = ModuleType("toy")
        module.search = lambda value=value: [{"units": value}]  # type: ignore[attr-defined]
        with pytest.raises(ContractError, match=rf"convert it, as with {kind}\(\.\.\.\)"):
            chosen(module, DECLARED, 100)
