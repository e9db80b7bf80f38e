"""Defines how the laws see the repository: its files, the rules, the models.

Text is read with regular expressions, not with a compiler, so that the laws run
in a second and on a tree that does not build.
"""

import functools
import re
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

FOLDERS = ("checks", "tool", "tests", "fixtures", "scripts", ".ci")
CXX = {".c", ".cpp", ".h"}

_COMMENT_OR_LITERAL = re.compile(
    r"//[^\n]*|/\*.*?\*/|R\"(\w*)\((?:.*?)\)\1\"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])+'",
    re.DOTALL)


@functools.cache
def files():
    """Every file a person maintains, relative to the root, sorted."""
    found = [path for path in ROOT.iterdir() if path.is_file()]
    for folder in FOLDERS:
        found += (ROOT / folder).rglob("*")
    return sorted(path.relative_to(ROOT) for path in found
                  if path.is_file() and "__pycache__" not in path.parts)


@functools.cache
def read(path):
    return (ROOT / path).read_text(encoding="utf-8")


def cxx_files(*folders):
    return [path for path in files()
            if path.suffix in CXX and path.parts[0] in folders]


def python_files():
    return [path for path in files()
            if path.suffix == ".py" or read_first_line(path).endswith("python3")]


def shell_programs():
    """Scripts that are run; what they source has no first line of its own."""
    return [path for path in files() if re.match(r"#!.*\b(?:ba)?sh\b", read_first_line(path))]


def read_first_line(path):
    with (ROOT / path).open(encoding="utf-8", errors="replace") as text:
        return text.readline().rstrip("\n")


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def without_comments(text):
    """C++ with its literals, without its comments; everything keeps its line."""
    def blank(match):
        if match.group().startswith(("//", "/*")):
            return re.sub(r"[^\n]", " ", match.group())
        return match.group()
    return _COMMENT_OR_LITERAL.sub(blank, text)


def includes(path):
    """(line, name) of each #include "...", and of each #include <...>."""
    return [(line_of(read(path), m.start()), m.group(1))
            for m in re.finditer(r'^#include ["<]([^">]+)[">]', read(path), re.M)]


# ----- rules

def rule_folders():
    return sorted(path for path in (ROOT / "checks/rules").iterdir() if path.is_dir())


def check_of(folder):
    """`checks/rules/leak_on_throw` is conn-leak-on-throw."""
    return "conn-" + folder.name.replace("_", "-")


def rule_headers(folder):
    return sorted(path.relative_to(ROOT) for path in folder.glob("*.h"))


def manual_of(folder):
    """The sections of the comment before a rule's class: [(heading, text)]."""
    block = []
    for header in rule_headers(folder):
        lines = []
        for line in read(header).splitlines():
            if line.startswith("///"):
                lines.append(line[3:].removeprefix(" "))
            elif lines and lines[0].startswith("## ") and line.startswith(("class ", "struct ")):
                block += lines
                lines = []
            else:
                lines = []
    sections = []
    for line in block:
        if line.startswith("## "):
            sections.append((line[3:], ""))
        elif sections:
            heading, text = sections[-1]
            sections[-1] = (heading, text + line + "\n")
    return sections


def registered_rules():
    """Classes named in the registry, in its order."""
    table = re.search(r"Checks\[\] = \{(.*?)\n  \};", read(Path("checks/rules/Registry.cpp")), re.S)
    return re.findall(r"\{rules::(\w+)::id\(\),", table.group(1))


def fixtures(*folders):
    """C and C++ below these folders of fixtures/."""
    return [path for path in files()
            if path.parts[0] == "fixtures" and path.suffix in CXX
            and (not folders or path.parts[1] in folders)]


# ----- settings

def settings_read():
    """Keys that Settings::set() knows."""
    return set(re.findall(r'Key == "(\w+)"', read(Path("checks/analysis/Settings.cpp"))))


def settings_described():
    """Keys that the header says something about."""
    return set(re.findall(r"^  /// `(\w+)`:", read(Path("checks/analysis/Settings.h")), re.M))


def settings_in_manuals():
    keys = set()
    for folder in rule_folders():
        for heading, text in manual_of(folder):
            if heading == "Options":
                keys |= set(re.findall(r"`([A-Z]\w+)`", text))
    return keys


# ----- models

def model_files():
    return sorted(path for path in files() if path.parent == Path("checks/models")
                  and path.suffix == ".yaml")


def top_level(path, key):
    match = re.search(rf"^{key}:\s*(.*?)\s*$", read(path), re.M)
    return match.group(1) if match else None


def model_names(path, *keys):
    """Names of the entries that have one of these keys; of all without keys."""
    names = []
    for entry in re.split(r"^  - ", read(path), flags=re.M)[1:]:
        listed = re.search(r"names:\s*\[(.*?)\]", entry, re.S)
        if listed and (not keys or any(re.search(rf"\b{key}:", entry) for key in keys)):
            names += [name.strip(" '\"\n") for name in listed.group(1).split(",")]
    return names


class Law(unittest.TestCase):
    """A test that names every breach, and holds the list of known ones to it."""

    maxDiff = None

    def holds(self, breaches, known=()):
        """No breach but the known ones, and each of these still is one."""
        breaches = {str(breach) for breach in breaches}
        known = set(known)
        new = sorted(breaches - known)
        mended = sorted(known - breaches)
        self.assertEqual(new, [], "broken by:\n  " + "\n  ".join(new))
        self.assertEqual(mended, [], "no longer broken, strike them off the list of known "
                                     "breaches:\n  " + "\n  ".join(mended))
