"""Leaks that were found and fixed in public repositories: the version before the
fix and the one after it, made parseable and held against what conntidy says."""
import dataclasses
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import time
import tomllib

from . import corpus, sarif

ROOT = corpus.ROOT
TABLE = ROOT / "scripts" / "history.d" / "cases.toml"
SUPPLIED = ROOT / "scripts" / "history.d" / "supplied"
RESULTS = ROOT / "scripts" / "history.d" / "results.txt"
ADVICE = {"conn-raw-acquire"}  # says that a guard is missing, not that something is lost


@dataclasses.dataclass
class Tree:
    """One commit of a repository, and what is kept of its analysis. Has what
    sarif.py asks of a package."""
    name: str
    home: pathlib.Path

    source = property(lambda self: self.home / "source")
    database = property(lambda self: self.home / "compile_commands.json")
    sarif = property(lambda self: self.home / "findings.sarif")
    said = property(lambda self: self.home / "said.txt")
    run = property(lambda self: self.home / "run.json")

    def origin(self, path):
        path = pathlib.Path(path)
        return path.relative_to(self.source) if path.is_relative_to(self.source) else None


@dataclasses.dataclass
class Case:
    """One row of the table, with the row of its repository."""
    row: dict
    repository: dict
    cache: pathlib.Path

    fix = property(lambda self: self.row["fix"])
    name = property(lambda self: f"{self.row['repository']} {self.fix}")

    def setting(self, key, default):
        return self.row.get(key, self.repository.get(key, default))

    def tree(self, side):
        return Tree(f"{self.name} {side}",
                    self.cache / "trees" / self.row["repository"] / f"{self.fix}-{side}")


def say(text):
    print(f"history: {text}", file=sys.stderr, flush=True)


def load(cache, names):
    """The cases whose repository or commit is among `names`; all without names."""
    with open(TABLE, "rb") as file:
        table = tomllib.load(file)
    cases = [Case(row, table["repository"][row["repository"]], cache)
             for row in table["case"]]
    for name in names:
        if not any(name in (case.fix, case.row["repository"]) for case in cases):
            raise corpus.Problem(f"no case {name} in {TABLE.relative_to(ROOT)}; "
                                 f"say a repository's name or a commit of the table")
    return [case for case in cases
            if not names or case.fix in names or case.row["repository"] in names]


def git(mirror, *words, **options):
    return subprocess.run(["git", f"--git-dir={mirror}", *words], check=True, **options)


def mirror_of(case):
    """Where the repository's history is; cloned if it is not there yet."""
    url = case.repository["url"]
    mirror = case.cache / (url.removeprefix("https://github.com/") + ".git")
    if not mirror.exists():
        say(f"cloning {url}")
        result = subprocess.run(["git", "clone", "--quiet", "--bare", url, mirror], check=False)
        if result.returncode:
            raise corpus.Problem(f"{url} cannot be cloned; put a bare clone to {mirror}")
    return mirror


def check_out(case, side):
    """The files of the commit, and the generated ones that it lacks."""
    tree, mirror = case.tree(side), mirror_of(case)
    revision = case.fix if side == "after" else case.fix + "^"
    # A tree without its mark was interrupted.
    mark = tree.home / "checked-out"
    if not mark.exists():
        shutil.rmtree(tree.home, ignore_errors=True)
        tree.source.mkdir(parents=True)
        packed = git(mirror, "archive", revision, stdout=subprocess.PIPE).stdout
        subprocess.run(["tar", "-x", "-C", tree.source], input=packed, check=True)
        mark.touch()
    supplied = SUPPLIED / case.row["repository"]
    if supplied.exists():
        shutil.copytree(supplied, tree.source, dirs_exist_ok=True)
    for template, filled in case.setting("templates", {}).items():
        if (tree.source / template).exists():
            text = (tree.source / template).read_text("utf-8", "replace")
            (tree.source / filled).write_text(re.sub(r"@\w+@", "0", text), "utf-8")
    return tree


def units(case, tree):
    """The sources that are analysed together, the case's own first."""
    others = sorted(str(path.relative_to(tree.source)) for glob in case.setting("units", [])
                    for path in tree.source.glob(glob))
    return list(dict.fromkeys([case.row["file"], *others]))


def prepare(case, side):
    subprocess.run([ROOT / "scripts/lib/install-packages", "corpus", "--",
                    *case.repository["needs"].split()], check=True, stdout=sys.stderr)
    tree = check_out(case, side)
    flags = shlex.split(case.setting("flags", ""))
    entries = [{"directory": str(tree.source), "file": str(tree.source / name),
                "arguments": ["clang-22" if name.endswith(".c") else "clang++-22", *flags,
                              "-c", name]}
               for name in units(case, tree)]
    corpus.write_json(tree.database, entries)
    return tree


def analyse(case, side, tool):
    """Runs conntidy over the version unless this very run has been made."""
    tree = prepare(case, side)
    supplied = (SUPPLIED / case.row["repository"]).rglob("*")
    stamp = corpus.digest(tool, tree.database, *sorted(filter(pathlib.Path.is_file, supplied)))
    run = corpus.read_json(tree.run)
    if run.get("stamp") != stamp:
        say(tree.name)
        tree.sarif.unlink(missing_ok=True)
        started = time.monotonic()
        with open(tree.said, "w", encoding="utf-8") as said:
            code = subprocess.run(
                [tool, "-p", tree.home, "--index=none", "--format=sarif",
                 "-o", tree.sarif],
                cwd=tree.home, stdout=said, stderr=said, check=False).returncode
        if code not in (0, 1, 3):
            raise corpus.Problem(f"{tree.name}: exit code {code}, see {tree.said}")
        seconds = round(time.monotonic() - started, 1)
        entries = corpus.read_json(tree.database)
        parsed = subprocess.run(corpus.syntax_command(entries[0]), cwd=tree.source, check=False,
                                capture_output=True).returncode == 0
        run = {"stamp": stamp, "seconds": seconds, "units": len(entries), "parsed": parsed,
               "lost": len(sarif.not_analysed(tree))}
        corpus.write_json(tree.run, run)
    return tree, run


def in_function(finding, function):
    """`function` may leave out what it is nested in."""
    spelled = finding["key"]["function"].split("(")[0]
    return spelled == function or spelled.endswith("::" + function)


def in_file(case, tree):
    return [finding for finding in sarif.findings(tree)
            if finding["key"]["file"] == case.row["file"]
            and finding["key"]["check"] not in ADVICE]


@dataclasses.dataclass
class Result:
    """What came of one case."""
    case: Case
    found: list  # functions in which the version before is reported as it should be
    false: list  # findings in those functions that should not be there
    lost: dict  # side -> units that were not analysed
    parsed: dict  # side -> the case's own file was analysed
    details: list

    row = property(lambda self: self.case.row)
    control = property(lambda self: "control" in self.row)
    rest = property(lambda self: "rest" in self.row)
    complete = property(lambda self: len(self.found) == len(self.row["functions"]))
    silent = property(lambda self: not self.false and self.parsed["after"])


def judge(case, tool):
    result = Result(case, [], [], {}, {}, [])
    functions, checks = case.row["functions"], case.row["checks"]
    for side in ("before", "after"):
        tree, run = analyse(case, side, tool)
        result.lost[side], result.parsed[side] = run["lost"], run["parsed"]
        inside = [finding for finding in in_file(case, tree)
                  if any(in_function(finding, name) for name in functions)]
        if side == "before" and not result.control:
            result.found = [name for name in functions if any(
                in_function(finding, name) and finding["key"]["check"] in checks
                for finding in inside)]
        elif not result.rest:
            result.false += inside
        result.details += [f"{case.name} {side} {case.row['file']}:{finding['line']} "
                           f"{finding['key']['function']}: {finding['message']} "
                           f"[{finding['key']['check']}]" for finding in in_file(case, tree)]
    return result


def row_of(result):
    before = f"{len(result.found)} of {len(result.row['functions'])}"
    if result.control:
        before = "control"
    after = "rest" if result.rest else f"{len(result.false)} reported"
    if not result.rest and not result.false:
        after = "silent"
    lost = ", ".join(
        f"{units} {side}" + ("" if result.parsed[side] else " with the file itself")
        for side, units in result.lost.items() if units)
    return (f"{result.row['repository']:17} {result.row['fix']:13} {result.row['checks'][0]:23} "
            f"{before:8} {after:11} {lost}").rstrip()


def report(results):
    wrong = [result for result in results if not result.control]
    counted = [result for result in results if not result.rest]
    found = sum(result.complete for result in wrong)
    functions = sum(len(result.row["functions"]) for result in wrong)
    reported = sum(len(result.found) for result in wrong)
    lines = [
        "What conntidy reports on leaks that were found and fixed (scripts/history)", "",
        "before  functions that are reported, of those that were wrong",
        "after   findings in these functions; what still is wrong there does not count",
        "lost    other units of the commit that do not parse here", "",
        f"{'repository':17} {'fix':13} {'check':23} {'before':8} {'after':11} lost",
        *map(row_of, results), "",
        f"reported before the fix: {found} of {len(wrong)} versions, "
        f"{100 * found / max(1, len(wrong)):.0f} %; {reported} of {functions} functions",
        f"silent after the fix: {sum(r.silent for r in counted)} of {len(counted)} versions"]
    return "\n".join(lines) + "\n"
