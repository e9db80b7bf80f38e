"""Holds SARIF files against the standard and against what GitHub takes.

  validate.py DIRECTORY    every *.sarif in it; SARIF_MULTITOOL names the validator

Errors and warnings count. The validator's notes are advice for other kinds of tools:
rules with numbers for names, messages without text.
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

RULE_KINDS = ("Sarif", "Ghas")  # they do not combine
LEAST = 20  # fewer files are a sign that none are collected
SHOWN = 10
RUNS = 20  # that GitHub takes in one file; a file costs more than a run


def complaints(directory, kind):
    """What the validator says of the files with one set of its rules."""
    with tempfile.TemporaryDirectory() as folder:
        output = pathlib.Path(folder) / "complaints.sarif"
        process = subprocess.run(
            [os.environ["SARIF_MULTITOOL"], "validate", directory / "*.sarif",
             "--rule-kind", kind, "--level", "Error;Warning",
             "--output", output, "--quiet"],
            env=dict(os.environ, DOTNET_SYSTEM_GLOBALIZATION_INVARIANT="1"),
            capture_output=True, text=True, timeout=300, check=False)
        if not output.exists():
            sys.exit(f"the validator gives no result: {process.stdout}{process.stderr}")
        run = json.loads(output.read_text(encoding="utf-8-sig"))["runs"][0]
    for invocation in run.get("invocations", ()):
        for note in invocation.get("toolExecutionNotifications", ()):
            if note.get("level") == "error":
                yield note["message"]["text"]
    rules = {rule["id"]: rule for rule in run["tool"]["driver"].get("rules", ())}
    for result in run.get("results", ()):
        place = result["locations"][0]["physicalLocation"]
        words = result["message"]
        text = words.get("text") or rules[result["ruleId"]]["messageStrings"][
            words["id"]]["text"]
        for number, argument in enumerate(words.get("arguments", ())):
            text = text.replace("{%d}" % number, argument)
        yield (f"{place['artifactLocation']['uri']}:"
               f"{place.get('region', {}).get('startLine')}: {text} [{result['ruleId']}]")


def bundle(files, folder):
    """Files of several runs each; returns what each run was."""
    origin = {}
    for start in range(0, len(files), RUNS):
        log = None
        for number, file in enumerate(files[start:start + RUNS]):
            one = json.loads(file.read_text(encoding="utf-8"))
            if log is None:
                log = one
            else:
                log["runs"] += one["runs"]
            origin[f"{start}.sarif", number] = file
        (folder / f"{start}.sarif").write_text(json.dumps(log), "utf-8")
    return origin


def looks(file):
    """Whether the validator notices a reference to a rule that is not there."""
    log = json.loads(file.read_text(encoding="utf-8"))
    log["runs"][0]["results"] = [{"ruleId": "conn-leak", "ruleIndex": 99,
                                  "message": {"text": "Leaks."}}]
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "broken.sarif").write_text(json.dumps(log), "utf-8")
        return any("SARIF1009" in complaint
                   for complaint in complaints(pathlib.Path(folder), "Sarif"))


def main():
    directory = pathlib.Path(sys.argv[1])
    files = sorted(directory.glob("*.sarif"))
    if len(files) < LEAST:
        sys.exit(f"{directory} has {len(files)} files; run the integration tests first")
    if not pathlib.Path(os.environ.get("SARIF_MULTITOOL", "")).exists():
        sys.exit("no validator; scripts/lib/install-node-tools installs it")
    if not looks(files[0]):
        sys.exit("the validator does not see what is wrong")
    failed = False
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        origin = bundle(files, folder)
        for kind in RULE_KINDS:
            found = list(complaints(folder, kind))
            print(f"{kind}: {len(files)} files, {len(found)} complaints")
            for complaint in found[:SHOWN]:
                place = re.search(r"/(\d+\.sarif):\d*: runs\[(\d+)\]", complaint)
                where = origin[place[1], int(place[2])] if place else "?"
                print(f"  {where}: {complaint}")
            failed |= bool(found)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
