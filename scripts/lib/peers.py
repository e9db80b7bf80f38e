"""Holds what tools say against the EXPECT, ALT, ALLOW and CLEAN comments of files.

Tools put a leak where it begins, where it becomes certain or where the function ends,
so the function decides, and not the line: a finding meets an expectation of a function
it leads through whose check its meaning may stand for, the one on a line it names first.
A second finding on what is met already counts for nothing. A finding where nothing of
its meaning is expected or allowed is false.
"""
import fnmatch
import re
import sys
from dataclasses import dataclass

from . import corpus

sys.path.insert(0, str(corpus.ROOT / "tests" / "fixtures"))
import annotations  # noqa: E402 (needs the path above)

CHECKS = ["conn-leak", "conn-leak-on-throw", "conn-guard-bypass", "conn-wrong-release",
          "conn-double-release", "conn-use-after-release"]

# What stands between the parameters of a function and its body.
_BODY = re.compile(r"\)\s*(?:(?:const|noexcept|override|final|mutable|try)\b\s*)*"
                   r"(?:->[^;{}]*|:(?!:)[^;{}]*)?\{")


@dataclass(frozen=True)
class Warning:
    name: str
    lines: tuple  # the one it is put on first, then those it mentions
    text: str = ""


@dataclass
class Score:
    expected: int = 0
    found: int = 0
    false: int = 0

    def __iadd__(self, other):
        self.expected += other.expected
        self.found += other.found
        self.false += other.false
        return self


def functions(text):
    """First and last line of every function body with its head, outermost only."""
    code = annotations.without_comments(text)
    # Directives have no braces that pair.
    code = re.sub(r"^[ \t]*#(?:\\\n|[^\n])*", lambda m: re.sub(r"[^\n]", " ", m.group()), code,
                  flags=re.MULTILINE)
    spans, end = [], 0
    for match in _BODY.finditer(code):
        if match.start() < end:
            continue
        opening, depth = match.end() - 1, 0
        for end in range(opening, len(code)):
            depth += (code[end] == "{") - (code[end] == "}")
            if depth == 0:
                break
        head = max(code.rfind(mark, 0, match.start()) for mark in ";{}") + 1
        head += len(code[head:]) - len(code[head:].lstrip())
        spans.append((code.count("\n", 0, head) + 1, code.count("\n", 0, end) + 1))
    return spans


def meaning(rules, warning):
    """What a warning means by the rules of its tool; None if it is about other things."""
    for rule in rules:
        if fnmatch.fnmatchcase(warning.name, rule["id"]) and \
                re.search(rule.get("text", ""), warning.text):
            return rule["means"]
    return None


def score(path, warnings, rules, meanings):
    """How the warnings of one tool on one file do; a Score for each check."""
    text = path.read_text(encoding="utf-8")
    fixture = annotations.parse(path, text)
    spans = functions(text)

    def place(line):
        """The function of a line; a line outside stands for itself."""
        return next((span for span in spans if span[0] <= line <= span[1]), (line, line))

    expected = [e for e in fixture.expectations if e.check in CHECKS]
    table = {check: Score() for check in CHECKS}
    for expectation in expected:
        table[expectation.check].expected += 1
    open_, false = list(expected), set()
    for warning in sorted(warnings, key=lambda w: w.lines):
        word = meaning(rules, warning)
        if word is None:
            continue
        # A double release is put into the deleter that runs it, and its trail
        # leads through the function that is wrong.
        where, may_be = [place(line) for line in warning.lines], meanings[word]
        fitting = [e for e in expected if e.check in may_be and place(e.line) in where]
        left = [e for e in fitting if e in open_]
        if left:
            best = min(left, key=lambda e: (e.line not in warning.lines,
                                            where.index(place(e.line)), may_be.index(e.check)))
            open_.remove(best)
            table[best.check].found += 1
        elif not fitting and not any(check in may_be and place(line) in where
                                     for line, check in fixture.allowed):
            false.add((where[0], may_be[0]))
    for _, check in false:
        table[check].false += 1
    return table
