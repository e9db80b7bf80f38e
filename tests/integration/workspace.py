"""A temporary project for one test, and the program run in it.

Every test writes the small files it needs, runs the program that the environment
variable CONNTIDY names, and looks at its exit code and its output.
"""
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import unittest

CLEAN, FINDINGS, WRONG_USE, INCOMPLETE = range(4)

# Enough of libpq to acquire and to release.
LIBPQ = """\
typedef struct pg_conn PGconn;
#ifdef __cplusplus
extern "C" {
#endif
PGconn *PQconnectdb(const char *);
void PQfinish(PGconn *);
#ifdef __cplusplus
}
#endif
"""

LEAK_LINE = 3  # of PQconnectdb in what ProjectTest.leak() writes
LEAK = """\
int leak(void) {
  PGconn *conn = PQconnectdb("");
  return conn ? 1 : 0;
}
"""

OK = """\
int fine(void) {
  PGconn *conn = PQconnectdb("");
  PQfinish(conn);
  return 0;
}
"""


COLLECTED = os.environ.get("SARIF_COLLECTED")
if COLLECTED:
    shutil.rmtree(COLLECTED, ignore_errors=True)
    os.makedirs(COLLECTED)


def collect(text):
    """Keeps SARIF for the validator (tests/sarif), if somebody wants it."""
    if COLLECTED and text.startswith("{") and '"$schema"' in text:
        name = hashlib.sha256(text.encode()).hexdigest()[:16] + ".sarif"
        (pathlib.Path(COLLECTED) / name).write_text(text, encoding="utf-8")


class Result:
    """What one run gave."""

    def __init__(self, process):
        collect(process.stdout)
        self.code = process.returncode
        self.out = process.stdout
        self.err = process.stderr

    @property
    def sarif(self):
        return json.loads(self.out)

    @property
    def results(self):
        return self.sarif["runs"][0]["results"]

    def findings(self):
        """(file, line, check) of each result that is not suppressed."""
        found = []
        for result in self.results:
            if result.get("suppressions"):
                continue
            place = result["locations"][0]["physicalLocation"]
            found.append((pathlib.PurePosixPath(place["artifactLocation"]["uri"]).name,
                          place["region"]["startLine"], result["ruleId"]))
        return found


class ProjectTest(unittest.TestCase):
    """A test with a directory of its own, which holds the mock `libpq-fe.h`."""

    def setUp(self):
        self.program = os.environ.get("CONNTIDY")
        if not self.program:
            self.fail("the environment variable CONNTIDY names no program")
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="conntidy-")).resolve()
        self.addCleanup(shutil.rmtree, self.root)
        self.write("include/libpq-fe.h", LIBPQ)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            path.write_bytes(text)
        else:
            path.write_text(text, encoding="utf-8")
        return path

    def leak(self, name="leak.c"):
        return self.write(name, "#include <libpq-fe.h>\n" + LEAK)

    def fine(self, name="fine.c"):
        return self.write(name, "#include <libpq-fe.h>\n" + OK)

    def script(self, name, text):
        path = self.write(name, text)
        path.chmod(0o755)
        return path

    def database(self, entries, name="compile_commands.json"):
        """Writes a compile database; an entry is a dict, or (file, flag...)."""
        rows = []
        for entry in entries:
            if not isinstance(entry, dict):
                file, *flags = entry
                entry = {"directory": str(self.root), "file": file,
                         "arguments": ["cc", "-Iinclude", *flags, "-c", file]}
            rows.append(entry)
        return self.write(name, json.dumps(rows, indent=1))

    def run_tool(self, *arguments, cwd=None, env=None):
        environment = dict(os.environ, NO_COLOR="1", **(env or {}))
        process = subprocess.run(
            [self.program, *map(str, arguments)], cwd=cwd or self.root,
            env=environment, stdin=subprocess.DEVNULL, capture_output=True,
            encoding="utf-8", timeout=120, check=False)
        return Result(process)

    def run_on(self, name, *options, flags=()):
        """One file with its flags, as SARIF."""
        return self.run_tool("--format=sarif", *options, name, "--",
                             "-Iinclude", *flags)

    def assert_wrong_use(self, result, *words):
        """Exit 2, a message with these words, and nothing analysed."""
        self.assertEqual(result.code, WRONG_USE, result.err + result.out)
        for word in words:
            self.assertIn(word, result.err)
        self.assertEqual(result.out, "")


class RepositoryTest(ProjectTest):
    """A test whose directory is a git repository."""

    def setUp(self):
        super().setUp()
        self.git("init", "-q", "-b", "main")
        self.git("config", "user.name", "nobody")
        self.git("config", "user.email", "nobody@example.org")
        self.git("config", "protocol.file.allow", "always")
        self.write(".gitignore", "compile_commands.json\n.conntidy/\n")

    def git(self, *arguments, cwd=None):
        environment = {key: value for key, value in os.environ.items()
                       if not key.startswith("GIT_")}
        return subprocess.run(
            ["git", *map(str, arguments)], cwd=cwd or self.root, env=environment,
            check=True, capture_output=True, text=True).stdout.strip()

    def commit(self, message="a change"):
        """All there is; the name of the commit."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message)
        return self.git("rev-parse", "HEAD")

    def source(self, file, *functions):
        """Functions whose names tell what they do: leak..., fine..."""
        text = "#include <libpq-fe.h>\n"
        for name in functions:
            text += (f"\nint {name}(int early) {{\n"
                     '  PGconn *conn = PQconnectdb("");\n'
                     "  if (early)\n    return 1;\n" if name.startswith("leak") else
                     f"\nint {name}(int early) {{\n"
                     '  PGconn *conn = PQconnectdb("");\n')
            text += "  PQfinish(conn);\n  return early;\n}\n"
        return self.write(file, text)

    def functions(self, result):
        """Of each finding that is new: file and function."""
        found = []
        for one in result.results:
            if one.get("suppressions") or one.get("baselineState") == "unchanged":
                continue
            if one["level"] == "note":
                continue
            place = one["locations"][0]
            found.append((place["physicalLocation"]["artifactLocation"]["uri"],
                          place["logicalLocations"][0]["fullyQualifiedName"]))
        return found
