"""Loads the backend and ends: tells whether a fresh process could run a step."""

from harness.training import backend


def main() -> None:
    backend.load()
