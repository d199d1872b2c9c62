"""Methods and attributes that models, layers and tensors of Keras 2 had."""

from collections.abc import Mapping

from harness.explain.loaded import of_keras
from harness.explain.lost import lost_attribute
from harness.explain.seen import Seen

ATTRIBUTES: Mapping[str, str] = {
    **dict.fromkeys(("lr", "decay"), "write optimizer.learning_rate, which may be a schedule"),
    "fit_generator": "write model.fit, which takes generators, though the harness trains what a builder returns",
    "evaluate_generator": "write model.evaluate, which takes generators",
    "predict_generator": "write model.predict, which takes generators",
    "predict_classes": "write model.predict(x).argmax(axis=-1)",
    "predict_proba": "write model.predict(x)",
    "_make_predict_function": "leave the line out",
    "uses_learning_phase": "leave the line out",
    "get_updates": "write optimizer.apply(gradients, variables)",
    "get_weights": "write optimizer.variables",
    "_keras_shape": "write x.shape",
    "get_shape": "write x.shape",
    "as_list": "write list(x.shape), which holds plain numbers",
    "add_variable": "write self.add_weight(shape=..., name=...)",
    "add_update": "leave the line out, and assign to variables in call",
    "output_shape": "write layer.output.shape, which is there once the layer was called",
    "input_shape": "write layer.input.shape, which is there once the layer was called",
    "sample_weights": "leave the line out",
    "total_loss": "leave the line out, and look at the history that fit returns",
    "train_on_generator": "write model.fit, which takes generators",
}
OF_TENSORS = frozenset({"KerasTensor", "SymbolicTensor", "Tensor"})
OF_MODELS = frozenset({"fit_generator", "evaluate_generator", "predict_generator", "predict_classes", "predict_proba"})
VALUES = frozenset({"numpy", "eval", "item", "tolist", "astype"})


def attribute(seen: Seen) -> str:
    """Return the sentence for a method or attribute that is gone."""
    owner, name = lost_attribute(seen.said)
    if owner in OF_TENSORS and name in VALUES:
        return (
            f"A tensor inside a model has no values yet, so no .{name}(): use keras.ops on it, or a layer of your own."
        )
    if owner == "int" and name == "value":
        return "Shapes hold plain numbers in TensorFlow 2: write x.shape[1] without .value."
    if name in ATTRIBUTES and (of_keras(owner) or owner in OF_TENSORS or name in OF_MODELS):
        return f"{owner} has no {name} in Keras 3: {ATTRIBUTES[name]}."
    return ""
