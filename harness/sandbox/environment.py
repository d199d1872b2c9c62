"""The environment student code starts in: nothing of the caller's but what a backend needs."""

import mmap
import os
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from harness.training import backend as backend_room

# Which cards may be used, by the variables of CUDA and HIP: by numbers in an order that another says, or after ROCm's.
VISIBLE = ("CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES")
# Where accelerator libraries are found and which devices may be used; nothing else is inherited.
PASSED_ON = ("LD_LIBRARY_PATH", *VISIBLE, "CUDA_DEVICE_ORDER", "ROCR_VISIBLE_DEVICES", "SYSTEMROOT")

# Where compiled programs are kept for later steps: only where steps may see what others wrote.
SHARED = (
    "JAX_COMPILATION_CACHE_DIR",
    "JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS",
    "JAX_PERSISTENT_CACHE_MIN_ENTRY_SIZE_BYTES",
)
DETERMINISTIC = "--xla_gpu_deterministic_ops=true --xla_gpu_enable_scatter_determinism_expander=true"
# What spares XLA time to compile on a CPU and costs little to run: each step compiles all of its programs anew.
QUICKLY = (
    "xla_cpu_use_fusion_emitters=false",
    "xla_cpu_parallel_codegen_split_count=1",
    "xla_backend_optimization_level=1",
)

# Runs a module of this package without putting the caller's folder, PYTHONPATH or user site on the path.
BOOT = "import sys; sys.path.insert(0, sys.argv[1]); from harness.sandbox.{module} import main; main()"


def clean(home: Path, backend: str, device: str, share: float = 1.0, card: str = "") -> dict[str, str]:
    """Return the whole environment of a sandbox process. `device` is `cpu` or `gpu`.

    `share` is how much of the GPU's memory it may take, and `card` the one it uses; without it, as the caller's
    variables say.
    """
    env = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
    env |= {
        "PATH": "/usr/bin:/bin",
        "HOME": str(home),
        "TMPDIR": str(home),
        "USER": "student",  # who asks for a name is not in the machine's list of users
        "LANG": "C.UTF-8",
        "JOBLIB_MULTIPROCESSING": "0",  # or scikit-learn's import tries semaphores, and warns that there are none
        "KERAS_BACKEND": backend,
        "KERAS_HOME": str(home / ".keras"),
        "MPLCONFIGDIR": str(home),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "HDF5_USE_FILE_LOCKING": "FALSE",  # locks are refused: two steps could talk by them
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_DETERMINISTIC_OPS": "1",
        # A second thread in the fork server would make forking unsafe.
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
    }
    if device == "cpu":
        env |= dict.fromkeys(VISIBLE, "-1") | {"JAX_PLATFORMS": "cpu"}
        return env | ({"XLA_FLAGS": compiling_quickly()} if backend == "jax" else {})
    return env | on_gpu(share) | (dict.fromkeys(VISIBLE, card) if card else {})


@cache
def compiling_quickly() -> str:
    """Return the flags of QUICKLY that the installed XLA knows: it ends a process for one that it does not know."""
    spec = find_spec("jaxlib")
    library = Path(spec.origin).parent / "libjax_common.so" if spec and spec.origin else None
    if library is None or not library.is_file():
        return ""
    with library.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as code:
        known = [flag for flag in QUICKLY if code.find(flag.partition("=")[0].encode() + b"\0") >= 0]
    return " ".join(f"--{flag}" for flag in known)


def on_gpu(share: float) -> dict[str, str]:
    """Return what makes a backend take memory as it needs it, and no more than `share`.

    TensorFlow has no variable for a share: there memory grows without one. XLA computes the same every time, unless
    the caller has flags of its own for it. Sources: docs.jax.dev, GPU memory allocation; TensorFlow's guide to GPUs;
    cuBLAS, reproducibility.
    """
    part = f"{share:.3f}"
    platform = "rocm" if not Path("/dev/nvidiactl").exists() and Path("/dev/kfd").exists() else "cuda"
    return {
        "JAX_PLATFORMS": f"{platform},cpu",  # or it would go on, on the CPU, where the device does not start
        "XLA_FLAGS": os.environ.get("XLA_FLAGS", DETERMINISTIC),
        "XLA_PYTHON_CLIENT_PREALLOCATE": "false",
        "XLA_CLIENT_MEM_FRACTION": part,
        "TF_FORCE_GPU_ALLOW_GROWTH": "true",
        "CUBLAS_WORKSPACE_CONFIG": ":4096:8",
        backend_room.SHARE: part,
    }


def shared() -> dict[str, str]:
    """Return what of the caller's environment is for steps that hide nothing from one another."""
    return {name: os.environ[name] for name in SHARED if name in os.environ}


def command(module: str, *arguments: str) -> list[str]:
    """Return the command that runs `harness.sandbox.<module>.main` in an isolated interpreter."""
    root = Path(__file__).resolve().parents[2]
    return [sys.executable, "-I", "-c", BOOT.format(module=module), str(root), *arguments]
