"""The sandboxes of the tests of the workflow."""

from workflow.conftest import real_launcher, sandbox

__all__ = ["real_launcher", "sandbox"]
