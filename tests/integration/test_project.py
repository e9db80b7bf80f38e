"""Functions in other files: two phases, the index, and what they must not depend on."""
import json
import random
import shutil
import subprocess
import unittest

from workspace import CLEAN, FINDINGS, ProjectTest

WRAPPER_H = """\
#include <libpq-fe.h>
typedef struct wrapper wrapper;
wrapper *wrapper_open(const char *where);
void wrapper_close(wrapper *w);
"""

WRAPPER_C = """\
#include "wrapper.h"
#include <stdlib.h>
struct wrapper { PGconn *line; };
wrapper *wrapper_open(const char *where) {
  wrapper *w = malloc(sizeof *w);
  if (!w) return 0;
  w->line = PQconnectdb(where);
  return w;
}
void wrapper_close(wrapper *w) {
  PQfinish(w->line);
  free(w);
}
"""

USER_C = """\
#include "wrapper.h"
int forgotten(int early) {
  wrapper *w = wrapper_open("");
  if (!w) return 0;
  if (early) return 1;
  wrapper_close(w);
  return 0;
}
"""
USER_LINE = 3

DONE_C = """\
#include "wrapper.h"
void balanced(void) {
  wrapper *w = wrapper_open("");
  if (!w) return;
  wrapper_close(w);
}
"""


class Project(ProjectTest):

    def setUp(self):
        super().setUp()
        self.write("wrapper.h", WRAPPER_H)
        self.write("wrapper.c", WRAPPER_C)
        self.write("user.c", USER_C)
        self.write("done.c", DONE_C)
        self.database([("user.c",), ("done.c",), ("wrapper.c",)])
        self.index = self.root / ".conntidy" / "index.db"

    def statistics(self, *arguments):
        result = self.run_tool("--stats", "--quiet", *arguments)
        return {line[2:27].strip(): line[27:].strip()
                for line in result.err.splitlines() if line.startswith("  ")}

    def assert_found(self, result):
        self.assertEqual(result.findings(), [("user.c", USER_LINE, "conn-leak")],
                         result.err)


class AcrossFiles(Project):

    def test_a_struct_known_by_name_only(self):
        result = self.run_tool("--format=sarif")
        self.assertEqual(result.code, FINDINGS)
        self.assert_found(result)

    def test_the_trail_crosses_files(self):
        flow = self.run_tool("--format=sarif").results[0]["codeFlows"][0]
        files = [place["location"]["physicalLocation"]["artifactLocation"]["uri"]
                 for place in flow["threadFlows"][0]["locations"]]
        self.assertEqual(files[0], "wrapper.c")
        self.assertEqual(set(files), {"wrapper.c", "user.c"})
        text = self.run_tool().out
        self.assertIn("--> wrapper.c:7", text)
        self.assertIn("--> user.c:3", text)

    def test_files_that_are_named_with_their_flags(self):
        result = self.run_tool("--format=sarif", "user.c", "wrapper.c", "--", "-Iinclude")
        self.assert_found(result)

    def test_a_file_alone_is_all_there_is(self):
        result = self.run_tool("--format=sarif", "user.c", "--", "-Iinclude")
        self.assertEqual((result.code, result.findings()), (CLEAN, []))

    def test_definitions_that_disagree_are_counted(self):
        self.write("other.c", '#include "wrapper.h"\n'
                   "wrapper *wrapper_open(const char *where) { return 0; }\n")
        self.database([("user.c",), ("wrapper.c",), ("other.c",)])
        result = self.run_tool("--format=sarif", "--stats")
        self.assertEqual(result.findings(), [])
        self.assertRegex(result.err, r"of these ambiguous +1\n +wrapper_open\n")

    def test_units_that_fail_do_not_stop_the_others(self):
        self.write("broken.c", "int f( {\n")
        self.database([("broken.c",), ("user.c",), ("wrapper.c",)])
        self.assert_found(self.run_tool("--format=sarif"))

    def test_functions_that_call_each_other_across_files_end(self):
        self.write("ping.c", '#include "wrapper.h"\nPGconn *pong(int n);\n'
                   "PGconn *ping(int n) { return n ? pong(n - 1) : PQconnectdb(\"\"); }\n")
        self.write("pong.c", '#include "wrapper.h"\nPGconn *ping(int n);\n'
                   "PGconn *pong(int n) { return n ? ping(n - 1) : PQconnectdb(\"\"); }\n")
        self.write("game.c", '#include "wrapper.h"\nPGconn *ping(int n);\n'
                   "int play(void) { return ping(3) != 0; }\n")
        self.database([("ping.c",), ("pong.c",), ("game.c",)])
        result = self.run_tool("--format=sarif")
        self.assertEqual(result.findings(), [("game.c", 3, "conn-leak")], result.err)


class Determinism(Project):

    def more_units(self):
        """Wrappers of wrappers, in files that depend on each other."""
        names = ["wrapper.c", "user.c", "done.c"]
        for n in range(8):
            below = f"layer{n - 1}_open" if n else "wrapper_open"
            self.write(f"layer{n}.c", '#include "wrapper.h"\n'
                       f"wrapper *{below}(const char *where);\n"
                       f"wrapper *layer{n}_open(const char *where)"
                       f" {{ return {below}(where); }}\n")
            self.write(f"use{n}.c", '#include "wrapper.h"\n'
                       f"wrapper *layer{n}_open(const char *where);\n"
                       f"int use{n}(void) {{ return layer{n}_open(\"\") != 0; }}\n")
            names += [f"layer{n}.c", f"use{n}.c"]
        return names

    def test_neither_workers_nor_order_matter(self):
        names = self.more_units()
        logs = set()
        for jobs in (1, 2, 8):
            random.Random(jobs).shuffle(names)
            self.database([(name,) for name in names])
            result = self.run_tool("--format=sarif", f"--jobs={jobs}", "--index=none")
            self.assertEqual(result.code, FINDINGS)
            logs.add(result.out)
        self.assertEqual(len(logs), 1)
        found = {file for file, _, _ in result.findings()}
        self.assertEqual(found, {"user.c"} | {f"use{n}.c" for n in range(8)})

    def test_what_is_kept_changes_nothing(self):
        self.database([(name,) for name in self.more_units()])
        cold = self.run_tool("--format=sarif")
        warm = self.run_tool("--format=sarif")
        none = self.run_tool("--format=sarif", "--index=none")
        self.assertEqual(cold.out, warm.out)
        self.assertEqual(cold.out, none.out)


class Index(Project):

    def test_a_second_run_looks_at_nothing_again(self):
        first = self.statistics()
        self.assertGreaterEqual(int(first["analyses of units"]), 3)
        self.assertTrue(self.index.exists())
        self.assertEqual(self.statistics()["analyses of units"], "0")

    def test_only_units_with_changed_files_are_looked_at(self):
        self.statistics()
        self.write("done.c", DONE_C + "\n")
        self.assertEqual(self.statistics()["analyses of units"], "2")  # in both rounds
        self.write("wrapper.h", WRAPPER_H + "\n")
        self.assertGreaterEqual(int(self.statistics()["analyses of units"]), 3)

    def test_a_change_elsewhere_is_seen(self):
        self.assert_found(self.run_tool("--format=sarif"))
        self.write("wrapper.c", WRAPPER_C.replace("w->line = PQconnectdb(where);",
                                                  "w->line = 0;"))
        self.assertEqual(self.run_tool("--format=sarif").findings(), [])
        self.write("wrapper.c", WRAPPER_C)
        self.assert_found(self.run_tool("--format=sarif"))

    def test_one_file_is_told_what_the_index_knows(self):
        alone = self.run_tool("--format=sarif", "user.c")
        self.assertEqual(alone.findings(), [])
        self.assertFalse(self.index.exists())
        self.run_tool()
        with_index = self.run_tool("--format=sarif", "user.c")
        self.assert_found(with_index)
        asked = self.run_tool("--format=sarif", "--index=own.db", "user.c")
        self.assert_found(asked)
        self.assertTrue((self.root / "own.db").exists())

    def test_stale_units_of_the_rest_are_read_again(self):
        self.run_tool()
        self.write("wrapper.c", WRAPPER_C.replace("w->line = PQconnectdb(where);",
                                                  "w->line = 0;"))
        self.assertEqual(self.run_tool("--format=sarif", "user.c").findings(), [])

    def test_no_index_is_written_if_none_is_wanted(self):
        self.assert_found(self.run_tool("--format=sarif", "--index=none"))
        self.assertFalse(self.index.parent.exists())

    def test_settings_are_part_of_what_is_kept(self):
        self.statistics()
        changed = self.statistics("--set", "ThrowCertainty=possible")
        self.assertGreater(int(changed["analyses of units"]), 0)

    def test_the_choice_of_checks_is_not(self):
        self.run_tool()
        self.assertEqual(self.statistics("--checks=conn-leak")["analyses of units"], "0")
        silent = self.run_tool("--format=sarif", "--checks=conn-leak-on-throw")
        self.assertEqual(silent.findings(), [])

    def test_a_damaged_index_is_built_anew(self):
        self.run_tool()
        self.index.write_bytes(b"SQLite format 3\0" + b"\x5a" * 5000)
        result = self.run_tool("--format=sarif")
        self.assert_found(result)
        self.assertIn("the index is built anew", result.err)
        self.assertEqual(self.statistics()["analyses of units"], "0")

    def test_an_index_that_cannot_be_written_is_done_without(self):
        self.write("taken", "")
        result = self.run_tool("--format=sarif", "--index=taken/index.db")
        self.assert_found(result)
        self.assertIn("the index is not kept", result.err)

    def test_it_is_no_part_of_the_project(self):
        self.run_tool()
        self.assertEqual((self.index.parent / ".gitignore").read_text(), "*\n")

    def test_several_runs_at_a_time(self):
        command = [self.program, "--format=sarif"]
        runs = [subprocess.Popen(command, cwd=self.root, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, text=True) for _ in range(4)]
        logs = {run.communicate(timeout=120)[0] for run in runs}
        self.assertEqual(len(logs), 1)
        self.assertEqual(self.statistics()["analyses of units"], "0")

    def test_nothing_of_the_place_is_in_the_findings(self):
        here = json.loads(self.run_tool("--format=sarif").out)
        moved = self.root.with_name(self.root.name + "-moved")
        shutil.copytree(self.root, moved, ignore=shutil.ignore_patterns(".conntidy"))
        self.addCleanup(shutil.rmtree, moved)
        database = moved / "compile_commands.json"
        database.write_text(database.read_text().replace(str(self.root), str(moved)))
        there = json.loads(self.run_tool("--format=sarif", cwd=moved).out)
        self.assertEqual(here["runs"][0]["results"], there["runs"][0]["results"])


if __name__ == "__main__":
    unittest.main()
