"""Defines Server: a language server that a test talks to, as an editor does.

Messages are read by a thread of its own, so that a test can wait for what it
needs and an answer that never comes is a failure, not a hang.
"""

import json
import subprocess
import threading
from pathlib import Path

TIMEOUT = 60  # seconds until an answer counts as missing

CAPABILITIES = {
    "textDocument": {
        "publishDiagnostics": {"relatedInformation": True, "codeDescriptionSupport": True,
                               "versionSupport": True},
        "codeAction": {"codeActionLiteralSupport": {"codeActionKind": {"valueSet": []}}},
    },
    "general": {"positionEncodings": ["utf-8"]},
    "offsetEncoding": ["utf-8"],
}


class Failure(Exception):
    """The server said something wrong, or nothing."""


class Server:

    def __init__(self, command, root, environment=None):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env=environment)
        self._changed = threading.Condition()
        self._answers = {}
        self._diagnostics = {}  # (URI, version) -> last published
        self._log = []
        self._ended = False
        self._next = 0
        self._threads = [threading.Thread(target=self._read, daemon=True),
                         threading.Thread(target=self._read_log, daemon=True)]
        for thread in self._threads:
            thread.start()
        self.capabilities = self.request("initialize", {
            "processId": None, "rootUri": Path(root).as_uri(), "capabilities": CAPABILITIES,
        })["capabilities"]
        self.notify("initialized", {})

    # What an editor does.

    def open(self, path, text, language, version=1):
        self.notify("textDocument/didOpen", {"textDocument": {
            "uri": Path(path).as_uri(), "languageId": language, "version": version,
            "text": text}})

    def change(self, path, text, version):
        self.notify("textDocument/didChange", {
            "textDocument": {"uri": Path(path).as_uri(), "version": version},
            "contentChanges": [{"text": text}]})

    def close(self, path):
        self.notify("textDocument/didClose", {"textDocument": {"uri": Path(path).as_uri()}})

    def diagnostics(self, path, version=1, timeout=TIMEOUT):
        """What is published of this version of the file."""
        key = Path(path).as_uri(), version
        return self._wait(lambda: self._diagnostics.get(key), f"diagnostics of {key}", timeout)

    def set_commands(self, commands):
        """{path: (directory, arguments)} in place of compile databases."""
        self.notify("workspace/didChangeConfiguration", {"settings": {
            "compilationDatabaseChanges": {
                str(path): {"workingDirectory": str(directory), "compilationCommand": arguments}
                for path, (directory, arguments) in commands.items()}}})

    def shut_down(self):
        """The exit code."""
        self.request("shutdown", None)
        self.notify("exit", None)
        return self.process.wait(TIMEOUT)

    # Messages.

    def request(self, method, params, timeout=TIMEOUT):
        with self._changed:
            self._next += 1
            number = self._next
        self._send({"id": number, "method": method, "params": params})
        answer = self._wait(lambda: self._answers.pop(number, None), f"answer to {method}",
                            timeout)
        if "error" in answer:
            raise Failure(f"{method}: {answer['error']}")
        return answer.get("result")

    def notify(self, method, params):
        self._send({"method": method, "params": params})

    @property
    def log(self):
        """What it wrote to its standard error so far."""
        with self._changed:
            return "".join(self._log)

    def _send(self, message):
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        try:
            self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
            self.process.stdin.flush()
        except BrokenPipeError as error:
            raise Failure("the server has ended:\n" + self.log[-3000:]) from error

    def _wait(self, look, what, timeout):
        found = None

        def arrived():
            nonlocal found
            found = look()
            return found is not None or self._ended

        with self._changed:
            self._changed.wait_for(arrived, timeout)
        if found is None:
            raise Failure(f"no {what}" + (": the server has ended" if self._ended else "") +
                          "\n" + self.log[-3000:])
        return found

    def _read(self):
        stream = self.process.stdout
        while True:
            length = 0
            while line := stream.readline().strip():
                name, _, value = line.partition(b":")
                if name.lower() == b"content-length":
                    length = int(value)
            if not length:
                break
            message = json.loads(stream.read(length))
            with self._changed:
                self._take(message)
                self._changed.notify_all()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _take(self, message):
        if message.get("method") == "textDocument/publishDiagnostics":
            params = message["params"]
            self._diagnostics[params["uri"], params.get("version")] = params["diagnostics"]
        elif "method" not in message and "id" in message:
            self._answers[message["id"]] = message

    def _read_log(self):
        for line in self.process.stderr:
            with self._changed:
                self._log.append(line.decode(errors="replace"))
