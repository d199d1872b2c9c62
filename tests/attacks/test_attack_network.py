"""Student code that talks to somebody: listeners of every kind wait outside, and nobody may knock."""

import os
import socket
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest
from attacks.battery import SECRET, Arena


@dataclass(frozen=True)
class Listeners:
    tcp: socket.socket
    udp: socket.socket
    path: socket.socket
    datagrams: socket.socket
    abstract: socket.socket

    def assert_silence(self) -> None:
        for listener in (self.tcp, self.path, self.abstract):
            with pytest.raises(BlockingIOError):
                listener.accept()
        for listener in (self.udp, self.datagrams):
            with pytest.raises(BlockingIOError):
                listener.recv(1)


@pytest.fixture(scope="module")
def listeners() -> Iterator[Listeners]:
    with tempfile.TemporaryDirectory(prefix="grading-") as folder, ExitStack() as stack:
        Path(folder).chmod(0o755)

        def opened(family: int, kind: int, address: object) -> socket.socket:
            found = stack.enter_context(socket.socket(family, kind))
            found.bind(address)  # type: ignore[arg-type]
            found.setblocking(False)
            if kind == socket.SOCK_STREAM:
                found.listen()
            if isinstance(address, str) and address.startswith("/"):
                Path(address).chmod(0o777)
            return found

        yield Listeners(
            opened(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            opened(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            opened(socket.AF_UNIX, socket.SOCK_STREAM, f"{folder}/stream"),
            opened(socket.AF_UNIX, socket.SOCK_DGRAM, f"{folder}/datagrams"),
            opened(socket.AF_UNIX, socket.SOCK_STREAM, f"\0harness-test-{os.getpid()}"),
        )


KNOCK = """
import socket, urllib.request
secret = {secret!r}.encode()
def stream(family, address):
    with socket.socket(family, socket.SOCK_STREAM) as line:
        line.settimeout(1)
        line.connect(address)
        line.sendall(secret)
def datagram(family, address):
    with socket.socket(family, socket.SOCK_DGRAM) as line:
        line.settimeout(1)
        line.sendto(secret, address)
attempt("tcp", stream, socket.AF_INET, ("127.0.0.1", {tcp}))
attempt("tcp fast open", lambda: socket.socket().sendto(secret, 0x20000000, ("127.0.0.1", {tcp})))
attempt("mptcp", lambda: socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262).connect(("127.0.0.1", {tcp})))
attempt("tcp 6", stream, socket.AF_INET6, ("::1", {tcp}))
attempt("udp", datagram, socket.AF_INET, ("127.0.0.1", {udp}))
attempt("dns by hand", datagram, socket.AF_INET, ("8.8.8.8", 53))
attempt("name", socket.getaddrinfo, "example.com", 80)
attempt("path", stream, socket.AF_UNIX, {path!r})
attempt("path datagram", datagram, socket.AF_UNIX, {datagrams!r})
attempt("abstract", stream, socket.AF_UNIX, {abstract!r})
for place in ("/run/docker.sock", "/run/dbus/system_bus_socket", "/run/systemd/notify", "/tmp/.X11-unix/X0"):
    attempt(place, stream, socket.AF_UNIX, place)
attempt("listen", lambda: socket.create_server(("127.0.0.1", 0)))
attempt("raw", socket.socket, socket.AF_INET, socket.SOCK_RAW, 1)
attempt("packet", socket.socket, socket.AF_PACKET, socket.SOCK_RAW, 0)
attempt("netlink", socket.socket, socket.AF_NETLINK, socket.SOCK_RAW, 0)
attempt("virtual machine", socket.socket, socket.AF_VSOCK, socket.SOCK_STREAM)
attempt("crypto", socket.socket, socket.AF_ALG, socket.SOCK_SEQPACKET)
attempt("bluetooth", socket.socket, 31, socket.SOCK_RAW, 1)
attempt("web", lambda: urllib.request.urlopen("http://127.0.0.1:{tcp}/", timeout=1))
attempt("keras", keras.utils.get_file, "weights.h5", "http://127.0.0.1:{tcp}/weights.h5")
attempt("by a file", keras.utils.get_file, "stream", "file://{path}")
ours, theirs = socket.socketpair()
attempt("pair, to an address", ours.sendto, secret, {path!r})
attempt("pair, connected again", ours.connect, {path!r})
attempt("pair, urgent", ours.send, b"x", socket.MSG_OOB)
attempt("descriptors in flight", socket.send_fds, ours, [b"x"], [1])
attempt("option", ours.setsockopt, socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 30)
attempt("datagram pair", socket.socketpair, socket.AF_UNIX, socket.SOCK_DGRAM)
attempt("ssh", lambda: os.popen("ssh localhost").read() or 1 / 0)
"""


def test_nobody_can_be_reached(arena: Arena, listeners: Listeners) -> None:
    deeds = KNOCK.format(
        secret=SECRET,
        tcp=listeners.tcp.getsockname()[1],
        udp=listeners.udp.getsockname()[1],
        path=listeners.path.getsockname(),
        datagrams=listeners.datagrams.getsockname(),
        abstract=listeners.abstract.getsockname().decode(),
    )
    arena.attack(deeds, at_least=30)
    listeners.assert_silence()


def test_the_listeners_hear_what_is_said(listeners: Listeners) -> None:
    """The proof above says something only if they do."""
    with socket.create_connection(listeners.tcp.getsockname()), suppress(BlockingIOError):
        line, _ = listeners.tcp.accept()
        line.close()
        listeners.assert_silence()
        return
    pytest.fail("nothing was heard")


CONNECTIONS = """
for name in ("tcp", "udp", "unix"):
    for sign in {signs!r}:
        attempt(f"{{name}} {{sign}}", lambda: open(f"/proc/self/net/{{name}}").read().index(sign))
"""


def test_the_hosts_connections_cannot_be_listed(arena: Arena, listeners: Listeners) -> None:
    """Who talks to whom on this machine, and the paths of its sockets, are nobody's business."""
    ports = [f":{listener.getsockname()[1]:04X}" for listener in (listeners.tcp, listeners.udp)]
    arena.attack(CONNECTIONS.format(signs=[*ports, listeners.path.getsockname()]), at_least=9)
