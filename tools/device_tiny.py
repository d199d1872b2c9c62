"""A profile as small as can be and otherwise the same, to rehearse with."""

from dataclasses import fields, is_dataclass, replace

from harness.task import FurtherData, Sizes, Task

TINY = Sizes(train=512, val=200, test=400)  # examples
SIZED = ("mnist", "cifar10", "cifar100", "imdb")  # sets of which all there is would be taken
LARGE = {
    "clocks_150": Sizes(train=256, val=64, test=64),
    "tiny_imagenet": Sizes(train=100, val=40, test=40),
    "faces": Sizes(train=200, val=0, test=60),
}  # sets of large images
SLOWEST = "text"  # which has no smaller size
FEW = {"made": 400, "rebuilt": 100, "steps": 400, "trials": 4, "paths": 20, "seen": 50}  # settings of profiles


def tiny(task: Task, profile: str) -> Task:
    """Return a task whose profile has few examples and epochs."""
    whole = task.profile(profile)
    own = {f.name for f in fields(whole.settings)} if is_dataclass(whole.settings) else set()
    settings = replace(whole.settings, **{k: v for k, v in FEW.items() if k in own}) if own else whole.settings
    small = replace(
        whole,
        epochs=1 if whole.dataset == SLOWEST else 2,
        sizes=few(whole.dataset, whole.sizes),
        further={n: FurtherData(more.dataset, few(more.dataset, more.sizes)) for n, more in whole.further.items()},
        settings=settings,
    )
    return replace(task, profiles={**task.profiles, profile: small})


def few(dataset: str, sizes: Sizes) -> Sizes:
    """Return at most so many examples of each part; all of a part whose size is not said and that may be small."""
    most = LARGE.get(dataset, TINY)
    asked = {part: min(getattr(most, part), size) for part, size in sizes.asked()}
    if dataset in LARGE:
        return replace(most, **asked)
    return replace(sizes, **({"train": most.train, "test": most.test} if dataset in SIZED else {}) | asked)
