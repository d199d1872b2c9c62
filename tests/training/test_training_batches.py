"""How arrays reach Keras: every row once an epoch, parts in step, in an order that follows from the seed."""

import json

import pytest
from sandbox.students import RunStudent, check_step, student

BATCHES = """
import json
import keras, numpy as np
from harness.training import batches as rooms

x = np.arange(10).reshape(10, 1)

def epochs(make, seed, shuffle):
    keras.utils.set_random_seed(seed)
    data, seen = make((x, x[:, 0] * 2), 4, shuffle), []
    for _ in range(2):
        items = list(data) if hasattr(data, "with_options") else [data[i] for i in range(len(data))]
        seen.append([(np.asarray(a)[:, 0].tolist(), np.asarray(b).tolist()) for a, b in items])
        getattr(data, "on_epoch_end", lambda: None)()
    return seen

def seen(student, inputs, settings, seed):
    make, asked = getattr(rooms, settings["maker"]), settings["asked"]
    print(json.dumps({name: epochs(make, *which) for name, which in asked.items()}))
    return {"facts": np.zeros(3)}
"""
ASKED = {"plain": (1, False), "one": (1, True), "again": (1, True), "other": (2, True)}  # seed, shuffle


@pytest.mark.parametrize("maker", ["tensorflow_batches", "keras_batches"])
def test_every_row_comes_once_an_epoch_in_an_order_that_follows_from_the_seed(
    run_student: RunStudent, maker: str
) -> None:
    step = check_step(run="made:seen", code=BATCHES, settings={"maker": maker, "asked": ASKED})
    seen = json.loads(run_student(student(), step).log)
    assert set(seen) == set(ASKED)
    for epochs in seen.values():
        for epoch in epochs:
            assert [len(x) for x, _ in epoch] == [4, 4, 2]
            assert sorted(row for x, _ in epoch for row in x) == list(range(10))
            assert all(y == [2 * row for row in x] for x, y in epoch)
    assert [row for x, _ in seen["plain"][1] for row in x] == list(range(10))
    assert seen["one"] == seen["again"] != seen["other"]
    assert seen["one"][0] != seen["one"][1]
