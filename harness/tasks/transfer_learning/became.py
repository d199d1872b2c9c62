"""What became of the backbone in training: the step that compares it, its measures, and the table of them."""

from collections.abc import Mapping
from typing import Final

from harness.scoring.score import Score
from harness.task import ArrayOutput, Figure, Kept, Measure, Profile, Recorded, Step, VariantRun

PRETRAINED: Final = ("frozen", "fine_tuned")
OF_BACKBONE: Final = (
    Measure(
        "backbone_kept",
        "share of the backbone's numbers, moving averages included, that training left as they were to the bit",
        "higher",
        variants=("frozen",),
    ),
    Measure(
        "backbone_trained",
        "share of the backbone's kernels that training changed and that can still be recognised",
        "higher",
        variants=("scratch", "fine_tuned"),
    ),
    Measure(
        "backbone_shift",
        "how far training moved the backbone's kernels, over their size: 0 for not at all, 1 and more for gone",
        "lower",
        variants=("fine_tuned",),
    ),
    Measure(
        "trained_parameters",
        "numbers of the whole model that training changed",
        "lower",
        "parameters",
        variants=("scratch", "frozen", "fine_tuned"),
    ),
)
COMPARED: Final = {"backbone_kept": 1.0, "averages_kept": 1.0, "backbone_trained": 1.0, "backbone_shift": None}


def comparing(profile: Profile) -> Step:
    """Return the step that compares the backbone before and after, where nothing of the submission is at hand."""
    kept = Kept.of("weights")
    shares = (ArrayOutput(name, (1,), "float64", low=0, high=high) for name, high in COMPARED.items())
    return Step(
        name="compare",
        run="harness.training.backbones:compare",
        inputs=(kept.weights, kept.built, kept.configuration),
        outputs=(*shares, ArrayOutput("trained_parameters", (1,), "float64", low=0)),
        limits=profile.asking,
        beside=False,
    )


def became(run: VariantRun) -> dict[str, Score]:
    """Return the measures of the backbone that a variant has, as far as they were compared."""
    return {
        measure.name: Score(float(run.outputs[measure.name][0]), f"{measure.name}|by:numbers|v:1")
        for measure in OF_BACKBONE
        if measure.name in run.outputs and run.variant.name in measure.variants
    }


def signs(run: VariantRun) -> dict[str, float]:
    """Return what findings read beside the measures: of a backbone with weights, what became of each part of it."""
    if run.variant.name not in PRETRAINED:
        return {}
    return {name: float(run.outputs[name][0]) for name in COMPARED if name in run.outputs}


def shown(runs: Mapping[str, Recorded]) -> tuple[Figure, ...]:
    """Return the table of what became of the backbone in each variant."""
    rows = {name: told(r.measures) for name, r in runs.items() if "trained_parameters" in r.measures}
    text = (
        "What training made of the backbone, by comparing its numbers before and after. Frozen, all of it stays what it"
        " was; fine-tuned, it moves a little; a backbone that moved as far as it is long has forgotten what it knew."
    )
    return (Figure("texts", "What became of the backbone", text, {"rows": rows}),) if rows else ()


def told(measures: Mapping[str, float]) -> dict[str, str]:
    columns = {"unchanged": "backbone_kept", "kernels trained": "backbone_trained", "moved by": "backbone_shift"}
    shares = {column: f"{measures[name]:.1%}" if name in measures else "–" for column, name in columns.items()}
    return {**shares, "parameters trained": f"{measures['trained_parameters']:,.0f}"}
