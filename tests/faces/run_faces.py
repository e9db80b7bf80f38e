#!/usr/bin/env python3
"""Analyses every fixture through all faces and holds what they say against each other.

  run_faces.py --conntidy BINARY --module SHARED_OBJECT --clangd BINARY
               [--clang-tidy BINARY] [--jobs N] [PATH...]

PATH is a fixture or a folder of them; without one, all of fixtures/. Each fixture is
a project of its own, whose index conntidy makes and the others read. Findings in the
fixture are the same (check, line, column, message) in conntidy, in clang-tidy with
our module and in conntidy-clangd; those in its headers in the first two. Without an
index conntidy-clangd, which skips the bodies of headers, says nothing else, but may
say less. Exit code 1 if anything differs.
"""

import argparse
import concurrent.futures
import json
import os
import re
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "fixtures")]
from lsp import Failure, Server  # noqa: E402
from run_fixtures import FIXTURES, ROOT, collect, locate, plan  # noqa: E402
sys.path.append(str(ROOT / "scripts"))
from lib.sarif import plain_message  # noqa: E402

CHECKS = "conn-*"
AT_A_TIME = 6  # files that are open in the editor
DIAGNOSTIC = re.compile(r"^(/[^:]+):(\d+):(\d+): (warning|error): (.*) \[([\w.,-]+)\]$", re.M)


@dataclass(frozen=True, order=True)
class Said:
    path: str
    line: int
    column: int
    check: str
    message: str

    def __str__(self):
        return f"{Path(self.path).name}:{self.line}:{self.column}: {self.message} [{self.check}]"


class Project:
    """One fixture with its flags, in a folder of its own."""

    def __init__(self, run, folder):
        self.path = run.fixture.path
        self.name = run.name
        self.folder = folder
        self.models = [str(Path(w.removeprefix("--model="))) for w in run.tool
                       if w.startswith("--model=")]
        self.settings = dict(w.removeprefix("--set=").split("=", 1) for w in run.tool
                             if w.startswith("--set="))
        self.options = [w for w in run.tool if not w.startswith("--checks=")]
        self.config = [w for w in run.tool if w.startswith("--config=")]
        self.flags = run.flags
        self.has_headers = any(self.path.parent.glob("*.h"))
        folder.mkdir()
        entries = [{"directory": str(folder), "file": str(source),
                    "arguments": self.command(source)} for source in [self.path, *run.others]]
        (folder / "compile_commands.json").write_text(json.dumps(entries), encoding="utf-8")

    def command(self, source=None):
        source = source or self.path
        compiler = "clang" if str(source).endswith(".c") else "clang++"
        return [compiler, *self.flags, "-c", str(source)]

    def check_options(self):
        options = dict(self.settings)
        if self.models:
            options["ModelFiles"] = ";".join(self.models)
        return options


def by_conntidy(project, binary):
    process = subprocess.run(
        [binary, "-p", str(project.folder), f"--checks={CHECKS}", "--format=sarif",
         *project.options], capture_output=True, text=True, timeout=300, check=False)
    if process.returncode not in (0, 1):
        raise Failure(f"conntidy: exit code {process.returncode}: {process.stderr[:500]}")
    said = set()
    for run in json.loads(process.stdout)["runs"]:
        bases = run.get("originalUriBaseIds", {})
        for result in run.get("results", []):
            if result.get("suppressions"):
                continue
            path, line = locate(result["locations"][0], bases)
            region = result["locations"][0]["physicalLocation"]["region"]
            said.add(Said(str(path), line, region["startColumn"], result["ruleId"],
                          plain_message(result)))
    return said


def by_clang_tidy(project, binary, module):
    config = {"Checks": f"-*,{CHECKS}", "HeaderFilterRegex": ".*",
              "CheckOptions": project.check_options()}
    process = subprocess.run(
        [binary, f"--load={module}", f"--config={json.dumps(config)}", "-p",
         str(project.folder), "--quiet", str(project.path)],
        capture_output=True, text=True, timeout=300, check=False)
    said = {Said(path, int(line), int(column), check, message)
            for path, line, column, level, message, check in DIAGNOSTIC.findall(process.stdout)}
    if process.returncode or not all(one.check.startswith("conn-") for one in said):
        raise Failure(f"clang-tidy: exit code {process.returncode}:\n"
                      f"{process.stdout[:500]}{process.stderr[:500]}")
    return said


def in_editor(project, server, version):
    text = project.path.read_text(encoding="utf-8")
    server.open(project.path, text, "c" if project.path.suffix == ".c" else "cpp", version)
    try:
        published = server.diagnostics(project.path, version)
    finally:
        server.close(project.path)
    said = set()
    for one in published:
        if not str(one.get("code")).startswith("conn-"):
            continue
        start = one["range"]["start"]
        said.add(Said(str(project.path), start["line"] + 1, start["character"] + 1,
                      one["code"], one["message"].removesuffix(" (fix available)")))
    return said


def user_configuration(projects, options_for_all):
    """clangd's, with what the fixtures' run lines say."""
    fragments = ["Index:\n  StandardLibrary: No\n",
                 "Diagnostics:\n  ClangTidy:\n    Remove: ['*']\n",
                 f"Diagnostics:\n  ClangTidy:\n    Add: ['{CHECKS}']\n"]
    for project in projects:
        options = {**project.check_options(), **options_for_all}
        if options:
            fragments.append(
                "If:\n  PathMatch: " + json.dumps(re.escape(str(project.path))) +
                "\nDiagnostics:\n  ClangTidy:\n    CheckOptions:\n" +
                "".join(f"      {key}: {json.dumps(value)}\n" for key, value in options.items()))
    return "---\n".join(fragments)


def all_in_editor(projects, clangd, folder, **options):
    """{project: what was said, or a Failure}. Runs of one file come one after the other."""
    results = {}
    configuration = folder / "clangd"
    configuration.mkdir(parents=True)
    (configuration / "config.yaml").write_text(user_configuration(projects, options),
                                               encoding="utf-8")
    server = Server([clangd, "--background-index=false", "--log=error", "--clang-tidy"], FIXTURES,
                    {**os.environ, "XDG_CONFIG_HOME": str(folder)})
    waves = {}
    for project in projects:
        waves.setdefault(sum(p.path == project.path for p in results), []).append(project)
        results[project] = None
    for version, wave in waves.items():
        server.set_commands({p.path: (p.folder, p.command()) for p in wave})

        def one(project, version=version):
            try:
                return in_editor(project, server, version + 1)
            except Failure as failure:
                return failure

        with concurrent.futures.ThreadPoolExecutor(AT_A_TIME) as pool:
            results.update(zip(wave, pool.map(one, wave)))
    code = server.shut_down()
    if code:
        raise Failure(f"clangd: exit code {code}")
    return results


def differences(wanted, got, face):
    return ([f"{face} does not say {one}" for one in sorted(wanted - got)] +
            [f"only {face} says {one}" for one in sorted(got - wanted)])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--conntidy", required=True)
    parser.add_argument("--module", required=True)
    parser.add_argument("--clangd", required=True)
    parser.add_argument("--clang-tidy", default="clang-tidy-22")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("paths", nargs="*", type=Path, default=[FIXTURES])
    arguments = parser.parse_args()

    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch).resolve()
        projects = []
        for path in collect(arguments.paths):
            runs, _ = plan(path)
            projects += [Project(run, folder / str(len(projects) + number))
                         for number, run in enumerate(runs[:1])]

        def on_command_line(project):
            try:
                return (by_conntidy(project, arguments.conntidy),
                        by_clang_tidy(project, arguments.clang_tidy, arguments.module))
            except (Failure, subprocess.TimeoutExpired) as failure:
                return failure

        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            outcomes = list(pool.map(on_command_line, projects))
        edited = all_in_editor(projects, arguments.clangd, folder / "indexed")
        unaided = all_in_editor([p for p in projects if p.has_headers], arguments.clangd,
                                folder / "unaided", IndexFile="none")

        failed, findings, less = 0, 0, 0
        for project, outcome in zip(projects, outcomes):
            if isinstance(outcome, Exception):
                problems = [str(outcome)]
            elif isinstance(edited[project], Exception):
                problems = [str(edited[project])]
            elif isinstance(unaided.get(project), Exception):
                problems = [str(unaided[project])]
            else:
                wanted, tidy = outcome
                findings += len(wanted)
                own = {one for one in wanted if one.path == str(project.path)}
                # What is found in the other units is held against them in runs of their own.
                seen = {one for one in wanted if one.path == str(project.path) or
                        Path(one.path).suffix == ".h"}
                # clangd begins its messages with a capital.
                own = {replace(one, message=one.message[0].upper() + one.message[1:])
                       for one in own}
                problems = (differences(seen, tidy, "clang-tidy") +
                            differences(own, edited[project], "conntidy-clangd") +
                            [f"without an index only conntidy-clangd says {one}"
                             for one in sorted(unaided.get(project, own) - own)])
                less += len(own - unaided.get(project, own))
            if problems:
                failed += 1
                print(f"FAIL {project.name}")
                for problem in problems:
                    print(f"  {problem}")
    print(f"{len(projects)} projects, {findings} findings, {failed} failed; "
          f"without an index the editor misses {less} of those in {len(unaided)} projects "
          "with headers")
    return 1 if failed or not findings else 0


if __name__ == "__main__":
    sys.exit(main())
