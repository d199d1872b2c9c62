"""Deep Q-learning on CartPole: replay memory, target network, and the student's rules for actions and targets."""

import time
from collections import deque
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.training import backend
from harness.training.build import build, get_weights
from harness.training.built import as_built
from harness.training.pace import Pace
from harness.training.poles import Memory, Poles, greedy_return
from harness.training.rules import Rules
from harness.training.supervised import facts
from harness.training.updating import Batch, updating

SPANS = (50, 100)  # episodes that the curve's running means go over
SOLVED = 475.0  # CartPole-v1's `reward_threshold`

Settings = Mapping[str, Any]


def train(student: ModuleType, inputs: Mapping[str, Any], settings: Settings, seed: int) -> dict[str, Any]:
    """Train the network of the call on `epochs` blocks of `steps` environment steps each, seen through `mixing`.

    What deep Q-learning ends with is as good as its last update was lucky. So the network is looked at after every
    block of the second half, in `trials` greedy episodes of their own, and the best of these states is handed back:
    validation, as `EvalCallback` of Stable-Baselines3 does. These episodes teach nothing and are counted apart.

    Returns the weights, the `curve` of shape (epochs, 3): mean loss of the block and mean return of the last 50 and of
    the last 100 training episodes, NaN as long as there is none; `counts`: environment steps taken, and those taken
    when the mean of the last 100 first reached 475 (all, if never); `trial_steps` of the greedy episodes; and the
    facts of training.
    """
    rules = Rules(student, settings, np.random.default_rng([seed, 1]))
    network, target = (build(student, settings["call"], seed, inputs)[0] for _ in range(2))
    begun = as_built([network], settings)
    backend.seed(seed)
    started = time.perf_counter()
    learner = Learner(network, target, rules, settings, np.random.default_rng([seed, 2]))
    poles = Poles(settings["environments"], seed, np.array(settings["mixing"], np.float32))
    curve, counts = play(learner, rules, poles, settings, seed)
    return {
        "weights": get_weights(network),
        "curve": curve,
        "counts": counts,
        "trial_steps": np.array([learner.trial_steps], np.int64),
        **begun,
        "facts": facts([network], time.perf_counter() - started, int(learner.trainer.optimizer.iterations)),
    }


def play(
    learner: "Learner", rules: Rules, poles: Poles, settings: Settings, seed: int
) -> tuple[NDArray[Any], NDArray[Any]]:
    """Act, remember and learn until the steps are used up; return the curve and the counts.

    With `settings["timed"]` only as long as it takes to time a few steps with learning: then Timed is raised.
    """
    pace = Pace(settings["epochs"] * settings["steps"] / poles.number)
    returns: deque[float] = deque(maxlen=max(SPANS))
    curve = np.full((settings["epochs"], 1 + len(SPANS)), np.nan)
    cap = settings["epochs"] * settings["steps"]
    solved = cap
    for epoch in range(settings["epochs"]):
        losses: list[float] = []
        while poles.steps + poles.number <= (epoch + 1) * settings["steps"]:
            parameter = scheduled(settings, poles.steps / cap)
            values = learner.network.predict_on_batch(poles.observations)
            finished = poles.act(rules.actions(values, parameter), learner.memory)
            returns.extend(finished)
            if len(returns) == max(SPANS) and np.mean(returns) >= SOLVED:
                solved = min(solved, poles.steps)
            if poles.steps >= settings["warm_up"]:
                losses += learner.learn(parameter, settings["updates"])
                pace.step(timed=bool(settings.get("timed")))
        if losses:
            curve[epoch, 0] = np.mean(losses)
        if returns:
            curve[epoch, 1:] = [np.mean(list(returns)[-span:]) for span in SPANS]
        if 2 * (epoch + 1) > settings["epochs"]:
            learner.look(epoch, seed, poles.mixing)
    learner.keep_best()
    return curve, np.array([poles.steps, solved], np.int64)


def scheduled(settings: Settings, done: float) -> float:
    """Return epsilon or the temperature after the share `done` of all steps: it falls geometrically, then stays."""
    first, last, share = settings["parameter"]
    return float(first * (last / first) ** min(1.0, done / share))


class Learner:
    """The network, its target copy and its memory. `learn` takes steps of Adam on squared errors."""

    def __init__(self, network: Any, target: Any, rules: Rules, settings: Settings, rng: np.random.Generator) -> None:
        self.network, self.target, self.rules, self.settings, self.rng = network, target, rules, settings, rng
        self.memory = Memory(settings["memory"], settings["call"]["arguments"]["observation_size"])
        self.trainer = of_chosen_actions(network, settings)
        self.update = updating(self.trainer)
        self.chosen = np.eye(settings["call"]["arguments"]["num_actions"], dtype=np.float32)
        self.prepared: list[Batch] = []
        self.best, self.best_weights, self.trial_steps = -np.inf, network.get_weights(), 0

    def learn(self, parameter: float, steps: int) -> list[float]:
        """Step on so many batches and return their losses."""
        losses: list[float] = []
        while (left := steps - len(losses)) > 0:
            if not self.prepared:
                self.prepare(parameter)
            batches, self.prepared = self.prepared[:left], self.prepared[left:]
            losses += self.update(batches)
        return losses

    def prepare(self, parameter: float) -> None:
        """Bring the target network up to date, and draw the batches until it is again, with their targets."""
        copy(self.network, self.target)
        number, size = self.settings["target_every"], self.settings["batch_size"]
        drawn = self.memory.draw(number * size, self.rng)
        next_values = self.target.predict_on_batch(drawn.next_observations)
        targets = self.rules.targets(drawn.rewards, next_values, drawn.terminated, parameter)
        parts = (np.split(a, number) for a in (drawn.observations, self.chosen[drawn.actions], targets))
        self.prepared = [([x, chosen], y) for x, chosen, y in zip(*parts, strict=True)][::-1]

    def look(self, epoch: int, seed: int, mixing: NDArray[np.float32]) -> None:
        """Remember the network if no state of it before was better in greedy episodes; of equals, the latest counts."""
        trials = self.settings["trials"]
        value = greedy_return(self.network, trials, 1_000_003 * (seed + 1) + epoch, mixing)
        self.trial_steps += round(value * trials)  # CartPole gives 1 for every step
        if value >= self.best:
            self.best, self.best_weights = value, self.network.get_weights()

    def keep_best(self) -> None:
        self.network.set_weights(self.best_weights)


def of_chosen_actions(network: Any, settings: Settings) -> Any:
    """Return a compiled model from observations and one-hot actions to the values of these actions.

    What the network and its layers are called does not matter to it.
    """
    import keras

    class OfChosen(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def call(self, asked: Any, training: bool = False) -> Any:
            observations, actions = asked
            values = backend.as_float32(self.network(observations, training=training))
            return keras.ops.sum(values * actions, axis=-1)

    model = OfChosen()
    ticks = settings["epochs"] * settings["steps"] // settings["environments"]
    updates = ticks * settings["updates"]
    rate = keras.optimizers.schedules.CosineDecay(settings["learning_rate"], updates)
    model.compile(optimizer=keras.optimizers.Adam(rate, clipnorm=10.0), loss="mse")
    return model


def copy(source: Any, target: Any) -> None:
    """Give `target` the weights of `source`, which has the same structure.

    Copied through NumPy: JAX takes the memory of an array for what the next step makes, so no two models may share it.
    """
    target.set_weights([np.array(weight) for weight in source.get_weights()])
