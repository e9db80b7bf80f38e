"""Holds findings against the verdicts of people who read the code.

The verdict file is a JSON list, one object a finding, sorted by what names it and
laid out a field a line, so that two people's additions merge as text:

  package, file, function, check, acquire, nth   what names the finding
  verdicts   two objects, each of {"true": true | false | "undecided", "reason": ...}
             and, for a leak on a throwing path, "throws": what statement throws what

A finding is true only if both say so.
"""
import json

from . import corpus, sarif

FILE = corpus.ROOT / "scripts" / "corpus.d" / "verdicts.json"
RESULTS = corpus.ROOT / "scripts" / "corpus.d" / "results.txt"
NAMES = ("package", "file", "function", "check", "acquire", "nth")
ENOUGH = 20  # findings below which a precision says nothing


def name(record):
    return tuple(record.get(field, 1 if field == "nth" else "") for field in NAMES)


def read():
    if not FILE.exists():
        return {}
    try:
        rows = json.loads(FILE.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise corpus.Problem(f"{FILE}:{error.lineno}: {error.msg}") from None
    table = {}
    for row in rows:
        if name(row) in table:
            raise corpus.Problem(f"{FILE}: two entries for {describe(row)}")
        table[name(row)] = row
        problem = fault(row)
        if problem:
            raise corpus.Problem(f"{FILE}: {describe(row)}: {problem}")
    return table


def write(table):
    rows = [table[key] for key in sorted(table)]
    FILE.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def describe(row):
    return f"{row['package']} {row['file']} {row['function']}: {row['check']}: {row['acquire']}"


def fault(row):
    """What is wrong with a row as a verdict; empty if nothing is."""
    for verdict in row["verdicts"]:
        if verdict.get("true") not in (True, False, "undecided"):
            return '"true" is to be true, false or "undecided"'
        if not verdict.get("reason"):
            return "a verdict without a reason"
    return ""


def is_true(row):
    for verdict in row["verdicts"]:
        if verdict["true"] is not True:
            return False
        # That something throws is not enough: the verdict has to say what.
        if row["check"].endswith("-on-throw") and not verdict.get("throws"):
            return False
    return True


def score(packages, keep):
    """Prints the precision of each check, and with `keep` writes it to the result
    file; 0 if every finding is judged and no unit was lost."""
    table, counts, unjudged, lines, skipped, complete = read(), {}, [], [], [], True
    for package in packages:
        run = corpus.read_json(package.run)
        if not run and keep:
            # Of all packages there are, those that were analysed here are scored.
            skipped.append(package.name)
            continue
        if not run:
            raise corpus.Problem(f"{package.name} was not analysed yet; run scripts/corpus "
                                 f"{package.name}")
        found = sarif.findings(package)
        lines.append((package.name, run["version"], run["units"], len(run["lost"]), len(found)))
        complete &= run["exit"] in (0, 1)
        for finding in found:
            row = table.get(name(finding["key"]))
            if row is None or len(row["verdicts"]) < 2:
                unjudged.append(finding)
                continue
            tally = counts.setdefault(row["check"], [0, 0])
            tally[0] += is_true(row)
            tally[1] += 1
    text = report(lines, counts, unjudged)
    if skipped:
        text += f"not analysed: {', '.join(skipped)}\n"
    print(text, end="")
    if keep:
        RESULTS.write_text(text, encoding="utf-8")
    for finding in unjudged:
        print(f"not judged twice: {finding['path']}:{finding['line']}: {finding['message']} "
              f"[{finding['key']['check']}]")
    return 0 if complete and not unjudged else 1


def report(lines, counts, unjudged):
    out = ["What conntidy reports on code that nobody here wrote (scripts/corpus --score)", ""]
    out.append(f"{'package':16} {'version':24} {'units':>6} {'lost':>5} {'findings':>9}")
    for line in lines:
        out.append("{:16} {:24} {:6} {:5} {:9}".format(*line))
    out.append("{:41} {:6} {:5} {:9}".format(
        "all", *(sum(line[i] for line in lines) for i in (2, 3, 4))))
    out += ["", f"{'check':24} {'judged':>7} {'true':>5} {'precision':>10}"]
    for check, (true, judged) in sorted(counts.items()):
        share = f"{100 * true / judged:.1f} %"
        if judged < ENOUGH:
            share += "   (not enough evidence)"
        out.append(f"{check:24} {judged:7} {true:5} {share:>10}")
    if not counts:
        out.append("no finding is judged")
    if unjudged:
        out.append(f"{len(unjudged)} findings are not judged twice")
    return "\n".join(out) + "\n"


def add(packages):
    """Puts findings without an entry into the verdict file, to be judged there."""
    table, fresh = read(), 0
    for package in packages:
        for finding in sarif.findings(package):
            if name(finding["key"]) not in table:
                table[name(finding["key"])] = dict(finding["key"], verdicts=[])
                fresh += 1
    write(table)
    corpus.say(f"{fresh} findings added to {FILE.relative_to(corpus.ROOT)}")
    return 0
