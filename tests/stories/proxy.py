"""A network between two programs, which can be cut off, or fall silent without a word."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable
from typing import Self

_CHUNK_BYTES = 65536
# Closed at once, with what was not sent thrown away: the other end is told of a reset.
_RESET = struct.pack("ii", 1, 0)


class Proxy:
    """Listens on loopback and hands on what comes, both ways; a context manager."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._flows = threading.Event()
        self._flows.set()
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]

    def silence(self) -> None:
        """Hand nothing on any more, and close nothing."""
        self._flows.clear()

    def go_on(self) -> None:
        """Hand on what was held back, too."""
        self._flows.set()

    def reset(self) -> None:
        """Cut every connection that there is."""
        for end in list(self._ends):
            with contextlib.suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
                end.shutdown(socket.SHUT_RD)

    def __enter__(self) -> Self:
        self._begin(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self.go_on()
        self.reset()
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _begin(self, work: Callable[..., None], *given: socket.socket) -> threading.Thread:
        thread = threading.Thread(target=work, args=given)
        self._threads.append(thread)
        thread.start()
        return thread

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                self._begin(self._join, near)

    def _join(self, near: socket.socket) -> None:
        self._flows.wait()
        with (
            near,
            contextlib.suppress(OSError),
            socket.create_connection(("127.0.0.1", self._target)) as far,
        ):
            self._ends += [near, far]
            back = self._begin(self._hand_on, far, near)
            self._hand_on(near, far)
            back.join()
            self._ends.remove(near)
            self._ends.remove(far)

    def _hand_on(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := one.recv(_CHUNK_BYTES):
                self._flows.wait()
                other.sendall(data)
        # The way back ends with it; both are closed then.
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RD)
