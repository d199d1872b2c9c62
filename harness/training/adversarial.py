"""Training a generative adversarial network (Goodfellow et al., 2014)."""

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from harness.training import backend
from harness.training.build import build
from harness.training.built import as_built
from harness.training.supervised import falling_rate, fit, trained

BETA_1 = 0.5  # Adam's first momentum, as in DCGAN (Radford et al., 2016)


def train(student: ModuleType, inputs: Mapping[str, Any], settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Train generator and discriminator against each other on the images `x_train` (n, …) with Adam.

    Where `settings["labels"]` names an array of one-hot labels (n, classes), both are given these too (Mirza and
    Osindero, 2014). Where `settings["condition"]` names an array of pictures (n, …), the generator makes each image of
    its picture instead of noise, and the discriminator sees image and picture (Isola et al., 2017). Returns the
    generator's weights, the learning curve and the facts of training.
    """
    import keras

    generator, discriminator = models = build(student, settings["call"], seed, inputs)
    begun = as_built(models, settings)
    both = game(generator, discriminator, settings, seed)
    x = inputs["x_train"]
    both.compile(optimizer=keras.optimizers.Adam(falling_rate(settings, len(x)), beta_1=BETA_1))
    told = settings["labels"] or settings.get("condition")
    fitted = fit(both, x, inputs[told] if told else x, settings, seed)
    return {**trained({"generator_weights": generator}, models, fitted, settings), **begun}


def game(generator: Any, discriminator: Any, settings: Mapping[str, Any], seed: int) -> Any:
    """Return a model whose one step moves both players, each against the other as it was before the step.

    Losses are the non-saturating ones; the generator's grows by `settings["mae_weight"]` times the mean absolute error
    of what it made of a picture. Made images reach the discriminator's loss without
    their gradient, and the generator's loss is taken through a discriminator whose weights are held: so each player's
    weights feel its own loss only, and one optimiser serves both.
    """
    import keras
    from keras import ops

    pictures, mae_weight = settings.get("condition"), settings.get("mae_weight")

    class Game(keras.Model):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.generator, self.discriminator = generator, discriminator
            self.noise = keras.random.SeedGenerator(seed)
            names = ("generator_loss", "discriminator_loss", *(("mae",) if mae_weight else ()))
            self.shown = [keras.metrics.Mean(name=n) for n in names]

        def call(self, x: Any, training: bool = False) -> Any:
            return keras.random.normal((ops.shape(x)[0], settings["noise_size"]), seed=self.noise)

        def compute_loss(  # as Keras calls it
            self, x: Any, y: Any, y_pred: Any, sample_weight: Any = None, training: bool = True
        ) -> Any:
            made = self.generator(y if pictures else beside(y_pred, y, settings), training=True)
            real = self.discriminator(beside(x, y, settings), training=True)
            fake = self.discriminator(beside(ops.stop_gradient(made), y, settings), training=True)
            through = self.held(beside(made, y, settings))
            real, fake, through = map(backend.as_float32, (real, fake, through))
            losses = [ops.mean(ops.softplus(-through)), ops.mean(ops.softplus(-real) + ops.softplus(fake))]
            both = losses[0] + losses[1]
            if mae_weight:
                losses.append(ops.mean(ops.abs(backend.as_float32(made) - x)))
                both += mae_weight * losses[-1]
            for shown, loss in zip(self.shown, losses, strict=True):
                shown.update_state(loss)
            return both

        def held(self, shown: Any) -> Any:
            """Return the discriminator's logits with a gradient for its input and none for its weights."""
            weights = [ops.stop_gradient(ops.convert_to_tensor(v)) for v in self.discriminator.trainable_variables]
            others = [ops.convert_to_tensor(v) for v in self.discriminator.non_trainable_variables]
            logits, _ = self.discriminator.stateless_call(weights, others, shown, training=True)
            return logits

    return Game()


def beside(first: Any, told: Any, settings: Mapping[str, Any]) -> Any:
    """Return what a network is given: with its labels or pictures, or alone."""
    return [first, told] if settings["labels"] or settings.get("condition") else first
