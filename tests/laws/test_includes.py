"""Who may include whom.

A room sees only the rooms it is built on. What the engine knows of a library it
knows from a model, and a rule judges what the flow has found out: neither reads
names of functions or control flow graphs of its own.
"""

import re
import unittest

from repository import (CXX, Law, ROOT, cxx_files, includes, model_files, model_names, read,
                        without_comments)

# From the bottom up; each room with the rooms below that it may include.
LIBRARY = {
    "finding": [],
    "model": [],
    "cfg": ["finding", "model"],
    "summary": ["finding", "model", "cfg"],
    "fix": ["finding", "cfg"],
    "flow": ["finding", "model", "cfg", "summary"],
    "rules": ["finding", "model", "flow"],
    "analysis": ["finding", "model", "cfg", "summary", "fix", "flow", "rules"],
    "project": ["model", "summary", "analysis"],
    "tidy": ["finding", "rules", "analysis", "project"],
}
PROGRAM = {
    "driver": ["finding", "model", "analysis", "rules", "project"],
    "index": ["summary", "project", "driver"],
    "gate": ["finding", "model", "rules", "project", "driver", "index"],
    "output": ["finding", "rules", "driver", "gate"],
    "report": ["output"],
    "conntidy": ["finding", "model", "analysis", "rules", "project", "driver", "gate", "index",
                 "output", "report"],
    "clangd": ["rules", "project", "tidy"],
}

# What is not yet as it should be. An entry goes with its mending, none is added.
KNOWN_UPWARDS = {
    # The vocabulary of values (Fact, PseudoField) is at home in the engine, but
    # summaries speak it too.
    "checks/summary/Summary.h includes flow/Value.h",
    # The solver is bounded by what a user sets.
    "checks/flow/LeaseFlow.h includes analysis/Settings.h",
    "tool/driver/UnitSelection.h includes gate/Globs.h",
    "tool/gate/Report.h includes output/SourceText.h",
}

# Compiler headers that would let a rule find out things for itself.
CLOSED_TO_RULES = ("clang/Analysis/", "clang/ASTMatchers/", "clang/StaticAnalyzer/",
                   "clang/AST/RecursiveASTVisitor.h", "clang/AST/StmtVisitor.h")

# Everything from Record on is testable without a compiler.
CLOSED_TO_OUTPUT = ("clang/AST/", "clang/Analysis/", "clang/Frontend/", "clang/Sema/",
                    "clang/Parse/")

# Words of the language and of everyday English that are functions of a library too.
PLAIN_WORDS = {
    "accept", "close", "free", "open", "socket", "pipe", "move", "swap", "exchange", "exit",
    "abort", "forward", "get", "malloc", "advance", "begin", "end", "copy", "remove", "next",
    "find", "sort", "fill", "bind", "ref", "connect", "signal", "wait", "read",
}
# Names of functions among the words that an unseen function's name is looked
# through for: they are compounds that cannot be taken apart by their spelling.
KNOWN_NAMES = {
    "checks/flow/Names.cpp names fclose",
    "checks/flow/Names.cpp names pclose",
    "checks/flow/Names.cpp names closesocket",
}


def room_of(path):
    return path.parts[1]


class Includes(Law):

    def test_every_room_has_its_place(self):
        for folder, rooms in (("checks", LIBRARY), ("tool", PROGRAM)):
            there = {room_of(path) for path in cxx_files(folder)}
            self.assertEqual(there, set(rooms), folder)

    def test_the_order_has_no_circle(self):
        seen = set()
        for room, below in list(LIBRARY.items()) + list(PROGRAM.items()):
            self.assertLessEqual(set(below), seen, room)
            seen.add(room)

    def test_rooms_include_only_what_they_are_built_on(self):
        rooms = {**LIBRARY, **PROGRAM}
        breaches = set()
        for path in cxx_files("checks", "tool"):
            room = room_of(path)
            for _, name in includes(path):
                other = name.split("/")[0]
                if other in rooms and other != room and other not in rooms[room]:
                    breaches.add(f"{path} includes {name}")
        self.holds(breaches, KNOWN_UPWARDS)

    def test_every_own_header_is_there(self):
        bases = {"checks": ["checks"], "tool": ["checks", "tool"],
                 "tests": ["checks", "tool", "tests"]}
        breaches = set()
        for path in cxx_files(*bases):
            for match in re.finditer(r'^#include "([^"]+)"', read(path), re.M):
                name = match.group(1)
                if name.split("/")[0] in ("clang", "clang-tidy", "llvm", "gtest", "gmock",
                                          "nlohmann"):
                    continue
                if not any((ROOT / base / name).is_file() for base in bases[path.parts[0]]):
                    breaches.add(f"{path} includes {name}")
        self.holds(breaches)

    def test_rules_do_not_know_each_other(self):
        breaches = set()
        for path in cxx_files("checks"):
            if path.parts[1] != "rules" or len(path.parts) < 4:
                continue
            for _, name in includes(path):
                parts = name.split("/")
                if parts[0] == "rules" and len(parts) > 2 and parts[1] != path.parts[2]:
                    breaches.add(f"{path} includes {name}")
        self.holds(breaches)

    def test_rules_do_not_look_for_themselves(self):
        self.holds(f"{path} includes {name}" for path in cxx_files("checks")
                   if path.parts[1] == "rules"
                   for _, name in includes(path) if name.startswith(CLOSED_TO_RULES))

    def test_gate_and_output_need_no_compiler(self):
        self.holds(f"{path} includes {name}" for path in cxx_files("tool")
                   if path.parts[1] in ("gate", "output")
                   for _, name in includes(path) if name.startswith(CLOSED_TO_OUTPUT))

    def test_library_does_not_print(self):
        self.holds(f"{path}: {found}" for path in cxx_files("checks")
                   for found in re.findall(r"\b(?:llvm::(?:outs|errs|dbgs)\(|std::c(?:out|err)\b"
                                           r"|printf\(|std::ofstream|raw_fd_ostream)",
                                           without_comments(read(path))))

    def test_engine_names_no_library(self):
        """An API is known to the engine as a model, never by name."""
        names = set()
        for model in model_files():
            names |= set(model_names(model))
            names.add(model.stem)
        # Methods and plain words cannot be told from the engine's own.
        names = {name for name in names
                 if "::" not in name and name not in PLAIN_WORDS and name != "std"
                 and re.fullmatch(r"\w{4,}", name)}
        breaches = set()
        for path in cxx_files("checks"):
            if path.parts[1] not in ("cfg", "summary", "flow", "analysis", "rules"):
                continue
            code = without_comments(read(path))
            code = re.sub(r"^#.*$", "", code, flags=re.M)
            for word in set(re.findall(r"\w+", code)) & names:
                breaches.add(f"{path} names {word}")
        self.holds(breaches, KNOWN_NAMES)


class Headers(Law):

    def test_guard_is_the_path(self):
        for path in cxx_files("checks", "tool", "tests"):
            if path.suffix != ".h":
                continue
            parts = path.parts if path.parts[0] == "tests" else path.parts[1:]
            guard = "CONNTIDY_" + re.sub(r"\W", "_", "/".join(parts)).upper()
            with self.subTest(header=str(path)):
                self.assertIn(f"#ifndef {guard}\n#define {guard}\n", read(path))

    def test_file_begins_with_what_it_defines(self):
        self.holds(path for path in cxx_files("checks", "tool", "tests")
                   if not read(path).startswith(f"//===- {path.name} - "))

    def test_suffixes(self):
        self.assertLessEqual({path.suffix for path in cxx_files("checks", "tool")}, CXX - {".c"})


if __name__ == "__main__":
    unittest.main()
