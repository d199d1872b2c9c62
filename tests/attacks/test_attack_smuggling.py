"""Student code that carries test images past the code: from the encoder's process to the decoder's, or anywhere.

Encode and decode are two processes with nothing in common but the declared code.
"""

# ruff: noqa: E501  (lines of students' files)

import os
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from attacks.battery import TOOLS, Arena, bare_attacker, said
from sandbox.students import LIMITS

from harness.data.base import Dataset
from harness.recipes.steps import mapping_step
from harness.task import ArrayOutput, Step, TaskData, maps
from harness.tasks import find
from harness.training.build import Call

SHAPE, CODE, IMAGES = (4, 4, 1), 2, 6
CALL: Call = {
    "builder": "build",
    "arguments": {"input_shape": list(SHAPE), "code_size": CODE},
    "returns": [
        asdict(maps(SHAPE, (CODE,), name="encoder")),
        asdict(maps((CODE,), SHAPE, name="decoder")),
    ],
}
PAIR = """
def pair(input_shape, code_size):
    encoder = keras.Sequential([keras.Input(input_shape), layers.Flatten(), layers.Dense(code_size)])
    decoder = keras.Sequential([keras.Input((code_size,)), layers.Dense(16, "sigmoid"), layers.Reshape(input_shape)])
    return encoder, decoder
"""
SMUGGLER = (
    TOOLS
    + PAIR
    + """
import builtins, json, tempfile
PLACES = [".", "..", "/tmp", "/var/tmp", "/dev/shm", "/scratch", os.path.expanduser("~"), os.environ["KERAS_HOME"],
          tempfile.gettempdir(), os.path.dirname(keras.__file__), os.path.dirname(os.__file__), "/run", "/var/lock"]
def stash(images):
    data = images.tobytes()
    for place in PLACES:
        try:
            os.makedirs(place, exist_ok=True)
            with open(os.path.join(place, "smuggled"), "wb") as file:
                file.write(data)
            say("stashed in", place)
        except OSError:
            pass
    builtins.smuggled = os.smuggled = keras.smuggled = np.smuggled = data
    sys.modules["smuggled"] = data
    os.environ["SMUGGLED"] = data.hex()
    keras.config.set_epsilon(0.125)
    keras.utils.get_custom_objects()["smuggled"] = data
    import gc
    for o in gc.get_objects():
        if isinstance(o, dict) and type(o) is dict and "__name__" in o:
            o["smuggled"] = data
def found():
    for place in PLACES:
        try:
            with open(os.path.join(place, "smuggled"), "rb") as file:
                yield place, file.read()
        except OSError:
            pass
    for module in (builtins, os, keras, np):
        if hasattr(module, "smuggled"):
            yield module, module.smuggled
    for what in ("smuggled" in sys.modules, "SMUGGLED" in os.environ, keras.config.epsilon() == 0.125,
                 "smuggled" in keras.utils.get_custom_objects()):
        if what:
            yield "state", b""
def build(input_shape, code_size):
    inputs = sys._getframe(2).f_locals["inputs"]
    if "x_test" in inputs:
        stash(inputs["x_test"])
        say("stashed all")
    else:
        say("found", list(found()), sorted(inputs))
    return pair(input_shape, code_size)
"""
)


def half(name: str, taken: str, output: ArrayOutput) -> Step:
    """Return the step that runs one half, `encode` or `decode`, on the array `taken`."""
    step = mapping_step(
        name, f"{name}r_weights", {output.name: taken}, (output,), LIMITS, ("encode", "decode").index(name)
    )
    return replace(step, settings={**step.settings, "call": CALL})


ENCODE = half("encode", "x_test", ArrayOutput("code_test", (IMAGES, CODE)))
DECODE = half("decode", "code_test", ArrayOutput("rebuilt_test", (IMAGES, *SHAPE), low=0, high=1))


@pytest.fixture
def images(tmp_path: Path) -> dict[str, Any]:
    np.save(tmp_path / "x_test.npy", np.random.default_rng(0).random((IMAGES, *SHAPE), dtype=np.float32))
    encoder, decoder = np.ones(16 * CODE + CODE, np.float32), np.ones(CODE * 16 + 16, np.float32)
    weights = {"encoder_weights": encoder.tobytes(), "decoder_weights": decoder.tobytes()}
    return {"x_test": tmp_path / "x_test.npy", **weights}


def test_images_left_anywhere_by_the_encoder_are_not_found_by_the_decoder(
    arena: Arena, images: dict[str, Any], tmp_path: Path
) -> None:
    encoded = arena.run(SMUGGLER, ENCODE, images)
    assert encoded.fault is None, (encoded.fault, encoded.log)
    assert "stashed in ." in encoded.log and "stashed all" in encoded.log
    np.save(tmp_path / "code_test.npy", encoded.arrays["code_test"])
    decoded = arena.run(SMUGGLER, DECODE, images | {"code_test": tmp_path / "code_test.npy"})
    assert decoded.fault is None, (decoded.fault, decoded.log)
    assert "found [] ['code_test', 'decoder_weights']" in decoded.log
    arena.goes_on()


def autoencoder_steps() -> list[Step]:
    task = find("autoencoder")
    profile = task.profile("quick")
    arrays = {f"x_{s}": np.zeros((2, 32, 32, 1), np.float32) for s in ("train", "val", "test", "seen")}
    dataset = Dataset("digits", arrays, tuple("0123456789"), "", {})
    data = TaskData(dataset, arrays, frozenset())
    return [step for v in task.variants if not v.given for step in task.steps(profile, v, data)]


def test_codes_are_declared_as_half_precision() -> None:
    """A code of 10 numbers is meant to hold 10 numbers; 32 bits each would hold twice as much again."""
    codes = [o for step in autoencoder_steps() for o in step.outputs if o.name.startswith("code_")]
    assert codes
    for output in codes:
        assert isinstance(output, ArrayOutput)
        assert np.dtype(output.dtype).itemsize == 2, output


def test_what_lies_below_half_precision_does_not_arrive(strong: Arena, images: dict[str, Any]) -> None:
    (code,) = [o for o in autoencoder_steps()[1].outputs if o.name == "code_test"]
    assert isinstance(code, ArrayOutput)
    output = ArrayOutput("code_test", (IMAGES, CODE), code.dtype)
    hidden = 1 + np.arange(IMAGES * CODE, dtype=np.float32).reshape(IMAGES, CODE) * 2**-20
    patch = "\nfrom harness.training import predicting\npredicting.predict_all = lambda model, parts, names=(): "
    source = SMUGGLER + patch + f"[[np.array({hidden.tolist()!r}, np.float32)]]\n"
    outcome = strong.run(source, half("encode", "x_test", output), images)
    assert outcome.fault is None, outcome.fault
    assert np.unique(outcome.arrays["code_test"].astype(np.float64)).tolist() == [1.0]


LIBRARIES = Path(np.__file__).parents[1]
BITS = 96
STEP = 16  # pages apart, so that reading one does not fetch the next
WRITE_PAGES = """
import mmap
path, bits, step = {path!r}, {bits!r}, {step}
fd = os.open(path, os.O_RDONLY)
for advice in (os.POSIX_FADV_RANDOM, os.POSIX_FADV_DONTNEED):
    try:
        os.posix_fadvise(fd, 0, 0, advice)
    except OSError as error:
        say(error)
pages = mmap.mmap(fd, 0, prot=mmap.PROT_READ)
pages.madvise(mmap.MADV_RANDOM)  # one page at a time
for n, bit in enumerate(bits):
    if bit == "1":
        pages[n * step * 4096]
"""
BY_ASKING = """
def cached(n):
    try:
        return str(os.preadv(fd, [bytearray(1)], n * step * 4096, os.RWF_NOWAIT))
    except BlockingIOError:
        return "0"
    except OSError as error:
        return "-"
fd = os.open({path!r}, os.O_RDONLY)
step = {step}
say("bits", "".join(map(cached, range({bits}))))
"""
# A fault maps the page beside it too if that is in memory; /proc/self/smaps tells whether it was.
BY_FAULTS = """
import mmap, re
fd = os.open({path!r}, os.O_RDONLY)
pairs = [mmap.mmap(fd, 8192, prot=mmap.PROT_READ, offset=n * 8192) for n in range({bits})]
for pair in pairs:
    pair.madvise(mmap.MADV_RANDOM)
    pair[0]
try:
    text = open("/proc/self/smaps").read()
    mapped = re.findall(r"^\\w+-\\w+ \\S+ (\\w+) \\S+ \\d+ +" + re.escape({path!r}) + r"\\n(?:.*\\n)*?Rss: +(\\d+) kB", text, re.M)
    found = {{int(offset, 16) // 8192: str(int(size) // 4 - 1) for offset, size in mapped}}
    say("bits", "".join(found.get(n, "-") for n in range({bits})))
except OSError as error:
    say(error, "bits", "-" * {bits})
"""

# A page that is in memory costs a minor fault, another a major one; the kernel counts them for whoever asks.
BY_COUNTS = """
import mmap, resource
fd = os.open({path!r}, os.O_RDONLY)
pages = mmap.mmap(fd, {bits} * 8192, prot=mmap.PROT_READ)
pages.madvise(mmap.MADV_RANDOM)
def major():
    return resource.getrusage(resource.RUSAGE_SELF).ru_majflt
def was_there(n):
    before = major()
    pages[(2 * n + 1) * 4096]
    return "01"[major() == before]
try:
    say("bits", "".join(map(was_there, range({bits}))))
except OSError as error:
    say(error, "bits", "-" * {bits})
"""


def cold_file() -> str:
    """Return a large file that steps may read and that nothing else reads, out of memory."""
    sizes = {}
    for folder, _, names in os.walk(LIBRARIES / "tensorflow" / "include"):
        for path in (Path(folder, name) for name in names):
            sizes[str(path)] = path.stat().st_size
    path = max(sizes, key=lambda p: sizes[p])
    if sizes[path] < BITS * STEP * 4096:
        pytest.skip("no file is large enough")
    fd = os.open(path, os.O_RDONLY)
    os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    os.close(fd)
    return path


def share_right(sent: str, received: str) -> float:
    assert len(received) == len(sent), received
    return sum(a == b for a, b in zip(sent, received, strict=True)) / len(sent)


def message() -> str:
    return "".join(np.random.default_rng().choice(["0", "1"], BITS))


def test_the_page_cache_carries_no_message_from_step_to_step(bare_strong: Arena) -> None:
    """Which pages of a library file are in memory is as many bits as there are pages, and outlives the step."""
    path, bits = cold_file(), message()
    assert bare_strong.run(bare_attacker(WRITE_PAGES.format(path=path, bits=bits, step=STEP))).fault is None
    outcome = bare_strong.run(bare_attacker(BY_ASKING.format(path=path, bits=BITS, step=STEP)))
    assert share_right(bits, outcome.log.partition("bits ")[2].split()[0]) < 0.9


@pytest.mark.parametrize("way", [BY_FAULTS, BY_COUNTS], ids=["what is mapped", "how many faults"])
def test_faults_carry_no_message_from_step_to_step(bare_strong: Arena, way: str) -> None:
    path, bits = cold_file(), message()
    pairs = "".join("1" + bit for bit in bits)  # the first page of each pair is touched by both
    assert bare_strong.run(bare_attacker(WRITE_PAGES.format(path=path, bits=pairs, step=1))).fault is None
    outcome = bare_strong.run(bare_attacker(way.format(path=path, bits=BITS)))
    assert outcome.fault is None, outcome.fault
    assert share_right(bits, outcome.log.partition("bits ")[2].split()[0]) < 0.9


LOCKS = """
import fcntl, struct
fd = os.open(os.__file__, os.O_RDONLY)
def whole(kind):
    return struct.pack("hhqqi4x", kind, 0, 0, 0, 0)
"""
HOLD = (
    LOCKS
    + """
for lock in (lambda: fcntl.flock(fd, fcntl.LOCK_EX), lambda: fcntl.fcntl(fd, 37, whole(fcntl.F_RDLCK)),
             lambda: fcntl.lockf(fd, fcntl.LOCK_SH)):
    try:
        lock()
    except OSError as error:
        say(error)
time.sleep(1)
"""
)
LOOK = (
    LOCKS
    + """
def by_flock():
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    fcntl.flock(fd, fcntl.LOCK_UN)
    return False
def by_record():
    return struct.unpack("hhqqi4x", fcntl.fcntl(fd, fcntl.F_GETLK, whole(fcntl.F_WRLCK)))[0] != fcntl.F_UNLCK
def by_open_file():
    return struct.unpack("hhqqi4x", fcntl.fcntl(fd, 36, whole(fcntl.F_WRLCK)))[0] != fcntl.F_UNLCK
seen = set()
until = time.monotonic() + 1
while time.monotonic() < until:
    for way in (by_flock, by_record, by_open_file):
        try:
            if way():
                seen.add(way.__name__)
        except OSError:
            pass
    time.sleep(0.02)
say("seen", sorted(seen))
"""
)


def test_locks_on_shared_files_carry_no_message_between_steps_at_once(bare_strong: Arena) -> None:
    held, looked = bare_strong.at_once([bare_attacker(HOLD), bare_attacker(LOOK)])
    assert held.fault is None
    assert "seen []" in looked.log


def test_two_steps_at_once_share_no_scratch_and_no_processes(bare_weak: Arena) -> None:
    """One of two submissions that run side by side finds nothing of the other."""
    deeds = """
    open("mine", "w").write(str(os.getpid()))
    time.sleep(0.5)
    attempt("folders", os.listdir, "..")
    for pid in set(range(1, 60)) - {os.getpid()}:
        try:
            os.kill(pid, 0)
            say(f"process {pid} | done |")
        except OSError:
            pass
    """
    for outcome in bare_weak.at_once([bare_attacker(deeds)] * 2):
        assert outcome.fault is None, outcome.fault
        said(outcome).assert_none_done()
    bare_weak.goes_on()
