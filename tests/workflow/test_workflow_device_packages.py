"""A bare machine that lacks a package says which before it measures anything."""

from pathlib import Path

import device_baselines
import device_packages
import pytest

PROJECT = Path(device_baselines.__file__).parents[1] / "pyproject.toml"


def test_here_nothing_is_lacking() -> None:
    assert device_packages.lacking(PROJECT) == []


def test_what_is_not_here_is_named_and_tensorflow_is_not_missed(tmp_path: Path) -> None:
    asked = '["no-such-package>=1.2", "pytest>=999", "tensorflow>=999", "another.one[extra]; python_version > \'3\'"]'
    project = tmp_path / "pyproject.toml"
    project.write_text(f"[project]\ndependencies = {asked}\n")
    assert device_packages.lacking(project) == ["another-one", "no-such-package"]


def test_what_an_installed_package_requires_counts_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def requires(name: str) -> list[str]:
        if name == "lonely":
            raise device_packages.metadata.PackageNotFoundError
        return ["Lonely (>=2)", "shy; extra == 'all'", "old; python_version < '3'"] if name == "first" else []

    monkeypatch.setattr(device_packages.metadata, "requires", requires)
    (tmp_path / "pyproject.toml").write_text('[project]\ndependencies = ["first"]\n')
    assert device_packages.lacking(tmp_path / "pyproject.toml") == ["lonely"]


def test_without_what_measuring_takes_it_does_not_begin(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(device_baselines, "lacking", lambda project: ["click", "scikit-image"])
    monkeypatch.setattr(device_baselines, "MEASURING", ("json", "no_such_module"))
    monkeypatch.setattr("sys.argv", ["device_baselines.py", "--tiny"])
    assert device_baselines.main() == 2
    said = capsys.readouterr().err.splitlines()
    assert "fails: click, scikit-image." in said[0]
    assert "but: No module named 'no_such_module'; add it" in said[1]
