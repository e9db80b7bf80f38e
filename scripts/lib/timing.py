"""Runs a command and says what it cost."""
import os
import subprocess
import tempfile


def run(command, directory):
    """Processor seconds of a command with its children, exit code and output."""
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as said:
        process = subprocess.Popen(command, cwd=directory, stdin=subprocess.DEVNULL,
                                   stdout=said, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        return used.ru_utime + used.ru_stime, process.returncode, said.read()
