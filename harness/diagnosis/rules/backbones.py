"""What became of a backbone that came with weights: thawed where it should be frozen, ignored, or wiped out.

Signs come from numbers that were compared before and after training; see `harness.training.backbones`.
"""

from harness.diagnosis.read import measure, quotes, sign
from harness.records.models import Finding, Measurement

GONE = 0.9  # of its kernels, so that hardly anything of it is in the model
WIPED = 0.7  # of its size: what a backbone knew is lost where it moved so far
HARDLY = 0.5  # of its kernels changed, where it should learn on


def backbone_ignored(m: Measurement) -> Finding | None:
    """The model holds hardly anything of the backbone: neither as it was nor recognisably changed."""
    kept, trained, shift = sign(m, "backbone_kept"), sign(m, "backbone_trained"), sign(m, "backbone_shift")
    if kept is None or trained is None or shift is None or kept + trained > 1 - GONE or shift < WIPED:
        return None
    return Finding(
        variant=m.variant,
        title="The backbone is not in the model",
        evidence=f"Of the backbone's numbers {kept:.0%} are in the trained model as they were, and {trained:.0%}"
        " changed but recognisable.",
        next_step="Call the backbone that the builder is given on your scaled input, and put your head on its output;"
        " do not build or copy one of your own. If it is in the model, the learning rate is far too high.",
    )


def backbone_thawed(m: Measurement) -> Finding | None:
    """A backbone that was to stay as it was has changed: all of it, or what batch normalisation keeps."""
    kept, trained, averages = measure(m, "backbone_kept"), sign(m, "backbone_trained"), sign(m, "averages_kept")
    if kept is None or kept == 1 or trained is None or averages is None:
        return None
    if trained == 0:
        what = "moving averages" if averages < 1 else "scales and biases"
        return Finding(
            variant=m.variant,
            title="Batch normalisation goes on learning in a frozen backbone",
            evidence=f"The backbone's kernels are what they were, but {1 - kept:.1%} of its numbers changed,"
            f" {what} among them.",
            next_step="Freeze the whole backbone with backbone.trainable = False, batch normalisation included: where"
            " its layers are trainable, calling the backbone with training=False does not keep them still in fit.",
            quotes=quotes(m, "backbone_kept"),
        )
    return Finding(
        variant=m.variant,
        title="The backbone is not frozen",
        evidence=f"Training changed {1 - kept:.0%} of the backbone's numbers.",
        next_step='Where mode is "frozen", set backbone.trainable = False before the model is compiled.',
        quotes=quotes(m, "backbone_kept"),
    )


def backbone_wiped_out(m: Measurement) -> Finding | None:
    """Fine-tuning moved the backbone so far that little of what it knew is left."""
    shift = measure(m, "backbone_shift")
    if shift is None or shift < WIPED:
        return None
    return Finding(
        variant=m.variant,
        title="Training wiped out what the backbone knew",
        evidence=f"The backbone's kernels moved by {shift:.0%} of their size.",
        next_step="Use a learning rate for fine-tuning that is ten times smaller than one for random weights.",
        quotes=quotes(m, "backbone_shift"),
    )


def backbone_stands_still(m: Measurement) -> Finding | None:
    """A backbone that was to learn on did not."""
    trained = measure(m, "backbone_trained")
    if trained is None or trained >= HARDLY or (measure(m, "backbone_shift") or 0.0) >= WIPED:
        return None
    return Finding(
        variant=m.variant,
        title="The backbone does not learn",
        evidence=f"Training changed {trained:.0%} of the backbone's kernels.",
        next_step="Freeze the backbone in the mode frozen only: in the others it is trained, too.",
        quotes=quotes(m, "backbone_trained"),
    )


RULES = (backbone_ignored, backbone_thawed, backbone_wiped_out, backbone_stands_still)
