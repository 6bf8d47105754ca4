"""A pseudo terminal, for what asks a person."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time

from command_line import Command


class Terminal:
    """A pseudo terminal on which a command is asked things."""

    def __init__(self, command: Command, *argv: str) -> None:
        self.controller, worker = pty.openpty()
        self.shown = ""
        self.process: subprocess.Popen[str] = command.start(*argv, stdin=worker, stderr=worker, start_new_session=True)
        os.close(worker)

    def wait_for(self, text: str, seconds: float = 10.0) -> None:
        deadline = time.monotonic() + seconds
        while text not in self.shown and time.monotonic() < deadline:
            if not self._read(0.05) and self.process.poll() is not None:
                break
        assert text in self.shown, self.shown

    def type(self, line: str) -> None:
        os.write(self.controller, (line + "\n").encode())

    def end(self) -> tuple[int, str]:
        """The exit code and stdout."""
        assert self.process.stdout is not None
        with self.process.stdout as stdout:
            out = stdout.read()
        code = self.process.wait(10)
        while self._read(0.05):
            pass
        os.close(self.controller)
        return code, out

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self.controller], [], [], seconds)
        if not ready:
            return False
        try:
            data = os.read(self.controller, 4096)
        except OSError:  # the other side was closed
            return False
        self.shown += data.decode("utf-8", "replace")
        return bool(data)
