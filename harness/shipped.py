"""Where the folders that travel with the code are: rubrics, reference models and student templates."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def folder(name: str) -> Path:
    """Return the folder `name`: inside the package in an installed wheel, beside it in a checkout."""
    installed = PACKAGE / "shipped_files" / name
    return installed if installed.is_dir() else PACKAGE.parent / name
