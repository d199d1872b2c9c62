"""What Keras and TensorFlow wrap around an exception, taken off: the cause, and where in a model it was."""

import re
from dataclasses import dataclass

from harness.explain.cleaned import ESCAPE, LONGEST_READ, cleaned

CALLING = re.compile(r"Exception encountered when calling (?:layer )?[\"']?(\w++)")
RECEIVED = re.compile(r"\n[ \t]*+(?:Arguments received by |Call arguments received by )")
INFERRED = re.compile(r"Could not automatically infer the output shape[^'\n]{0,40}+'([^'\n]++)' \(of type (\w++)\)")
ENCOUNTERED = "Error encountered:"
IN_USER_CODE = re.compile(r"\s*+in user code:")
RAISED = re.compile(r"\s*+\w*(?:Error|Exception): ")
NODE = re.compile(r"Detected at node (\S++)")
STACK = re.compile(r'^\s*+File "|^Graph execution error|^Detected at node|stack traces unavailable')
LAYER = re.compile(r"\blayer '?\"?[\w/]++")


@dataclass(frozen=True)
class Cause:
    """The text of an exception without its wrapping, on one line, and the layer or class that was called, if named."""

    text: str
    called: str = ""


def cause_of(error: BaseException) -> Cause:
    """Return what an exception says."""
    text = raw(error)
    called = found[1] if (found := CALLING.search(text)) else ""
    if called:
        text = RECEIVED.split(text, maxsplit=1)[0]
        text = text.partition("\n")[2] or text
    if found := INFERRED.search(text):
        called, text = f"{found[2]} '{found[1]}'", text.partition(ENCOUNTERED)[2] or text
    if IN_USER_CODE.match(text):
        text = next((line for line in reversed(text.split("\n")) if RAISED.match(line)), text)
    if found := NODE.search(text):
        called = "/".join(found[1].split("/")[:2])
        text = "\n".join(line for line in text.split("\n") if not STACK.search(line))
    said = cleaned(text).removesuffix(".").strip()
    return Cause(said, "" if LAYER.search(said) else called)


def raw(error: BaseException) -> str:
    """Return the text of an exception; of a KeyError as it was given, where Python would quote it all."""
    if (
        isinstance(error, KeyError)
        and len(error.args) == 1
        and isinstance(error.args[0], str)
        and "\n" in error.args[0]
    ):
        return error.args[0][:LONGEST_READ]
    return ESCAPE.sub("", str(error).strip()[:LONGEST_READ])
