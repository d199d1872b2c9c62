"""Held-out episodes and rules of reinforcement learning, against gymnasium's single environment and naive loops."""

import math
from collections.abc import Callable
from typing import Any

import gymnasium
import numpy as np
import pytest
from numpy.typing import NDArray

from harness.data.key import REHEARSAL
from harness.data.sets.cartpole import ROWS, SCALES, STRETCH, cartpole, mixing
from harness.scoring.action_rules import (
    LEVEL,
    epsilon_greedy,
    p_value,
    q_learning_targets,
    right_answers,
    rule_share,
    sarsa_targets,
    softmax,
    td_error,
)
from harness.scoring.rollout import episode_seed, mean_return, play, ruled, solved_share

Policy = Callable[[NDArray[Any]], NDArray[Any]]


def by_hand(observations: NDArray[Any]) -> NDArray[np.float32]:
    """Values of a policy that never falls: push to where the pole falls."""
    lean = observations @ np.array([0.02, 0.05, 1.0, 0.5], np.float32)
    return np.stack([-lean, lean], axis=1)


def falling(observations: NDArray[Any]) -> NDArray[np.float32]:
    """Values of a policy that looks at the angle alone and falls after some forty steps."""
    return np.stack([-observations[:, 2], observations[:, 2]], axis=1)


def played(policy: Policy, episodes: int, seed: int) -> tuple[NDArray[np.float64], list[NDArray[Any]]]:
    """Answer all questions as `policy` says; return the returns and the questions."""
    questions: list[NDArray[Any]] = []
    talk = play(episodes, seed, np.eye(4, dtype=np.float32))
    question = next(talk)
    while True:
        questions.append(question.copy())
        try:
            question = talk.send(policy(question))
        except StopIteration as end:
            return end.value, questions


def alone(policy: Policy, start: NDArray[np.float64]) -> float:
    """Play one episode in gymnasium's single environment from a state."""
    environment: Any = gymnasium.make("CartPole-v1")
    environment.reset(seed=0)
    environment.unwrapped.state = start.copy()
    observation, total = start.astype(np.float32), 0.0
    while True:
        observation, reward, terminated, truncated, _ = environment.step(int(policy(observation[None])[0].argmax()))
        total += reward
        if terminated or truncated:
            return total


# ------------------------------------------------------------------------------------------------------- episodes


@pytest.mark.parametrize("policy", [by_hand, falling, lambda o: np.tile([1.0, 0.0], (len(o), 1))])
def test_episodes_together_are_those_of_single_environments(policy: Policy) -> None:
    environments: Any = gymnasium.make_vec("CartPole-v1", num_envs=8, vectorization_mode="vector_entry_point")
    environments.reset(seed=5)
    starts = environments.unwrapped.state.T.copy()
    returns, _ = played(policy, 8, 5)
    assert returns.tolist() == [alone(policy, start) for start in starts]


def test_an_episode_is_cut_at_500_steps() -> None:
    returns, questions = played(by_hand, 4, 0)
    assert returns.tolist() == [500.0] * 4
    assert len(questions) == 500


def test_only_episodes_that_still_run_are_asked_about() -> None:
    returns, questions = played(falling, 20, 3)
    assert [len(q) for q in questions] == [int((returns > step).sum()) for step in range(int(returns.max()))]
    assert all(q.dtype == np.float32 and np.abs(q[:, 0]).max() <= 2.4 for q in questions)


def test_observations_are_states_times_the_matrix() -> None:
    matrix = np.arange(16, dtype=np.float32).reshape(4, 4)
    plain, mixed = (next(play(5, 3, m)) for m in (np.eye(4, dtype=np.float32), matrix))
    np.testing.assert_allclose(mixed, [matrix @ state for state in plain], rtol=1e-5)


@pytest.mark.parametrize(
    ("rule", "policy"), [((0.02, 0.05, 1.0, 0.5), by_hand), ((0, 0, 1, 0), falling)], ids=["all of the state", "angle"]
)
def test_a_rule_of_the_harness_earns_what_the_same_policy_does(rule: tuple[float, ...], policy: Policy) -> None:
    assert np.array_equal(ruled(10, 3, np.array(rule, np.float32)), played(policy, 10, 3)[0])


def test_every_training_seed_has_episodes_of_its_own_that_are_not_seeded_by_it() -> None:
    seeds = [episode_seed(seed) for seed in range(50)]
    assert len(set(seeds)) == 50
    assert not set(seeds) & set(range(50))
    assert seeds == [episode_seed(seed) for seed in range(50)]
    assert np.array_equal(played(falling, 5, seeds[0])[0], played(falling, 5, seeds[0])[0])


@pytest.mark.parametrize(
    ("returns", "mean", "share"), [([500.0], 500, 1), ([9, 10], 9.5, 0), ([475, 474], 474.5, 0.5), ([0, 0, 0], 0, 0)]
)
def test_means_and_shares_of_known_returns(returns: list[float], mean: float, share: float) -> None:
    score, solved = mean_return(np.array(returns, np.float64)), solved_share(np.array(returns, np.float64))
    assert (score.value, solved.value) == (mean, share)
    assert score.signature == f"mean-return|CartPole-v1|greedy|episodes:{len(returns)}|v:1"


def test_the_error_of_a_mean_is_that_of_scipy() -> None:
    from scipy.stats import sem

    returns = np.random.default_rng(0).uniform(0, 500, 100)
    assert mean_return(returns).sampling_error == pytest.approx(sem(returns))


@pytest.mark.parametrize("measure", [mean_return, solved_share])
def test_nothing_has_no_mean(measure: Callable[..., Any]) -> None:
    for returns in (np.zeros(0), np.zeros((2, 2))):
        with pytest.raises(ValueError, match="received"):
            measure(returns)


# ----------------------------------------------------------------------------------------------------------- rules


def naive_softmax(row: list[float], temperature: float) -> list[float]:
    """Compute each probability as 1 / sum of exp of differences: no overflow matters, as 1 / inf is 0."""

    def power(x: float) -> float:
        return math.inf if x > 700 else math.exp(x)

    return [1 / sum(power((other - q) / temperature) for other in row) for q in row]


def test_softmax_agrees_with_a_loop_on_the_rows_that_are_asked_about() -> None:
    arrays = cartpole(REHEARSAL).arrays
    found = softmax(arrays["x_tables"], arrays["temperatures"])
    expected = [
        naive_softmax([float(q) for q in r], float(t))
        for r, t in zip(arrays["x_tables"], arrays["temperatures"], strict=True)
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-300)


def test_epsilon_greedy_agrees_with_counting() -> None:
    values = np.array([[1.0, 3.0, 2.0], [5.0, 0.0, 0.0]])
    found = epsilon_greedy(values, np.array([0.3, 1.0]))
    np.testing.assert_allclose(found, [[0.1, 0.8, 0.1], [1 / 3] * 3])
    assert epsilon_greedy(values, np.zeros(2)).tolist() == [[0, 1, 0], [1, 0, 0]]


def test_no_probability_is_too_small_for_the_test_and_too_large_for_never() -> None:
    arrays = cartpole(REHEARSAL).arrays
    for exact in (
        softmax(arrays["x_tables"], arrays["temperatures"]),
        epsilon_greedy(arrays["x_tables"], arrays["epsilons"]),
    ):
        assert exact.shape == (len(ROWS), 3)
        np.testing.assert_allclose(exact.sum(axis=1), 1)
        assert not ((exact > 1e-12) & (exact < 0.01)).any()


def test_p_values_agree_with_the_definition() -> None:
    """With two actions chi-square has one degree of freedom: its tail is erfc(sqrt(x / 2))."""
    counts, shares = np.array([530, 470]), np.array([0.5, 0.5])
    statistic = sum((c - 500) ** 2 / 500 for c in counts)
    assert p_value(counts, shares) == pytest.approx(math.erfc(math.sqrt(statistic / 2)))
    assert p_value(np.array([10, 1]), np.array([1.0, 0.0])) == 0
    assert p_value(np.array([10, 0]), np.array([1.0, 0.0])) == 1
    assert p_value(np.array([0, 0]), shares) == 0


def draws(probabilities: NDArray[np.float64], number: int, seed: int) -> NDArray[np.int64]:
    rng = np.random.default_rng(seed)
    return np.stack([rng.choice(probabilities.shape[1], number, p=row / row.sum()) for row in probabilities])


@pytest.mark.parametrize("rule", [(softmax, "temperatures"), (epsilon_greedy, "epsilons")])
def test_right_draws_pass_and_others_do_not(rule: tuple[Callable[..., Any], str]) -> None:
    arrays = cartpole(REHEARSAL).arrays
    exact = rule[0](arrays["x_tables"], arrays[rule[1]])
    shares = [rule_share(draws(exact, 4_000, seed), exact).value for seed in range(40)]
    assert np.mean(np.array(shares) == 1) >= 0.95, f"a right row fails once in {1 / LEVEL:,.0f} tests"
    assert rule_share(draws(np.full_like(exact, 1 / 3), 4_000, 0), exact).value <= 0.25, "at random"
    greedy = np.tile(arrays["x_tables"].argmax(axis=1)[:, None], (1, 4_000))
    assert rule_share(greedy, exact).value <= 0.25, "always greedy"
    for wrong in (0.1, 0.5, 1.0):
        ignored = rule[0](arrays["x_tables"], np.full(len(ROWS), wrong))
        assert rule_share(draws(ignored, 4_000, 1), exact).value <= 0.5, f"always {wrong}"


def test_a_rule_that_draws_once_a_call_is_found() -> None:
    exact = np.tile([0.5, 0.3, 0.2], (12, 1))
    once = np.repeat(draws(exact, 20, 0), 200, axis=1)
    assert rule_share(once, exact).value < 0.3


@pytest.mark.parametrize("shape", [(3,), (2, 5), (3, 0)])
def test_draws_of_another_shape_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="received"):
        rule_share(np.zeros(shape, np.int64), np.full((3, 2), 0.5))


def test_targets_agree_with_a_loop() -> None:
    a = cartpole(REHEARSAL).arrays
    q = q_learning_targets(a["rewards"], a["x_transitions"], a["terminated"], 0.9)
    sarsa = sarsa_targets(a["rewards"], a["x_transitions"], a["next_actions"], a["terminated"], 0.9)
    for i, (reward, row, action, end) in enumerate(
        zip(a["rewards"], a["x_transitions"].astype(np.float64), a["next_actions"], a["terminated"], strict=True)
    ):
        assert q[i] == pytest.approx(float(reward) if end else float(reward) + 0.9 * max(row), rel=1e-12)
        assert sarsa[i] == pytest.approx(float(reward) if end else float(reward) + 0.9 * row[action], rel=1e-12)
    assert a["terminated"].sum() == 60
    assert td_error(q, q).value == 0
    assert td_error(sarsa, q).value > 50, "the transitions tell the two apart"
    assert td_error(q.astype(np.float32), q).value < 1e-4, "float32 is good enough"
    bootstrapped = q_learning_targets(a["rewards"], a["x_transitions"], np.zeros(200, np.bool_), 0.9)
    assert td_error(bootstrapped, q).value > 50


def test_right_answers_are_those_of_the_rules() -> None:
    a = cartpole(REHEARSAL).arrays
    right = right_answers(a, 0.9)
    assert set(right) == {"epsilon_greedy", "softmax", "q_learning", "sarsa"}
    assert np.array_equal(right["softmax"], softmax(a["x_tables"], a["temperatures"]))
    assert np.array_equal(right["epsilon_greedy"], epsilon_greedy(a["x_tables"], a["epsilons"]))
    ends = a["terminated"]
    for rule in ("q_learning", "sarsa"):
        assert np.array_equal(right[rule][ends], a["rewards"][ends].astype(np.float64))
    assert (right["q_learning"] >= right["sarsa"]).all()
    assert (right["q_learning"] > right["sarsa"]).any()


def test_targets_of_another_shape_are_refused() -> None:
    for received in (np.zeros(3), np.zeros((2, 1))):
        with pytest.raises(ValueError, match="received"):
            td_error(received, np.zeros(2))


# ------------------------------------------------------------------------------------------------- drawn by the key


def test_questions_and_mixture_are_the_same_under_a_key_and_others_under_another() -> None:
    one, two, other = cartpole(REHEARSAL), cartpole(REHEARSAL), cartpole(REHEARSAL.under(1))
    assert one.sha256 == two.sha256
    assert one.sizes == {"tables": 12, "transitions": 200}
    for name in ("mixing", "x_tables", "x_transitions", "rewards", "next_actions", "terminated"):
        assert not np.array_equal(one.arrays[name], other.arrays[name]), name


def test_rows_are_the_same_questions_in_another_order() -> None:
    arrays = cartpole(REHEARSAL).arrays
    asked = np.column_stack([np.sort(arrays["x_tables"], axis=1), arrays["temperatures"], arrays["epsilons"]])
    written = np.column_stack([np.sort(np.array(ROWS)[:, :3], axis=1), np.array(ROWS)[:, 3:]]).astype(np.float32)
    assert sorted(map(tuple, asked.astype(np.float32).tolist())) == sorted(map(tuple, written.tolist()))


def test_no_number_of_a_state_is_lost_or_stands_out_in_the_mixture() -> None:
    drawn = np.stack([mixing(REHEARSAL.under(i)) / np.array(SCALES) for i in range(200)])
    stretched = np.linalg.svd(drawn, compute_uv=False)
    assert 1 / STRETCH - 1e-5 <= stretched.min() <= stretched.max() <= STRETCH + 1e-5
    np.testing.assert_allclose((drawn**2).mean(axis=0), np.mean(stretched**2) / 4, atol=0.06)
    assert np.abs(drawn.mean(axis=0)).max() < 0.12, "either sign is as likely"


def test_a_rule_written_down_beforehand_balances_in_few_mixtures() -> None:
    rule = np.array([0.02, 0.05, 1.0, 0.5], np.float32)
    keys = [REHEARSAL.under(i) for i in range(40)]
    returns = [ruled(5, 0, mixing(key).T @ rule).mean() for key in keys]
    assert np.median(returns) < 50 and np.mean(np.array(returns) >= 475) <= 0.1
    assert ruled(5, 0, mixing(keys[0]).T @ np.linalg.solve(mixing(keys[0]).T, rule)).mean() == 500, "told the matrix"
