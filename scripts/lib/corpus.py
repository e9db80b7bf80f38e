"""Debian packages made parseable, and conntidy run over them."""
import concurrent.futures
import dataclasses
import hashlib
import json
import os
import pathlib
import shlex
import subprocess
import sys
import time
import tomllib

from . import sarif

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TABLE = ROOT / "scripts" / "corpus.d" / "packages.toml"
RECORDER = ROOT / "scripts" / "corpus.d" / "record-compiler"
LISTED = 5  # lost units that are named on the terminal
SOURCES = {".c", ".cc", ".cpp", ".cxx", ".C"}
PREPARE = ROOT / "scripts" / "corpus.d" / "prepare.sh"


class Problem(Exception):
    """What a person has to mend, in one sentence."""


@dataclasses.dataclass
class Package:
    """One row of the table, and the folder that is kept for it."""
    name: str
    row: dict
    home: pathlib.Path

    source = property(lambda self: self.home / "source")
    build = property(lambda self: self.home / "build")
    database = property(lambda self: self.home / "compile_commands.json")
    sarif = property(lambda self: self.home / "findings.sarif")
    run = property(lambda self: self.home / "run.json")
    said = property(lambda self: self.home / "said.txt")
    prepared = property(lambda self: self.home / "prepared.json")

    def origin(self, path):
        """`path` as the source package names it; None if it is none of its files."""
        path = pathlib.Path(path)
        for tree in (self.source, self.build):
            if path.is_relative_to(tree):
                return path.relative_to(tree)
        return None

    def wanted(self, path):
        """Is this file, as the source package names it, one to analyse?"""
        if path is None or str(path) in self.row.get("except", ()):
            return False
        return any(path.is_relative_to(part) for part in self.row.get("only", ["."]))


def say(text):
    print(f"corpus: {text}", file=sys.stderr, flush=True)


def load(cache, names):
    with open(TABLE, "rb") as file:
        rows = tomllib.load(file)
    unknown = [name for name in names if name not in rows]
    if unknown:
        raise Problem(f"no package {unknown[0]} in {TABLE.relative_to(ROOT)}; "
                      f"there are {', '.join(rows)}")
    return [Package(name, rows[name], cache / name) for name in names or rows]


def read_json(path):
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write_json(path, value):
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def prepare(package):
    """Fetches and configures what is not there yet, and returns where the
    compile database is."""
    made_by = PREPARE.read_text("utf-8") + RECORDER.read_text("utf-8")
    stamp = hashlib.sha256((json.dumps(package.row) + made_by).encode()).hexdigest()
    if read_json(package.prepared).get("stamp") == stamp and package.database.exists():
        return package.database
    needs = package.row["needs"].split()
    subprocess.run([ROOT / "scripts/lib/install-packages", "corpus", "--", *needs],
                   check=True, stdout=sys.stderr)
    package.home.mkdir(parents=True, exist_ok=True)
    version = read_json(package.prepared).get("version")
    if not version or not package.source.exists():
        say(f"{package.name}: fetching the source")
        fetched = subprocess.run(
            [ROOT / "scripts/lib/fetch-source", package.name, package.source],
            check=False, text=True, stdout=subprocess.PIPE)
        if fetched.returncode:
            raise Problem(f"{package.name}: no source, so it cannot be analysed")
        version = fetched.stdout.strip()
    write_json(package.prepared, {"version": version})
    say(f"{package.name}: configuring {version}")
    entries = configure(package)
    if not entries:
        raise Problem(f"{package.name}: configured, but nothing of it would be "
                      f"compiled; see {package.home / 'prepare.log'}")
    write_json(package.database, entries)
    write_json(package.prepared, {"version": version, "stamp": stamp})
    return package.database


def configure(package):
    """Runs the `prepare` lines of a package in a fresh build folder."""
    subprocess.run(["rm", "-rf", package.build], check=True)
    package.build.mkdir(parents=True)
    record = package.home / "record.jsonl"
    record.unlink(missing_ok=True)
    lines = [" ".join(line.split()) for line in package.row["prepare"]]
    environment = dict(os.environ, SOURCE=str(package.source), RECORDER=str(RECORDER),
                       RECORD_TO=str(record), LC_ALL="C.UTF-8")
    log_file = package.home / "prepare.log"
    with open(log_file, "w", encoding="utf-8") as log:
        result = subprocess.run(
            ["bash", "-c", "\n".join([f"source '{PREPARE}'", *lines])],
            cwd=package.build, env=environment, stdout=log, stderr=log,
            stdin=subprocess.DEVNULL, check=False)
    if result.returncode:
        raise Problem(f"{package.name}: configuring failed, see {log_file}")
    entries = []
    if record.exists():
        entries += map(json.loads, record.read_text(encoding="utf-8").splitlines())
    database = package.build / "compile_commands.json"
    if database.exists():
        entries += json.loads(database.read_text(encoding="utf-8"))
    return list(wanted_entries(package, entries))


def wanted_entries(package, entries):
    """One entry a file that exists and is to be analysed: libtool compiles twice,
    and files that several programs share differ in little."""
    seen = set()
    for entry in entries:
        named = pathlib.Path(os.path.normpath(os.path.join(entry["directory"], entry["file"])))
        path = named.resolve()
        if (path in seen or path.suffix not in SOURCES or not path.exists()
                or not package.wanted(package.origin(path))):
            continue
        seen.add(path)
        # Compiled as it is named: what it includes is looked up beside a link.
        yield dict(entry, file=str(named))


def in_parallel(function, items):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return list(pool.map(function, items))


def verify(package):
    """Says which units do not parse; true if all do."""
    def first_error(entry):
        command = syntax_command(entry)
        result = subprocess.run([*command, "-w"], cwd=entry["directory"], text=True,
                                capture_output=True, check=False)
        if result.returncode == 0:
            return None
        lines = [line for line in result.stderr.splitlines() if "error:" in line]
        return f"{entry['file']}: {lines[0] if lines else result.stderr.strip()[:200]}"

    entries = read_json(package.database)
    errors = [error for error in in_parallel(first_error, entries) if error]
    for error in errors:
        print(error)
    say(f"{package.name}: {len(entries) - len(errors)} of {len(entries)} units parse")
    return not errors


def command_of(entry):
    return entry.get("arguments") or shlex.split(entry["command"])


def syntax_command(entry):
    """The entry's command, turned into one that only checks the syntax."""
    words, command = iter(command_of(entry)), []
    for word in words:
        if word in ("-o", "-MF", "-MT", "-MQ"):
            next(words, None)
        elif word not in ("-c", "-MD", "-MMD", "-MP"):
            command.append(word)
    return [*command, "-fsyntax-only"]


def digest(*files):
    state = hashlib.sha256()
    for file in files:
        state.update(file.read_bytes())
    return state.hexdigest()


def analyse(package, tool):
    """Runs conntidy over a prepared package; true if every unit was analysed."""
    if not tool.exists():
        raise Problem(f"no {tool}; build it with scripts/demo or name one with --tool")
    stamp = digest(tool, package.database)
    run = read_json(package.run)
    if run.get("stamp") != stamp:
        say(f"{package.name}: analysing")
        run = dict(run_tool(package, tool), stamp=stamp)
        write_json(package.run, run)
    say("{}: {units} units, {findings} findings, {lost} not analysed, {seconds} s".format(
        package.name, **dict(run, lost=len(run["lost"]))))
    for message in run["lost"][:LISTED]:
        print(f"  {message}")
    if len(run["lost"]) > LISTED:
        print(f"  and {len(run['lost']) - LISTED} more, see {package.sarif}")
    if run["exit"] not in (0, 1, 3):
        print(f"  NO RESULT: exit code {run['exit']}, see {package.said}")
    return run["exit"] in (0, 1)


def run_tool(package, tool):
    package.sarif.unlink(missing_ok=True)
    started = time.monotonic()
    with open(package.said, "w", encoding="utf-8") as said:
        code = subprocess.run(
            [tool, "-p", package.home, "--index=none", "--format=sarif",
             "-o", package.sarif, "--stats"],
            cwd=package.home, stdout=said, stderr=said, check=False).returncode
    if code not in (0, 1, 3):
        # It crashed or refused to start: whatever it wrote is no result.
        package.sarif.unlink(missing_ok=True)
    return {"version": read_json(package.prepared)["version"], "exit": code,
            "units": len(read_json(package.database)),
            "lost": sarif.not_analysed(package), "findings": len(sarif.findings(package)),
            "seconds": round(time.monotonic() - started, 1)}
