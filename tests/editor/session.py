"""Defines EditorTest: a test with a project of its own and a server that is open on it.

Each test writes the few files it needs and does what a person does in an editor.
The environment variable CONNTIDY_CLANGD names the server, CLANGD the one it stands
in for.
"""
import os
import pathlib
import shutil
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "faces"))
from lsp import Failure, Server  # noqa: E402

# Enough of libpq to acquire, to use and to release.
LIBPQ = """\
typedef struct pg_conn PGconn;
#ifdef __cplusplus
extern "C" {
#endif
PGconn *PQconnectdb(const char *);
int PQstatus(const PGconn *);
void PQfinish(PGconn *);
#ifdef __cplusplus
}
#endif
"""

LEAK = """\
#include <libpq-fe.h>
int open_it(int early) {
  PGconn *conn = PQconnectdb("");
  if (early)
    return 1;
  PQfinish(conn);
  return 0;
}
"""
LEAK_LINE = 2  # of PQconnectdb, from 0


class Session(Server):
    """A server as an editor sees it: what it publishes in order, and what it asks."""

    def __init__(self, command, root, configuration):
        self.published = []  # (path, version, diagnostics)
        self._writing = threading.Lock()
        super().__init__([command, "--log=error"], root,
                         {**os.environ, "XDG_CONFIG_HOME": str(configuration)})

    def start(self, method, params):
        """Asks and does not wait: the number of the request."""
        with self._changed:
            self._next += 1
            number = self._next
        self._send({"id": number, "method": method, "params": params})
        return number

    def answer(self, number):
        """The whole answer, an error included."""
        return self._wait(lambda: self._answers.pop(number, None), f"answer {number}", 60)

    def at(self, method, path, line, character, **more):
        return self.request(f"textDocument/{method}", {
            "textDocument": {"uri": path.as_uri()},
            "position": {"line": line, "character": character}, **more})

    def quick_fixes(self, path, diagnostic):
        """(title, edits of this file) of each."""
        actions = self.request("textDocument/codeAction", {
            "textDocument": {"uri": path.as_uri()}, "range": diagnostic["range"],
            "context": {"diagnostics": [diagnostic], "only": ["quickfix"]}})
        return [(action["title"], action["edit"]["changes"][path.as_uri()])
                for action in actions]

    def _send(self, message):
        with self._writing:
            super()._send(message)

    def _take(self, message):
        if "method" in message and "id" in message:
            # A progress bar, or what of its configuration has changed.
            self._send({"id": message["id"], "result": None})
        if message.get("method") == "textDocument/publishDiagnostics":
            params = message["params"]
            self.published.append((pathlib.Path(params["uri"].removeprefix("file://")),
                                   params.get("version"), params["diagnostics"]))
        super()._take(message)


def applied(text, edits):
    """The text after the edits, which all speak of the text before them."""
    lines = text.encode().splitlines(keepends=True) + [b""]

    def offset(place):
        return sum(map(len, lines[:place["line"]])) + place["character"]

    result = text.encode()
    for edit in sorted(edits, key=lambda one: offset(one["range"]["start"]), reverse=True):
        start, end = (offset(edit["range"][side]) for side in ("start", "end"))
        result = result[:start] + edit["newText"].encode() + result[end:]
    return result.decode()


class EditorTest(unittest.TestCase):

    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="conntidy-")).resolve()
        self.addCleanup(shutil.rmtree, self.root)
        self.write("include/libpq-fe.h", LIBPQ)
        self.write("compile_flags.txt", "-Iinclude\n-Wall\n")

    @staticmethod
    def program(variable):
        program = os.environ.get(variable)
        if not program:
            raise AssertionError(f"the environment variable {variable} names no program")
        return program

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def start(self, variable="CONNTIDY_CLANGD"):
        """A server on the project; it has ended well when the test ends."""
        session = Session(self.program(variable), self.root, self.root / "user")
        self.addCleanup(self.end, session)
        return session

    def end(self, session):
        if session.process.poll() is None:
            self.assertEqual(session.shut_down(), 0)
        for stream in (session.process.stdin, session.process.stdout, session.process.stderr):
            stream.close()

    def open(self, session, name, text):
        """Opens a file with this text and gives its path."""
        path = self.write(name, text)
        session.open(path, text, "c" if name.endswith(".c") else "cpp")
        return path

    def said_of(self, text, name="file.c"):
        """What a fresh server publishes of a file with this text."""
        session = self.start()
        return session.diagnostics(self.open(session, name, text))

    @staticmethod
    def codes(diagnostics):
        return sorted(one["code"] for one in diagnostics)

    @staticmethod
    def only(diagnostics, code):
        found = [one for one in diagnostics if one["code"] == code]
        if len(found) != 1:
            raise AssertionError(f"{len(found)} diagnostics {code}: {diagnostics}")
        return found[0]


__all__ = ["EditorTest", "Failure", "LEAK", "LEAK_LINE", "Session", "applied"]
