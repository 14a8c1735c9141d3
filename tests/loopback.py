"""Where a test's server listens."""

import socket


def listening() -> socket.socket:
    """A socket that listens on a free port of this machine.

    It says that it speaks TCP: only then does asyncio send each part of an answer at once. Without
    it a client that answers late to the first part costs every request 40 milliseconds.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener
