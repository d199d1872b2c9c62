"""How arrays reach Keras: every row once an epoch, parts in step, in an order that follows from the seed."""

import json
import subprocess
import sys

import pytest

SCRIPT = """
import json, sys
import keras, numpy as np
from harness.training import batches as rooms

make = getattr(rooms, sys.argv[1])
x = np.arange(10).reshape(10, 1)

def epochs(seed, shuffle):
    keras.utils.set_random_seed(seed)
    data, seen = make((x, x[:, 0] * 2), 4, shuffle), []
    for _ in range(2):
        items = list(data) if hasattr(data, "with_options") else [data[i] for i in range(len(data))]
        seen.append([(np.asarray(a)[:, 0].tolist(), np.asarray(b).tolist()) for a, b in items])
        getattr(data, "on_epoch_end", lambda: None)()
    return seen

asked = {"plain": (1, False), "one": (1, True), "again": (1, True), "other": (2, True)}
print(json.dumps({name: epochs(*which) for name, which in asked.items()}))
"""


@pytest.mark.parametrize("maker", ["tensorflow_batches", "keras_batches"])
def test_every_row_comes_once_an_epoch_in_an_order_that_follows_from_the_seed(maker: str) -> None:
    done = subprocess.run([sys.executable, "-c", SCRIPT, maker], capture_output=True, text=True, check=True)
    seen = json.loads(done.stdout)
    for epochs in seen.values():
        for epoch in epochs:
            assert [len(x) for x, _ in epoch] == [4, 4, 2]
            assert sorted(row for x, _ in epoch for row in x) == list(range(10))
            assert all(y == [2 * row for row in x] for x, y in epoch)
    assert [row for x, _ in seen["plain"][1] for row in x] == list(range(10))
    assert seen["one"] == seen["again"] != seen["other"]
    assert seen["one"][0] != seen["one"][1]
