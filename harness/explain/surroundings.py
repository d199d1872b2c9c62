"""What is not there when models are built: a network, data sets, files, a screen, devices, other programs."""

from harness.explain.idiom import Idiom

BY_HARNESS = "the harness gives the data to training itself"
ASIDE = 'put what loads data under `if __name__ == "__main__":`'
NO_NETWORK = f"There is no network when models are built: {BY_HARNESS}, so {ASIDE}, or leave it out."
NO_PROGRAMS = "Nothing can be installed and no program started when models are built: take the line out."
NO_PROCESSES = "No other process can be started when models are built: do without multiprocessing."
NO_FILES = (
    "Only the Python files that were handed in are there when models are built, no data and no drive: "
    f"{BY_HARNESS}, so {ASIDE}."
)
NO_GPU = "There is no GPU to ask for when models are built, and none is needed: take the line out."
ONLINE = r"urllib/request\.py|http/client\.py|socket\.py:|/requests/|urllib3/|keras/src/utils/file_utils\.py:get_file"
GRAPHICS = 'take the line out, or put it under `if __name__ == "__main__":`'

IDIOMS = (
    Idiom(
        r"",
        f"There is no network and no data set when models are built: {BY_HARNESS}, so {ASIDE}.",
        through=r"keras/src/datasets/|sklearn/datasets/_(?:openml|twenty|lfw|california|covtype|kddcup)|tensorflow_datasets/",
    ),
    Idiom(
        r"",
        "Weights trained by others cannot be downloaded when models are built: write weights=None.",
        through=r"keras/src/applications/",
        line=r"weights|[A-Z]\w+\(",
    ),
    Idiom(
        r"not found.{0,80}NLTK Downloader|NLTK Downloader",
        "There is no corpus or tokeniser of NLTK when models are built, and no network: builders need no text, the"
        " harness gives numbered words or letters.",
    ),
    Idiom(r"", NO_NETWORK, through=ONLINE),
    Idiom(r"URL fetch failure|URLError|NameResolutionError|getaddrinfo", NO_NETWORK),
    Idiom(r"PermissionError|Read-only file system", NO_PROCESSES, through=r"multiprocessing/"),
    Idiom(r"PermissionError", NO_PROCESSES, line=r"os\.fork|forkpty"),
    Idiom(r"", NO_PROGRAMS, through=r"subprocess\.py:|os\.py:(?:popen|_spawnvef)|pip/_"),
    Idiom(r"PermissionError|CalledProcessError", NO_PROGRAMS, line=r"os\.system|subprocess|\bpip\b|popen"),
    Idiom(
        r"PermissionError|Read-only file system",
        "That place cannot be written when models are built, and nothing that is written is kept: take the line out, or"
        ' put it under `if __name__ == "__main__":`.',
        line=r"makedirs|mkdir|open\(|save|to_csv|write|dump",
    ),
    Idiom(r"FileNotFoundError|No such file or directory", NO_FILES),
    Idiom(
        r"is not installed, (?:run|you can install it by run) `pip install",
        "Nothing can be installed here, and there is no screen: use what is there, such as"
        ' gymnasium.make("CartPole-v1")'
        " without render_mode.",
    ),
    Idiom(r"You must install pydot|pydot", f"There is nothing to draw graphs with: {GRAPHICS}.", line=r"plot_model"),
    Idiom(r"Cannot load backend|no display|could not connect to display", f"There is no screen: {GRAPHICS}."),
    Idiom(
        r"unsupported locale setting",
        "The machine on which models are built has no such language setting: take the line out.",
    ),
    Idiom(r"EOFError: EOF when reading", "Nobody is there to answer input(): write the value into the file."),
    Idiom(r"(?i)\b[GT]PUs?\b", NO_GPU, line=r"(?i)raise|assert|\b[gt]pus?\b|_gpu"),
    Idiom(r"IndexError: list index out of range", NO_GPU, line=r"(?i)gpu|physical_devices|\btpu"),
    Idiom(r"", NO_GPU, through=r"tensorflow/python/(?:tpu|distribute)/", line=r"(?i)\btpu"),
    Idiom(
        r"SystemExit",
        "The file ends the process: take exit(), quit() or sys.exit() out, so that its functions can be called.",
    ),
)
