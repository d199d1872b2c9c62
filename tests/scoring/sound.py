"""A sound call of every public function of the scoring room. Arrays have equal lengths only where they must."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from harness.data.classifier import digits_classifier
from harness.scoring import (
    action_rules,
    alike,
    blends,
    calibration,
    classical,
    classification,
    clock,
    colour,
    confused,
    divergence,
    drawings,
    filter_bank,
    filters,
    frechet,
    generated,
    inception,
    interpolated,
    kneser_ney,
    linear,
    look_alike,
    losses,
    patches,
    pca,
    reconstruction,
    regression,
    representation,
    rollout,
    sampling,
    separation,
    series,
    signs,
    similarity,
    superclasses,
    text,
    tints,
    words,
)
from harness.scoring.score import Score

K: Final = 3
RNG: Final = np.random.default_rng(0)


@dataclass(frozen=True)
class Sound:
    """A function with arguments that it takes.

    `empty_allowed` are arrays that may be empty, `any_shape` those whose axes do not matter.
    """

    call: Callable[..., object]
    given: Mapping[str, Any]
    empty_allowed: tuple[str, ...] = ()
    any_shape: tuple[str, ...] = ()


def shares(n: int, k: int = K) -> Any:
    drawn = RNG.random((n, k)) + 0.1
    return drawn / drawn.sum(axis=1, keepdims=True)


def numbers(*shape: int) -> Any:
    return RNG.random(shape)


def labels(n: int, k: int = K) -> Any:
    return np.arange(n) % k


def led(questions: Callable[..., Any], answer: Callable[[Any], Any]) -> Callable[..., object]:
    """Return a call that leads a generator of questions with a model at hand."""
    return lambda **given: sampling.answered(questions(**given), answer)


FLAGS: Final = np.array([True, False, False, True, False])
SERIES: Final = np.cumsum(numbers(40))
ROWS: Final = np.cumsum(numbers(2, 40), axis=1)
SCORES: Final = tuple(Score(value, "made") for value in (0.4, 0.3, 0.9))
TEXTS: Final = [["a", "cat", "sat", "down"], ["the", "dog", "ran", "off"]]
ASKED: Final = {
    "rewards": numbers(5),
    "x_transitions": numbers(5, K),
    "terminated": FLAGS,
    "x_tables": numbers(6, K),
    "epsilons": numbers(6),
    "temperatures": numbers(6) + 0.1,
    "next_actions": labels(5),
}
VALUES: Final = {"values": numbers(6, K), "rewards": numbers(5), "next": numbers(5, K)}
TIMES: Final = {"predicted": 720 * numbers(9), "truth": 720 * numbers(9)}
CODES: Final = {
    "train": numbers(30, 2),
    "train_labels": labels(30),
    "test": numbers(12, 2),
    "test_labels": labels(12),
}
GROUPED: Final = {"probabilities": shares(8), "labels": labels(8), "belongs": np.arange(K) // 2}
IMAGES: Final = {"made": numbers(9, 4, 4, 1), "made_labels": labels(9), "real": numbers(12, 4, 4, 1)}
PAIRS: Final = {"images": numbers(3, 32, 32, 1), "truth": numbers(3, 32, 32, 1)}
FILTERED: Final = {"noisy": numbers(2, 8, 8, 1), "noisy_train": numbers(4, 8, 8, 1), "train": numbers(4, 8, 8, 1)}

PICTURES: Final = {"answers": numbers(5, 4, 4, 3), "images": numbers(5, 4, 4, 3)}
TINTED: Final = {"train": numbers(5, 4, 4, 3), "grey": numbers(6, 4, 4)}

CALLS: Final = (
    Sound(action_rules.epsilon_greedy, {"values": VALUES["values"], "epsilons": numbers(6)}),
    Sound(action_rules.softmax, {"values": VALUES["values"], "temperatures": numbers(6) + 0.1}),
    Sound(action_rules.p_value, {"counts": np.array([4, 5, 6]), "probabilities": shares(1)[0]}),
    Sound(action_rules.rule_share, {"actions": RNG.integers(0, K, (6, 40)), "probabilities": shares(6)}),
    Sound(
        action_rules.q_learning_targets,
        {"rewards": VALUES["rewards"], "next_values": VALUES["next"], "terminated": FLAGS, "discount": 0.9},
    ),
    Sound(
        action_rules.sarsa_targets,
        {
            "rewards": VALUES["rewards"],
            "next_values": VALUES["next"],
            "next_actions": labels(5),
            "terminated": FLAGS,
            "discount": 0.9,
        },
    ),
    Sound(
        action_rules.targets,
        {"rewards": VALUES["rewards"], "following": numbers(5), "terminated": FLAGS, "discount": 0.9},
    ),
    Sound(action_rules.td_error, {"received": numbers(5), "exact": numbers(5)}),
    Sound(kneser_ney.kneser_ney, {"ids": labels(20), "size": K, "order": 2}),
    Sound(classification.accuracy, {"probabilities": shares(8), "labels": labels(8)}),
    Sound(classification.top_accuracy, {"probabilities": shares(8), "labels": labels(8), "k": 2}),
    Sound(classification.cross_entropy, {"probabilities": shares(8), "labels": labels(8)}),
    Sound(classification.behind, {"reached": SCORES[0], "best": 0.9}),
    Sound(classification.within_budget, {"share": SCORES[0], "parameters": 30, "budget": 20}),
    Sound(blends.both_seen, {"logits": numbers(8, K), "first": 0, "second": 1}),
    Sound(
        blends.beyond_overlay,
        {"blends": numbers(4, 5, 4), "first": numbers(4, 5, 4), "second": numbers(4, 5, 4)},
    ),
    Sound(
        blends.ends_missed,
        {"blended": numbers(8, 2), "first": numbers(4, 2), "second": numbers(4, 2), "weights": (1.0, 0.0)},
    ),
    Sound(separation.separation, {"codes": numbers(9, 2), "labels": labels(9)}),
    Sound(patches.patch_classifier, {"train": numbers(12, 9, 9, 1), "labels": labels(12)}),
    Sound(calibration.calibration_error, {"probabilities": shares(8), "labels": labels(8)}),
    Sound(superclasses.superclass_accuracy, GROUPED),
    Sound(superclasses.accuracies, GROUPED),
    Sound(superclasses.hardest_superclass, GROUPED),
    Sound(classification.confusion, {"probabilities": shares(8), "labels": labels(8)}),
    Sound(classification.gap, {"train": SCORES[0], "test": SCORES[1]}),
    Sound(clock.minutes_apart, {"one": TIMES["predicted"], "other": TIMES["truth"]}),
    Sound(clock.mean_apart, TIMES),
    Sound(clock.median_apart, TIMES),
    Sound(clock.share_within, {**TIMES, "minutes": 10.0}),
    Sound(clock.by_hour, TIMES),
    Sound(clock.worst_hour, TIMES),
    Sound(clock.near_twelve, {**TIMES, "within": 360.0}),
    Sound(clock.median_lead, TIMES),
    Sound(clock.hour_of, {"minutes": TIMES["truth"]}, empty_allowed=("minutes",)),
    Sound(clock.class_of, {"minutes": TIMES["truth"], "classes": 24}, empty_allowed=("minutes",)),
    Sound(clock.of_classes, {"probabilities": shares(5, 24)}),
    Sound(clock.of_hour_and_minute, {"hours": shares(5, 12), "minutes": 60 * numbers(5)}),
    Sound(clock.clock_signs, {**TIMES, "classes": 24}, empty_allowed=("predicted", "truth")),
    Sound(
        clock.by_templates,
        {"images": numbers(5, 4, 4), "templates": numbers(6, 4, 4), "where": numbers(4, 4) < 0.9},
    ),
    Sound(confused.counted, {"labels": labels(8), "answers": labels(8)[::-1].copy(), "classes": K}),
    Sound(confused.worst_pairs, {"counts": RNG.integers(0, 9, (K, K))}),
    Sound(
        confused.confused,
        {
            "labels": labels(8),
            "answers": labels(8)[::-1].copy(),
            "images": numbers(8, 4, 4, 1),
            "sure": numbers(8),
            "classes": K,
        },
    ),
    Sound(divergence.gaussian_kl, {"mean": numbers(7, 2), "log_var": numbers(7, 2)}),
    Sound(divergence.kl_error, {"given": numbers(7), "mean": numbers(7, 2), "log_var": numbers(7, 2)}),
    Sound(generated.class_balance, {"labels": labels(8), "classes": K}),
    Sound(generated.agreement, {"labels": labels(8), "asked": labels(8)}),
    Sound(generated.diversity, {**IMAGES, "real_labels": labels(12), "classes": K}),
    Sound(generated.spread, {"images": numbers(5, 4, 4)}, ("images",)),
    Sound(generated.originality, {"made": IMAGES["made"], "real": IMAGES["real"], "train": numbers(15, 4, 4, 1)}),
    Sound(alike.nearest_moved, {"images": IMAGES["made"], "train": numbers(15, 4, 4, 1)}),
    Sound(alike.features, {"images": IMAGES["made"]}),
    Sound(alike.moments, {"shades": numbers(5, 4, 4)}),
    Sound(filter_bank.seen, {"images": IMAGES["made"]}),
    Sound(filter_bank.smaller, {"shades": numbers(5, 30, 28)}),
    Sound(look_alike.nearest_shifted, {"images": IMAGES["made"], "train": numbers(15, 4, 4, 1)}),
    Sound(interpolated.smoothness, {"paths": numbers(5, 4, 6)}),
    Sound(interpolated.validity, {"made": numbers(5, 2), "real": numbers(9, 2), "features": "made"}),
    Sound(interpolated.steadily_valid, {"smooth": SCORES[0], "valid": SCORES[1]}),
    Sound(interpolated.sharpness, {"made": IMAGES["made"], "real": IMAGES["real"]}),
    Sound(frechet.frechet_distance, {"made": numbers(6, 2), "real": numbers(7, 2), "features": "made"}),
    Sound(frechet.square_root, {"covariance": np.eye(2)}),
    Sound(drawings.pca_drawn, {"train": numbers(9, 4, 4, 1), "size": 2, "codes": numbers(5, 2)}),
    Sound(
        drawings.pca_drawn_by_class,
        {"train": numbers(8, 4, 4, 1), "labels": labels(8), "asked": labels(5), "codes": numbers(5, 2)},
    ),
    Sound(drawings.moved, {"images": numbers(3, 4, 4, 1), "seed": 1}),
    Sound(inception.inception_score, {"logits": numbers(8, K), "classifier": "made"}),
    Sound(inception.classify, {"weights": digits_classifier().weights, "images": numbers(2, 28, 28, 1)}),
    Sound(
        lambda x, labels, asked: linear.regression_probabilities(x, labels, [asked]),
        {"x": numbers(30, 2), "labels": labels(30), "asked": numbers(7, 2)},
        ("asked",),
    ),
    Sound(linear.flat, {"x": numbers(5, 2, 2)}, ("x",)),
    Sound(linear.id_counts, {"ids": RNG.integers(0, K, (5, 4)), "tokens": K}, ("ids",)),
    Sound(
        lambda x, targets, asked: linear.ridge_predictions(x, targets, [asked]),
        {"x": numbers(30, 2), "targets": numbers(30, 1), "asked": numbers(7, 2)},
        ("asked",),
    ),
    Sound(pca.pca_codes, {"train": numbers(30, 4, 4), "test": numbers(9, 4, 4), "size": 2}),
    Sound(reconstruction.mse, {"rebuilt": numbers(5, 4, 4), "images": numbers(5, 4, 4)}),
    Sound(reconstruction.mae, {"rebuilt": numbers(5, 4, 4), "images": numbers(5, 4, 4)}),
    Sound(reconstruction.nearest_images, {"train": numbers(9, 4, 4), "test": numbers(5, 4, 4)}),
    Sound(regression.mean_squared_error, {"predicted": numbers(5, 2), "truth": numbers(5, 2)}),
    Sound(regression.mean_absolute_error, {"predicted": numbers(5, 2), "truth": numbers(5, 2)}),
    Sound(regression.root_mean_squared_error, {"predicted": numbers(5, 2), "truth": numbers(5, 2)}),
    Sound(regression.rooted, {"squared": SCORES[0]}),
    Sound(
        regression.skill_over_mean,
        {"predicted": numbers(5, 2), "truth": numbers(5, 2), "training": numbers(9, 2)},
    ),
    Sound(representation.probed, CODES),
    Sound(representation.cluster_accuracy, CODES),
    Sound(representation.in_the_plane, {"codes": numbers(6, 4)}),
    Sound(rollout.mean_return, {"returns": numbers(6) * 500}),
    Sound(rollout.solved_share, {"returns": numbers(6) * 500}),
    Sound(rollout.of_returns, {"returns": numbers(6) * 500}),
    Sound(rollout.ruled, {"episodes": 2, "seed": 0, "rule": numbers(4)}),
    Sound(sampling.log_softmax, {"logits": numbers(6, K)}),
    Sound(sampling.log_likelihood, {"logits": numbers(6, K), "answers": labels(6)}),
    Sound(
        lambda logits, temperatures: sampling.choose(logits, temperatures, np.random.default_rng(0)),
        {"logits": numbers(6, K), "temperatures": numbers(6) + 0.1},
    ),
    Sound(
        led(sampling.likelihoods, lambda windows: np.ones((len(windows), K))),
        {"contexts": RNG.integers(0, K, (2, 3, 4)), "answers": labels(6).reshape(2, 3), "rows": 4},
    ),
    Sound(sampling.filled, {"contexts": RNG.integers(0, K, (6, 4)), "rows": 8}),
    Sound(
        lambda prompts: sampling.answered(
            sampling.continuations(prompts, (0.5, 1.0), 3, K, np.random.default_rng(0)),
            lambda windows: np.ones((len(windows), K)),
        ),
        {"prompts": RNG.integers(0, K, (6, 4))},
    ),
    Sound(series.squared_error, {"forecast": numbers(6), "truth": numbers(6)}),
    Sound(series.root_squared_error, {"forecast": numbers(6), "truth": numbers(6)}),
    Sound(series.skill, {"forecast": numbers(6), "truth": numbers(6), "naive": numbers(6), "name": "made"}),
    Sound(series.lag, {"forecast": numbers(2, 6), "series": ROWS}),
    Sound(
        series.forecast_scores,
        {"forecast": numbers(2, 6), "series": ROWS, "rivals": {"persistence": ROWS[:, -7:-1]}},
    ),
    Sound(series.share_beyond, {"values": numbers(6)}, (), ("values",)),
    Sound(series.correlation, {"a": numbers(6), "b": numbers(6)}),
    Sound(series.scaled, {"values": numbers(4), "training": numbers(6)}, (), ("values", "training")),
    Sound(series.unscaled, {"values": numbers(4), "training": numbers(6)}, (), ("values", "training")),
    Sound(series.bounds, {"values": numbers(4), "training": numbers(6)}, (), ("values", "training")),
    Sound(
        led(series.one_ahead, lambda window: window[:, -1]),
        {"window": 3, "known": numbers(2, 6), "coming": numbers(2, 4)},
    ),
    Sound(classical.earlier, {"series": ROWS, "back": 12, "n": 6}),
    Sound(classical.seasonal, {"series": ROWS, "season": 12, "n": 6}),
    Sound(classical.ridge, {"training": ROWS, "coming": numbers(2, 6) + 1, "window": 3}),
    Sound(classical.log_ratios, {"logs": ROWS, "window": 3}),
    Sound(series.moving_average, {"series": SERIES, "span": 12, "n": 6}),
    Sound(signs.classifier_signs, {"probabilities": shares(8), "labels": labels(8)}, ("probabilities", "labels")),
    Sound(signs.code_signs, {"codes": numbers(8, 2)}, ("codes",)),
    Sound(signs.rebuilt_signs, {"rebuilt": numbers(5, 4), "images": numbers(5, 4)}, ("rebuilt", "images")),
    Sound(signs.sample_signs, {"made": numbers(5, 4), "real": numbers(9, 4)}, ("made", "real")),
    Sound(signs.number_signs, {"predicted": numbers(5, 2), "truth": numbers(5, 2)}, ("predicted", "truth")),
    Sound(signs.forecast_signs, {"fitted": numbers(5), "truth": numbers(5)}, ("fitted", "truth")),
    Sound(colour.luminance, {"images": PICTURES["images"]}),
    Sound(colour.chroma_plane, {"images": PICTURES["images"]}),
    Sound(colour.coloured, {"grey": numbers(5, 4, 4), "plane": numbers(5, 4, 4, 2)}),
    Sound(colour.skill_over_grey, PICTURES),
    Sound(colour.chroma_ratio, PICTURES),
    Sound(colour.colourfulness, {"answers": PICTURES["answers"]}),
    Sound(colour.right_hues, PICTURES),
    Sound(colour.luminance_error, PICTURES),
    Sound(colour.colour_signs, {"answers": PICTURES["answers"]}, ("answers",)),
    Sound(tints.tint, TINTED),
    Sound(tints.by_patches, {**TINTED, "seed": 0}),
    *(Sound(call, PAIRS) for call in (similarity.psnr_values, similarity.ssim_values, similarity.ms_ssim_values)),
    *(Sound(call, PAIRS) for call in (similarity.ssim, similarity.psnr)),
    Sound(similarity.psnr_gain, {**PAIRS, "other": numbers(3, 32, 32, 1)}),
    Sound(losses.correntropy_values, {**PAIRS, "sigma": 0.2}),
    Sound(losses.exact_losses, {"name": "ssim_loss", **PAIRS}),
    Sound(losses.loss_error, {"values": numbers(5), "forms": [numbers(5)]}),
    Sound(losses.loss_order, {"values": numbers(5, 4)}),
    Sound(losses.falling_share, {"values": numbers(5, 4)}),
    Sound(losses.loss_finite, {"finite": FLAGS}),
    Sound(losses.range_signs, {"name": "ssim_loss", "values": numbers(3), **PAIRS}),
    Sound(
        losses.restored_signs,
        {name: numbers(3, 32, 32, 1) for name in ("restored", "spoilt", "blurred", "truth")},
        ("restored", "spoilt", "blurred", "truth"),
    ),
    Sound(filters.gaussian_filtered, FILTERED),
    Sound(filters.nl_means_filtered, {**FILTERED, "deviation": 0.2}),
    Sound(words.similarities, {"vectors": numbers(5, 3), "asked": [1, 2]}),
    Sound(words.nearest, {"cosines": numbers(2, 6), "asked": [1, 2], "k": 2}),
    Sound(words.neighbours_shared, {"found": RNG.integers(0, 9, (2, 3)), "given": RNG.integers(0, 9, (2, 3))}),
    Sound(words.largest_change, {"before": numbers(6), "after": numbers(6), "named": "order"}),
    Sound(
        lambda counts, labels, asked: words.votes(counts, labels, [asked]),
        {"counts": numbers(6, 4), "labels": np.array([0, 1, 0, 1, 1, 0]), "asked": numbers(3, 4)},
        ("asked",),
    ),
    Sound(text.perplexity, {"log_likelihoods": -numbers(8)}),
    Sound(text.standard_error, {"values": numbers(8)}),
    Sound(text.bleu, {"texts": TEXTS, "references": [TEXTS, TEXTS]}),
    Sound(text.self_bleu, {"texts": TEXTS}),
    Sound(text.bleu_error, {"references": [TEXTS, TEXTS], "texts": TEXTS}),
    Sound(text.corpus_bleu, {"references": [TEXTS, TEXTS], "texts": TEXTS}),
    Sound(text.fingerprint, {"texts": TEXTS}),
    Sound(text.balance, {"written": SCORES, "real": SCORES}),
    Sound(text.ratio, {"value": 0.4, "of": 0.8}),
    Sound(text.distinct, {"texts": TEXTS, "n": 2}),
    Sound(text.copied, {"texts": TEXTS, "training": TEXTS[0]}),
    Sound(text.own_words, {"texts": TEXTS, "training": TEXTS[0]}),
    Sound(text.existing, {"texts": TEXTS, "known": frozenset(TEXTS[0])}),
)
