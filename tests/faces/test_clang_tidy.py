"""The module as clang-tidy loads it: options, configuration, the index, and the
ways in which projects use clang-tidy."""

import json
import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "integration"))
from workspace import LEAK, LIBPQ, OK, ProjectTest  # noqa: E402

MODULE = os.environ["CONNTIDY_MODULE"]
CLANG_TIDY = os.environ.get("CLANG_TIDY", "clang-tidy-22")
RUN_CLANG_TIDY = os.environ.get("RUN_CLANG_TIDY", "run-clang-tidy-22")

# Held while something is called that may throw.
THROWING = LIBPQ + """\
void query(PGconn *);
void run() {
  PGconn *conn = PQconnectdb("");
  query(conn);
  PQfinish(conn);
}
"""
# std::string only allocates.
ALLOCATING = LIBPQ + """\
#include <string>
std::string run() {
  PGconn *conn = PQconnectdb("");
  std::string Text("a text that is too long for the object itself");
  PQfinish(conn);
  return Text;
}
"""


class ClangTidyTest(ProjectTest):

    def tidy(self, *files, checks="conn-*", options=None, arguments=()):
        config = {"Checks": f"-*,{checks}", "CheckOptions": options or {}}
        return subprocess.run(
            [CLANG_TIDY, f"--load={MODULE}", "--quiet", f"--config={json.dumps(config)}",
             *map(str, files), *arguments], cwd=self.root, capture_output=True, text=True,
            timeout=120, check=False)

    def found(self, *files, **how):
        """(file, line, check) of each finding."""
        process = self.tidy(*files, **how)
        self.assertEqual(process.returncode, 0, process.stdout + process.stderr)
        return self.read(process.stdout)

    @staticmethod
    def read(text):
        return [(Path(path).name, int(line), check) for path, line, check in re.findall(
            r"^([^:\n]+):(\d+):\d+: warning: .* \[(conn-[\w-]+)", text, re.M)]

    def refused(self, *files, **how):
        """What clang-tidy says of a wrong configuration."""
        process = self.tidy(*files, **how)
        said = re.findall(r"^error: (.*) \[clang-tidy-config\]$", process.stdout, re.M)
        self.assertNotEqual(process.returncode, 0)
        self.assertEqual(len(said), 1, process.stdout + process.stderr)
        self.assertEqual(self.read(process.stdout), [])
        return said[0]


class Findings(ClangTidyTest):

    def test_every_check_is_there(self):
        listed = self.tidy(arguments=["--list-checks"]).stdout.split()
        ours = subprocess.run([os.environ["CONNTIDY"], "--list-checks", "--checks=*"],
                              capture_output=True, text=True, check=True).stdout
        self.assertEqual(sorted(word for word in listed if word.startswith("conn-")),
                         sorted(line.split()[0] for line in ours.splitlines()))

    def test_trail_is_told_in_notes(self):
        self.write("a.c", LIBPQ + "int f(int b) {\n  PGconn *c = PQconnectdb(\"\");\n"
                   "  if (b)\n    return 1;\n  PQfinish(c);\n  return 0;\n}\n")
        said = self.tidy("a.c", checks="conn-leak", arguments=["--", "-std=c11"]).stdout
        first = LIBPQ.count("\n") + 1
        self.assertEqual(re.findall(r":(\d+):\d+: note: (.*)", said), [
            (str(first + 1), "acquired here by 'PQconnectdb'"),
            (str(first + 2), "'b' is true"),
            (str(first + 3), "'c' is still held when this returns")])

    def test_only_enabled_checks_speak(self):
        self.write("a.cpp", THROWING)
        self.assertEqual({check for _, _, check in self.found("a.cpp", arguments=["--"])},
                         {"conn-leak-on-throw", "conn-raw-acquire"})
        self.assertEqual(self.found("a.cpp", checks="conn-leak", arguments=["--"]), [])

    def test_warnings_as_errors(self):
        self.write("a.c", LIBPQ + LEAK)
        for pattern, code in (("conn-leak", 1), ("conn-double-*", 0)):
            process = self.tidy("a.c", checks="conn-leak",
                                arguments=[f"--warnings-as-errors={pattern}", "--"])
            self.assertEqual(process.returncode, code)
            self.assertEqual(": error: " in process.stdout, bool(code))

    def test_header_filter(self):
        self.write("leak.h", "#pragma once\n" + LIBPQ + "inline " + LEAK)
        self.write("a.cpp", '#include "leak.h"\n')
        self.assertEqual(self.found("a.cpp", arguments=["--header-filter=none", "--"]), [])
        self.assertIn("leak.h", {file for file, _, _ in self.found(
            "a.cpp", arguments=["--header-filter=leak", "--"])})

    def test_nolint(self):
        for before, after in (("", " // NOLINT"), ("", " // NOLINT(conn-leak): for a test"),
                              ("// NOLINTNEXTLINE(conn-*)\n", ""),
                              ("// NOLINTBEGIN(conn-leak)\n", "\n// NOLINTEND(conn-leak)")):
            with self.subTest(before + after):
                self.write("a.c", LIBPQ + LEAK.replace(
                    '  PGconn *conn = PQconnectdb("");',
                    before + '  PGconn *conn = PQconnectdb("");' + after))
                self.assertEqual(self.found("a.c", checks="conn-leak", arguments=["--"]), [])
        self.write("a.c", LIBPQ + LEAK.replace('"");', '""); // NOLINT(conn-double-release)'))
        self.assertEqual(len(self.found("a.c", checks="conn-leak", arguments=["--"])), 1)

    def test_code_that_does_not_compile_has_no_findings(self):
        self.write("a.c", LIBPQ + LEAK + "int broken( {\n")
        process = self.tidy("a.c", arguments=["--"])
        self.assertIn("clang-diagnostic-error", process.stdout)
        self.assertNotIn("[conn-", process.stdout)


class Fixes(ClangTidyTest):

    CODE = LIBPQ + """\
typedef struct pg_result PGresult;
PGresult *PQexec(PGconn *, const char *);
void PQclear(PGresult *);
void free(void *);
int fclose(void *);
#define DROP(X) free(X)
void run(PGconn *conn) {
  PGresult *rows = PQexec(conn, "");
  %s
}
"""

    def fixed(self, statement, **changes):
        """The statement after `clang-tidy --fix`; the finding must have been there."""
        code = self.CODE.replace("PQclear(PGresult *)", changes.get("right", "PQclear(PGresult *)"))
        self.write("a.c", code % statement)
        how = {"checks": "conn-wrong-release", "arguments": ["--fix", "--"]}
        self.assertEqual(len(self.found("a.c", **how)), 1, statement)
        text = (self.root / "a.c").read_text(encoding="utf-8")
        return text.removeprefix(code.partition("%s")[0]).removesuffix("\n}\n")

    def test_right_release_instead_of_a_wrong_one(self):
        self.assertEqual(self.fixed("free(rows);"), "PQclear(rows);")
        # It compiles, the finding is gone, and a second run changes nothing.
        fixed = (self.root / "a.c").read_text(encoding="utf-8")
        process = self.tidy("a.c", checks="conn-*,-conn-raw-acquire,clang-diagnostic-*",
                            arguments=["--fix", "--", "-Wall"])
        self.assertEqual((process.returncode, process.stdout), (0, ""))
        self.assertEqual((self.root / "a.c").read_text(encoding="utf-8"), fixed)

    def test_what_is_not_sure_to_be_right_is_left(self):
        for statement in ("free((void *)rows);", "DROP(rows);", "fclose(rows);"):
            self.assertEqual(self.fixed(statement), statement)
        for right in ("PQclear(PGresult *, int)", "PQclear(const char *)"):
            self.assertEqual(self.fixed("free(rows);", right=right), "free(rows);")
        late = "free(rows);\n}\nvoid PQclear(PGresult *);\nvoid others(void) {"
        self.assertEqual(self.fixed(late, right="none(void)"), late)


    def test_a_method_is_not_called_like_a_function(self):
        self.write("pool.yaml", "library: pool\nresources:\n"
                   "  - {name: lent, kind: connection, type: 'PGconn *', pooled: true}\n"
                   "functions:\n  - names: [Pool::borrow]\n"
                   "    acquires: [{resource: lent, handle: return}]\n"
                   "  - names: [Pool::giveBack]\n"
                   "    releases: [{resource: lent, handle: 'arg:1'}]\n")
        code = LIBPQ + ("struct Pool {\n  PGconn *borrow();\n  void giveBack(PGconn *);\n};\n"
                        "void run(Pool &P) {\n  PGconn *C = P.borrow();\n  PQfinish(C);\n}\n")
        self.write("a.cpp", code)
        self.assertEqual(len(self.found(
            "a.cpp", checks="conn-wrong-release", arguments=["--fix", "--"],
            options={"ModelFiles": str(self.root / "pool.yaml")})), 1)
        self.assertEqual((self.root / "a.cpp").read_text(encoding="utf-8"), code)


class Options(ClangTidyTest):

    def test_setting_for_all_or_for_a_check(self):
        self.write("a.cpp", ALLOCATING)
        how = {"checks": "conn-leak-on-throw", "arguments": ["--"]}
        self.assertEqual(self.found("a.cpp", **how), [])
        for key in ("ThrowCertainty", "conn-leak-on-throw.ThrowCertainty"):
            self.assertEqual(len(self.found("a.cpp", options={key: "possible"}, **how)), 1, key)

    def test_options_are_stronger_than_conntidy_yaml(self):
        self.write("conntidy.yaml", "settings:\n  ThrowCertainty: possible\n")
        self.write("src/a.cpp", ALLOCATING)
        how = {"checks": "conn-leak-on-throw", "arguments": ["--"]}
        self.assertEqual(len(self.found("src/a.cpp", **how)), 1)
        self.assertEqual(self.found("src/a.cpp", options={"ThrowCertainty": "likely"}, **how), [])

    def test_mistakes_are_told(self):
        self.write("a.c", LIBPQ + LEAK)
        for options, said in (
                ({"ThrowCertainty": "sure"},
                 "CheckOptions: setting 'ThrowCertainty' cannot be 'sure': it takes 'definite', "
                 "'likely' or 'possible'"),
                ({"conn-leak.MaxStep": "3"},
                 "CheckOptions: unknown setting 'MaxStep'; did you mean 'MaxSteps'?"),
                ({"conn-leak.MaxSteps": "3", "conn-double-release.MaxSteps": "4"},
                 "CheckOptions: setting 'MaxSteps' is '4' for conn-double-release and '3' for "
                 "conn-leak: all checks share one analysis, so set 'MaxSteps' once, without the "
                 "name of a check")):
            with self.subTest(options=options):
                self.assertEqual(self.refused("a.c", options=options, arguments=["--"]), said)

    def test_options_are_dumped_and_verified(self):
        dumped = self.tidy(options={"conn-leak.MaxSteps": "77"},
                           arguments=["--dump-config"]).stdout
        self.assertRegex(dumped, r"conn-leak\.MaxSteps:\s+'?77'?")
        self.write(".clang-tidy", "Checks: 'conn-*'\nCheckOptions:\n"
                   "  conn-leak.ThrowCertainty: likely\n")
        process = subprocess.run([CLANG_TIDY, f"--load={MODULE}", "--verify-config"],
                                 cwd=self.root, capture_output=True, text=True, check=False)
        self.assertIn("No config errors detected", process.stdout)


class Models(ClangTidyTest):

    MODEL = """\
library: inhouse
resources:
  - { name: line, kind: connection, type: line_t * }
functions:
  - names: [line_open]
    acquires: [{ resource: line, handle: return }]
  - names: [line_close]
    releases: [{ resource: line, handle: 'arg:1' }]
"""
    CODE = """\
typedef struct line line_t;
line_t *line_open(void);
void line_close(line_t *);
int f(int b) {
  line_t *l = line_open();
  if (b)
    return 1;
  line_close(l);
  return 0;
}
"""

    def setUp(self):
        super().setUp()
        self.write("src/a.c", self.CODE)
        self.how = {"checks": "conn-leak", "arguments": ["--"]}

    def test_model_in_conntidy_yaml(self):
        self.write("conntidy.yaml", "models:\n  - " +
                   self.MODEL.rstrip().replace("\n", "\n    ") + "\n")
        self.assertEqual(self.found("src/a.c", **self.how), [("a.c", 5, "conn-leak")])

    def test_model_files(self):
        self.write("line.yaml", self.MODEL)
        file = str(self.root / "line.yaml")
        self.assertEqual(self.found("src/a.c", options={"ModelFiles": file}, **self.how),
                         [("a.c", 5, "conn-leak")])

    def test_mistakes_have_a_place_and_a_remedy(self):
        self.write("conntidy.yaml", "settings:\n  MaxSteps: many\n")
        self.assertEqual(self.refused("src/a.c", **self.how),
                         f"{self.root}/conntidy.yaml:2: setting 'MaxSteps' cannot be 'many': "
                         "it takes a whole number from 1")
        self.write("conntidy.yaml", "models:\n  - library: x\n    functons: []\n")
        self.assertRegex(self.refused("src/a.c", **self.how),
                         r"/conntidy\.yaml:3:\d+: .*functons.*functions")
        (self.root / "conntidy.yaml").unlink()
        self.assertRegex(self.refused("src/a.c", options={"ModelFiles": "gone.yaml"}, **self.how),
                         r"gone\.yaml: cannot be read")


class Index(ClangTidyTest):

    def setUp(self):
        super().setUp()
        self.write("open.c", LIBPQ + 'PGconn *dial(void) { return PQconnectdb(""); }\n')
        self.write("use.c", LIBPQ + "PGconn *dial(void);\n"
                   "int f(int b) {\n  PGconn *c = dial();\n  if (b)\n    return 1;\n"
                   "  PQfinish(c);\n  return 0;\n}\n")
        self.write("build/compile_commands.json", json.dumps([
            {"directory": str(self.root), "file": file, "arguments": ["cc", "-c", file]}
            for file in ("open.c", "use.c")]))
        self.how = {"checks": "conn-leak", "arguments": ["-p", "build"]}
        subprocess.run([os.environ["CONNTIDY"], "-p", "build"], cwd=self.root,
                       capture_output=True, check=False)
        self.index = self.root / "build/.conntidy/index.db"
        self.assertTrue(self.index.exists())

    def test_other_units_are_known(self):
        self.assertEqual(len(self.found("use.c", **self.how)), 1)
        self.assertEqual(self.found("use.c", options={"IndexFile": "none"}, **self.how), [])

    def test_index_may_be_named(self):
        self.index.rename(self.root / "elsewhere.db")
        self.assertEqual(self.found("use.c", **self.how), [])
        self.assertEqual(len(self.found(
            "use.c", options={"IndexFile": str(self.root / "elsewhere.db")}, **self.how)), 1)
        self.assertRegex(self.refused("use.c", options={"IndexFile": "gone.db"}, **self.how),
                         "gone.db: ")

    def test_what_is_no_index_is_left_alone(self):
        for text in ("", "no database at all", "SQLite format 3\0" + "x" * 4096):
            self.index.write_text(text)
            self.assertEqual(self.found("use.c", **self.how), [])
            self.assertEqual(self.index.read_text(), text)
            said = self.tidy("use.c", options={"IndexFile": str(self.index)}, **self.how).stdout
            self.assertIn("the index is not used", said)

    def test_reading_leaves_no_trace(self):
        before = sorted(path.name for path in self.index.parent.iterdir())
        os.chmod(self.index, 0o444)
        self.assertEqual(len(self.found("use.c", **self.how)), 1)
        self.assertEqual(sorted(path.name for path in self.index.parent.iterdir()), before)


class Projects(ClangTidyTest):

    def test_run_clang_tidy(self):
        self.write("a.c", LIBPQ + LEAK)
        self.write("b.c", LIBPQ + OK)
        self.write("compile_commands.json", json.dumps([
            {"directory": str(self.root), "file": file, "arguments": ["cc", "-c", file]}
            for file in ("a.c", "b.c")]))
        process = subprocess.run(
            [RUN_CLANG_TIDY, "-clang-tidy-binary", CLANG_TIDY, "-load", MODULE, "-p", ".",
             "-checks=-*,conn-*,-conn-raw-acquire", "-quiet"], cwd=self.root,
            capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(self.read(process.stdout),
                         [("a.c", LIBPQ.count("\n") + 2, "conn-leak")], process.stderr)

    def test_cmake(self):
        self.write("CMakeLists.txt", "cmake_minimum_required(VERSION 3.25)\n"
                   "project(shop CXX)\nadd_library(shop STATIC a.cpp)\n")
        self.write("a.cpp", LIBPQ + LEAK)
        for more, code in ((";--warnings-as-errors=conn-leak", 1), ("", 0)):
            command = (f"{CLANG_TIDY};--load={MODULE};--checks=-*,conn-*,-conn-raw-acquire" + more)
            subprocess.run(["cmake", "-S", ".", "-B", "build", "-G", "Ninja",
                            f"-DCMAKE_CXX_CLANG_TIDY={command}"], cwd=self.root,
                           capture_output=True, timeout=120, check=True)
            process = subprocess.run(["cmake", "--build", "build"], cwd=self.root,
                                     capture_output=True, text=True, timeout=120, check=False)
            self.assertIn("[conn-leak", process.stdout)
            self.assertEqual(process.returncode, code, process.stdout)


if __name__ == "__main__":
    unittest.main()
