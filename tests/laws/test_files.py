"""What every file keeps to: its size, its words, what it may mention."""

import re
import sys
import unittest
from pathlib import Path

from repository import (Law, ROOT, cxx_files, files, line_of, python_files, read, shell_programs,
                        without_comments)

MAX_LINES = 700
# Data, not code: written once, read by editors.
LONG_BY_NATURE = {"checks/models/schema.json", "scripts/corpus.d/verdicts.json"}
# An entry goes when the file is taken apart, none is added.
KNOWN_TOO_LONG = set()

# Documents speak of what is about to be there; it goes when it is.
KNOWN_TO_COME = set()

# Names that keep their capital at the beginning of a message.
NAMES = ("Clang",)

# What a later version would do belongs into an issue, not into the code.
UNFINISHED = re.compile(r"\b(?:TODO|FIXME|XXX|HACK)\b")
# Not in what speaks about them.
SPEAKS_OF_IT = {"tests/laws/test_files.py"}


def texts():
    """Files that are text, with their text."""
    for path in files():
        try:
            yield str(path), read(path)
        except UnicodeDecodeError:
            continue  # fixtures of binary input


def messages():
    """(place, text) of what the program says, as far as one literal tells."""
    said = re.compile(
        r'(?:create\w*Error\(|\b(?:Message|Text|Said)\s*\+?=\s*|\.takeError\(|refuse\(|'
        r'\bwarn\(|\bnote\()\s*"((?:\\.|[^"\\])*)"')
    for path in cxx_files("checks", "tool"):
        code = without_comments(read(path))
        for match in said.finditer(code):
            yield f"{path}:{line_of(code, match.start())}", match.group(1)


class Files(Law):

    def test_no_file_is_too_long(self):
        self.holds((path for path, text in texts()
                    if text.count("\n") > MAX_LINES and path not in LONG_BY_NATURE),
                   KNOWN_TOO_LONG)

    def test_nothing_is_left_for_later(self):
        self.holds(f"{path}:{line_of(text, found.start())} {found.group()}"
                   for path, text in texts() if path not in SPEAKS_OF_IT
                   for found in UNFINISHED.finditer(text))

    def test_files_end_with_their_last_line(self):
        self.holds(path for path, text in texts()
                   if text and Path(path).suffix in {".h", ".cpp", ".py", ".yaml", ".md", ".txt"}
                   and not (text.endswith("\n") and not text.endswith("\n\n")))

    def test_no_line_ends_with_blanks(self):
        self.holds(f"{path}:{number}" for path, text in texts()
                   if Path(path).suffix in {".h", ".cpp", ".c", ".py", ".yaml", ".md", ".sh"}
                   for number, line in enumerate(text.split("\n"), 1) if line != line.rstrip())

    def test_no_file_speaks_of_one_machine(self):
        places = re.compile(r"/(?:work|home|root)/\w|/tmp/w\b")
        self.holds(f"{path}:{line_of(text, found.start())} {found.group()}"
                   for path, text in texts() if path not in SPEAKS_OF_IT
                   for found in places.finditer(text))

    def test_documents_name_what_is_there(self):
        path_like = re.compile(r"`((?:checks|tool|tests|fixtures|scripts)/[\w./*-]*)`")
        self.holds((f"{document.name}: {name}" for document in sorted(ROOT.glob("*.md"))
                    for name in path_like.findall(document.read_text(encoding="utf-8"))
                    if "*" not in name and not (ROOT / name).exists()), KNOWN_TO_COME)


class Messages(Law):

    def test_there_are_messages(self):
        self.assertGreater(len(list(messages())), 20)

    def test_messages_begin_in_lower_case(self):
        # What is written in capitals only is a name as well.
        self.holds(f"{place}: {text}" for place, text in messages()
                   if re.match(r"[A-Z][a-z]+\b", text) and not text.startswith(NAMES))

    def test_messages_end_without_full_stop(self):
        self.holds(f"{place}: {text}" for place, text in messages()
                   if re.search(r"[^.]\.(?:\\n)?$", text))


class Scripts(Law):

    def test_shell_scripts_stop_at_the_first_failure(self):
        self.holds(path for path in shell_programs() if "set -euo pipefail" not in read(path))

    def test_python_needs_its_standard_library_only(self):
        own = {path.stem for path in python_files()} | {path.parent.name for path in python_files()}
        imported = re.compile(r"^\s*(?:from\s+([\w.]+)\s+import|import\s+([\w.]+))", re.M)
        breaches = set()
        for path in python_files():
            for match in imported.finditer(read(path)):
                name = (match.group(1) or match.group(2)).split(".")[0]
                if name and name not in sys.stdlib_module_names and name not in own:
                    breaches.add(f"{path} imports {name}")
        self.holds(breaches)


if __name__ == "__main__":
    unittest.main()
