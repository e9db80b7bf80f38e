"""Defines Terminal: a program that believes a person sits in front of it."""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import termios
import time

ROWS, COLUMNS = 50, 180
TIMEOUT = 60  # seconds until what should be seen counts as missing

SKIPPED = re.compile(r"\x1b\[(\d*)C")
CONTROL = re.compile(r"\x1b(?:\][^\x07\x1b]*(?:\x07|\x1b\\)|[\[(][0-9;:?>]*[ -/]*[@-~]|.)")


class Terminal:

    def __init__(self, command, folder, environment):
        self.seen = ""  # since somebody last typed
        self.process, self.screen = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            os.execvpe(command[0], command, {**os.environ, "TERM": "xterm", "LANG": "C.UTF-8",
                                             **environment})
        fcntl.ioctl(self.screen, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        self._status = None

    def type(self, keys):
        self.seen = ""
        os.write(self.screen, keys.encode())

    def type_until(self, keys, pattern):
        """Again and again, where nothing on the screen says that it may be done."""
        def seen():
            nonlocal due
            if time.monotonic() > due:
                os.write(self.screen, keys.encode())
                due = time.monotonic() + 2
            return re.search(pattern, self.seen)

        due = 0
        self.seen = ""
        return self._until(seen, f"no {pattern} on the screen")

    def wait_for(self, pattern):
        """The match, once it is on the screen."""
        return self._until(lambda: re.search(pattern, self.seen), f"no {pattern} on the screen")

    def wait_until(self, holds):
        """Something outside of the terminal comes true."""
        return self._until(holds, "it does not come true")

    def wait_for_end(self):
        """The exit code."""
        return self._until(self._ended, "it does not end")[0]

    def close(self):
        if not self._ended():
            os.kill(self.process, signal.SIGKILL)
            os.waitpid(self.process, 0)
        os.close(self.screen)

    def _until(self, holds, otherwise):
        deadline = time.monotonic() + TIMEOUT
        while not (found := holds()):
            if time.monotonic() > deadline:
                raise AssertionError(f"{otherwise}:\n{self.seen[-3000:]}")
            self._read()
        return found

    def _read(self):
        if not select.select([self.screen], [], [], 0.05)[0]:
            return
        try:
            text = os.read(self.screen, 65536).decode(errors="replace")
        except OSError:  # nobody has the other end any more
            time.sleep(0.05)
            return
        text = SKIPPED.sub(lambda match: " " * int(match.group(1) or 1), text)
        self.seen += CONTROL.sub("", text)

    def _ended(self):
        """(exit code,) if it has."""
        if self._status is None:
            process, status = os.waitpid(self.process, os.WNOHANG)
            if process:
                self._status = (os.waitstatus_to_exitcode(status),)
        return self._status
