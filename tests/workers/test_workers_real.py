"""Real trainings on a real cluster: equal to those of this machine, and closed to whoever would reach the cluster."""

from pathlib import Path

import pytest
import toy
from workers.conftest import of_course, written
from workers.test_workers_cluster import cluster, on
from workflow.classes import graded, numbers, student

from harness.sandbox.detect import strongest
from harness.sandbox.levels import Level
from harness.workflow.protection import Protection

pytestmark = pytest.mark.preflight

REACHING = (
    '''\
import glob
import os
import socket


def reached():
    """Return what of the cluster can be had from here."""
    found = [name for name in os.environ if "DASK" in name or "TLS" in name]
    for place in ("/tmp/dask-scratch-space", "SCRATCH", "/tmp/harness-dask-*"):
        found += glob.glob(place + "/*")
    for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as file:
                found += [path] if b"DASK" in file.read() else []
        except OSError:
            pass
    for host, port in PLACES:
        try:
            socket.create_connection((host, port), 1).close()
            found.append(f"{host}:{port}")
        except OSError:
            pass
    return found


'''
    + toy.GOOD
).replace("    model = ", "    if reached():\n        raise ValueError(f'reached {reached()}')\n    model = ")


def test_a_step_reaches_no_scheduler_and_the_numbers_are_those_of_one_machine(tmp_path: Path, course: Path) -> None:
    if strongest("cpu").walls.level == Level.NONE:
        pytest.skip("no barrier holds here")
    with cluster(2, local_directory=str(tmp_path / "scratch")) as made:
        urls = [made.scheduler_address, *made.scheduler_info["workers"]]
        places = [(host, int(port)) for host, port in (url.removeprefix("tcp://").split(":") for url in urls)]
        attack = REACHING.replace("PLACES", repr(places)).replace("SCRATCH", str(tmp_path / "scratch"))
        written(tmp_path, {"ann": toy.GOOD, "mal": attack})
        walled = {"protection": Protection(), "seeds": [1]}
        elsewhere = on(made, tmp_path, course, out=tmp_path / "elsewhere", **walled)
    here = graded(tmp_path / "class", of_course(tmp_path, course, **walled))
    for name in ("ann", "mal"):
        (one,), (other,) = student(elsewhere, name).tasks, student(here, name).tasks
        assert not one.fault
        assert numbers(one.measurements) == numbers(other.measurements)
        assert one.measurements[0].provenance.isolation == other.measurements[0].provenance.isolation
    assert all(m.fault is None for m in one.measurements)
