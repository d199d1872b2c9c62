"""Time and value of our measures beside independent implementations, those that the tests use.

    python benchmarks/measures.py [--repeats 5] [--json]

Both sides of a row get the same input in the same run; the least time of several counts.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import numpy as np
from scipy.spatial.distance import cdist
from scipy.stats import entropy
from sklearn.metrics import mean_squared_error

from harness.data.base import Sizes
from harness.data.classifier import digits_classifier
from harness.data.load import load
from harness.scoring.alike import TURNS, features, nearest_moved
from harness.scoring.inception import classify, inception_score
from harness.scoring.reconstruction import mse
from harness.scoring.text import bleu, copied

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from scoring.test_scoring_inception import script  # noqa: E402
from scoring.test_scoring_rollout import alone, falling, played  # noqa: E402
from scoring.test_scoring_text import bleu_by_hand, invented  # noqa: E402

EPISODES = 100


@dataclass(frozen=True)
class Compared:
    """One measure, computed by us and by somebody else."""

    measure: str
    by: str
    ours: float
    theirs: float
    ours_s: float
    theirs_s: float


def least(compute: Callable[[], Any], repeats: int) -> tuple[Any, float]:
    """Return the value and the least time of several, in seconds."""
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        value = compute()
        times.append(time.perf_counter() - started)
    return value, min(times)


def compare(measure: str, by: str, ours: Callable[[], Any], theirs: Callable[[], Any], repeats: int) -> Compared:
    (a, a_s), (b, b_s) = least(ours, repeats), least(theirs, repeats)
    return Compared(measure, by, float(a), float(b), a_s, b_s)


def score_by_scipy(logits: Any) -> float:
    """Return the Inception Score with SciPy's relative entropy."""
    z = np.asarray(logits, np.float64)
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    return float(np.exp(entropy(p, p.mean(axis=0), axis=1).mean()))


def keras_classifier() -> Any:
    """Return the classifier behind the score as a Keras model."""
    weights, model = digits_classifier().weights, script().classifier()
    for layer in model.layers:
        if layer.weights:
            layer.set_weights([weights[f"{layer.name}_{w.name}"] for w in layer.weights])
    return model


def of_images(repeats: int) -> list[Compared]:
    """Compare on 2,000 digits, as many as the quick profile makes."""
    x = load("digits", (), Sizes(train=2_500, val=0, test=2_000)).arrays
    images, train = x["x_test"], x["x_train"]
    weights, model = digits_classifier().weights, keras_classifier()
    logits = classify(weights, images)
    near = compare_nearest(images, train)
    flat = images.reshape(len(images), -1)
    dim = images * np.float32(0.9)
    return [
        compare(
            "classifier, mean logit",
            "Keras, all cores",
            lambda: classify(weights, images).mean(),
            lambda: model.predict(images, batch_size=500, verbose=0).mean(),
            repeats,
        ),
        compare(
            "Inception Score",
            "SciPy",
            lambda: inception_score(logits, "c").value,
            lambda: score_by_scipy(logits),
            repeats,
        ),
        compare("nearest image, moved, mean", "SciPy's cdist", *near, repeats),
        compare(
            "MSE",
            "scikit-learn",
            lambda: mse(dim, images).value,
            lambda: mean_squared_error(flat.astype(np.float64), dim.reshape(flat.shape)),
            repeats,
        ),
    ]


def compare_nearest(images: Any, train: Any) -> tuple[Callable[[], float], Callable[[], float]]:
    def by_scipy() -> float:
        bank = features(train)
        return float(np.min([cdist(features(images, t), bank).min(axis=1) for t in TURNS], axis=0).mean())

    return lambda: float(nearest_moved(images, train)[0].mean()), by_scipy


def of_texts(repeats: int) -> list[Compared]:
    """Compare on 40 texts of 32 words against 80 references, as the task has them."""
    texts, references = invented(0, 40, 32, 300), invented(1, 80, 32, 300)
    training = invented(2, 1, 20_000, 300)[0]

    def by_difflib() -> int:
        matchers = (SequenceMatcher(None, training, text, autojunk=False) for text in texts)
        return max(m.find_longest_match().size for m in matchers)

    return [
        compare(
            "BLEU-3",
            "the formula in plain Python",
            lambda: bleu(texts, references).value,
            lambda: bleu_by_hand(texts, [references] * len(texts)),
            repeats,
        ),
        compare("longest copied run", "difflib", lambda: copied(texts, training).value, by_difflib, 1),
    ]


def of_episodes(repeats: int) -> list[Compared]:
    """Compare episodes stepped together with as many single environments from the same states."""
    import gymnasium

    environments: Any = gymnasium.make_vec("CartPole-v1", num_envs=EPISODES, vectorization_mode="vector_entry_point")
    environments.reset(seed=5)
    starts = environments.unwrapped.state.T.copy()
    return [
        compare(
            f"return of {EPISODES} episodes",
            "gymnasium, one by one",
            lambda: np.mean(played(falling, EPISODES, 5)[0]),
            lambda: np.mean([alone(falling, start) for start in starts]),
            repeats,
        )
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    rows = [*of_images(arguments.repeats), *of_texts(arguments.repeats), *of_episodes(arguments.repeats)]
    if arguments.json:
        print(json.dumps([asdict(row) for row in rows]))
        return
    for row in rows:
        print(
            f"{row.measure}: {row.ours:.6g} in {row.ours_s * 1e3:.1f} ms; {row.by}: {row.theirs:.6g} in"
            f" {row.theirs_s * 1e3:.1f} ms, ratio {row.ours_s / row.theirs_s:.2f}"
        )


if __name__ == "__main__":
    main()
