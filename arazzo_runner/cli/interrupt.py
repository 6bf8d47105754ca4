"""Ctrl-C while a client outside of Python waits: no signal interrupts such a wait, closing the client does."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_GRACE = 0.05  # seconds in which Python itself may answer


@contextmanager
def interruptible(close: Callable[[], None]) -> Iterator[None]:
    """While this is open, `close` is called shortly after SIGINT unless KeyboardInterrupt has left by then."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    reader, writer = socket.socketpair()
    writer.setblocking(False)
    left = threading.Event()
    watch = threading.Thread(target=_watch, args=(reader, left, close), name="arazzo-run-interrupt", daemon=True)
    before = signal.set_wakeup_fd(writer.fileno(), warn_on_full_buffer=False)
    watch.start()
    try:
        yield
    finally:
        left.set()
        signal.set_wakeup_fd(before)
        writer.close()
        watch.join()
        reader.close()


def _watch(reader: socket.socket, left: threading.Event, close: Callable[[], None]) -> None:
    while numbers := reader.recv(64):
        if signal.SIGINT in numbers:
            if not left.wait(_GRACE):
                close()
            return
