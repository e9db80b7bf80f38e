"""Options, the choice of checks and of units, and exit codes."""
import unittest

from workspace import (CLEAN, FINDINGS, INCOMPLETE, LEAK_LINE, ProjectTest)


class Help(ProjectTest):
    def test_help_shows_our_options_only(self):
        result = self.run_tool("--help")
        self.assertEqual(result.code, CLEAN)
        for option in ("--checks", "--model", "--set", "--format", "--export-fixes",
                       "--header-filter", "--exclude", "--fail-on", "--stats",
                       "--dump", "--allow-incomplete", "--config", "--jobs"):
            self.assertIn(option, result.out)
        self.assertNotIn("vectorize", result.out)
        self.assertIn("Exit codes", result.out)

    def test_version(self):
        result = self.run_tool("--version")
        self.assertEqual(result.code, CLEAN)
        self.assertRegex(result.out, r"^conntidy \d+\.\d+\.\d+\n$")

    def test_foreign_options_are_refused(self):
        self.assert_wrong_use(self.run_tool("--inline-threshold=3"),
                              "inline-threshold")

    def test_unknown_option_gets_a_proposal(self):
        self.assert_wrong_use(self.run_tool("--chekcs=conn-leak"),
                              "--chekcs", "did you mean '--checks")

    def test_value_that_is_none(self):
        self.assert_wrong_use(self.run_tool("--format=xml"), "xml")
        self.assert_wrong_use(self.run_tool("--jobs=many"), "many")

    def test_explain_prints_the_manual(self):
        result = self.run_tool("explain", "conn-leak")
        self.assertEqual(result.code, CLEAN)
        self.assertTrue(result.out.startswith("# conn-leak\n"))
        self.assertIn("## ", result.out)

    def test_explain_of_no_check(self):
        unknown = self.run_tool("explain", "conn-leek")
        self.assert_wrong_use(unknown, "did you mean 'conn-leak'")
        self.assertNotIn(" --checks", unknown.err)  # an option that was not given
        self.assert_wrong_use(self.run_tool("explain"), "--list-checks")


class Checks(ProjectTest):
    def listed(self, *options):
        result = self.run_tool("--list-checks", *options)
        self.assertEqual(result.code, CLEAN, result.err)
        return [line.split()[0] for line in result.out.splitlines()]

    def test_default_leaves_advice_out(self):
        checks = self.listed()
        self.assertIn("conn-leak", checks)
        self.assertIn("conn-leak-on-throw", checks)
        self.assertNotIn("conn-raw-acquire", checks)

    def test_globs(self):
        self.assertIn("conn-raw-acquire", self.listed("--checks=*"))
        self.assertEqual(self.listed("--checks=conn-leak"), ["conn-leak"])
        self.assertEqual(self.listed("--checks=-*,conn-raw-*"), ["conn-raw-acquire"])
        self.assertNotIn("conn-leak", self.listed("--checks=conn-*,-conn-leak"))

    def test_removing_starts_from_the_default(self):
        expected = [check for check in self.listed() if check != "conn-leak"]
        self.assertEqual(self.listed("--checks=-conn-leak"), expected)

    def test_unknown_check(self):
        self.leak()
        self.assert_wrong_use(self.run_tool("--checks=conn-leek", "leak.c", "--"),
                              "conn-leek", "did you mean 'conn-leak'")

    def test_no_check_left(self):
        self.assert_wrong_use(self.run_tool("--checks=-*", "--list-checks"),
                              "no check")

    def test_only_the_enabled_checks_speak(self):
        self.leak()
        on = self.run_on("leak.c", "--checks=conn-leak")
        self.assertEqual(on.findings(), [("leak.c", LEAK_LINE, "conn-leak")])
        off = self.run_on("leak.c", "--checks=-conn-leak")
        self.assertEqual((off.code, off.findings()), (CLEAN, []))


class ExitCodes(ProjectTest):
    def test_clean(self):
        self.fine()
        self.assertEqual(self.run_on("fine.c").code, CLEAN)

    def test_findings(self):
        self.leak()
        self.assertEqual(self.run_on("leak.c").code, FINDINGS)

    def test_fail_on(self):
        self.fine("fine.cpp")  # every path releases, by hand
        checks = "--checks=-*,conn-raw-acquire"
        advice = self.run_on("fine.cpp", checks)
        self.assertEqual([r["level"] for r in advice.results], ["note"])
        self.assertEqual(advice.code, CLEAN)
        self.assertEqual(self.run_on("fine.cpp", checks, "--fail-on=note").code,
                         FINDINGS)
        self.leak()
        self.assertEqual(self.run_on("leak.c", "--fail-on=warning").code, FINDINGS)

    def test_incomplete_wins_over_findings(self):
        self.leak()
        self.write("broken.c", "int f( {\n")
        self.database([("leak.c",), ("broken.c",)])
        result = self.run_tool("--format=sarif")
        self.assertEqual(result.code, INCOMPLETE)
        self.assertEqual(result.findings(), [("leak.c", LEAK_LINE, "conn-leak")])
        self.assertIn("broken.c:1:", result.err)
        allowed = self.run_tool("--format=sarif", "--allow-incomplete")
        self.assertEqual(allowed.code, FINDINGS)


class Selection(ProjectTest):
    def setUp(self):
        super().setUp()
        self.leak("src/one.c")
        self.leak("src/deep/two.c")
        self.leak("other/three.c")
        self.database([("src/one.c",), ("src/deep/two.c",), ("other/three.c",)])

    def files(self, *arguments, **more):
        result = self.run_tool("--format=sarif", *arguments, **more)
        self.assertEqual(result.code, FINDINGS, result.err)
        return [file for file, _, _ in result.findings()]

    def test_all_of_the_database(self):
        self.assertEqual(self.files(), ["three.c", "two.c", "one.c"])

    def test_found_upwards(self):
        self.assertEqual(self.files(cwd=self.root / "src/deep"),
                         ["three.c", "two.c", "one.c"])

    def test_found_in_build_directory(self):
        (self.root / "build").mkdir()
        (self.root / "compile_commands.json").rename(
            self.root / "build/compile_commands.json")
        self.assertEqual(len(self.files(cwd=self.root / "src")), 3)
        self.assertEqual(len(self.files("-p", "build")), 3)
        self.assertEqual(len(self.files("-p", "build/compile_commands.json")), 3)

    def test_directory_and_file(self):
        self.assertEqual(self.files("src"), ["two.c", "one.c"])
        self.assertEqual(self.files("src/one.c", "other"), ["three.c", "one.c"])
        self.assertEqual(self.files(self.root / "src/one.c"), ["one.c"])

    def test_exclude(self):
        self.assertEqual(self.files("--exclude=src/deep"), ["three.c", "one.c"])
        self.assertEqual(self.files("--exclude=two.c", "--exclude=oth*"), ["one.c"])

    def test_exclude_that_is_no_glob(self):
        self.assert_wrong_use(self.run_tool("--exclude=a[b"), "a[b")

    def test_link_to_the_sources(self):
        (self.root / "alias").symlink_to(self.root / "src")
        self.assertEqual(self.files("alias/one.c"), ["one.c"])

    def test_unit_that_is_a_link(self):
        """A finding in it is in the main file, whatever the file is called."""
        (self.root / "linked.c").symlink_to(self.root / "src/one.c")
        self.database([("linked.c",)])
        result = self.run_tool("--header-filter=nothing")
        self.assertIn(f"src/one.c:{LEAK_LINE}:", result.out)
        self.assertIn("1 finding in 1 of 1 file;", result.out)

    def test_jobs_change_nothing(self):
        one = self.run_tool("--format=sarif", "--jobs=1")
        many = self.run_tool("--format=sarif", "--jobs=3")
        self.assertEqual(one.out, many.out)


class Headers(ProjectTest):
    def setUp(self):
        super().setUp()
        self.write("pool/pool.h", "#include <libpq-fe.h>\n"
                   "static inline int leak(void) {\n"
                   '  return PQconnectdb("") != 0;\n'
                   "}\n")
        for name in ("a.c", "b.c"):
            self.write(name, '#include "pool/pool.h"\n')
        self.database([("a.c",), ("b.c",)])

    def test_reported_once_for_all_units(self):
        result = self.run_tool("--format=sarif")
        self.assertEqual(result.findings(), [("pool.h", 3, "conn-leak")])

    def test_header_filter(self):
        kept = self.run_tool("--format=sarif", "--header-filter=pool/")
        self.assertEqual(len(kept.findings()), 1)
        dropped = self.run_tool("--format=sarif", "--header-filter=nothing/")
        self.assertEqual((dropped.code, dropped.findings()), (CLEAN, []))

    def test_header_filter_that_is_no_expression(self):
        self.assert_wrong_use(self.run_tool("--header-filter=(("), "((")

    def test_system_headers_are_silent(self):
        self.database([{"directory": str(self.root), "file": "a.c",
                        "command": "cc -Iinclude -isystem pool -c sys.c"}])
        self.write("sys.c", "#include <pool.h>\n")
        self.database([{"directory": str(self.root), "file": "sys.c",
                        "command": "cc -Iinclude -isystem pool -c sys.c"}])
        result = self.run_tool("--format=sarif")
        self.assertEqual((result.code, result.findings()), (CLEAN, []))


class Dumps(ProjectTest):
    def test_events_and_summaries(self):
        self.write("dial.c", "#include <libpq-fe.h>\n"
                   'PGconn *dial(void) { return PQconnectdb(""); }\n')
        for what in ("events", "summaries"):
            result = self.run_tool("--dump=" + what, "dial.c", "--", "-Iinclude")
            self.assertEqual(result.code, CLEAN, result.err)
            self.assertIn("dial", result.out)
            self.assertIn("PQconnectdb", result.out)
            self.assertNotIn("no findings", result.out)

    def test_needs_a_file(self):
        self.leak()
        self.database([("leak.c",)])
        self.assert_wrong_use(self.run_tool("--dump=events"), "--dump")


class Statistics(ProjectTest):
    def test_figures(self):
        self.leak()
        self.fine()
        self.write("broken.c", "int f( {\n")
        self.database([("leak.c",), ("fine.c",), ("broken.c",)])
        result = self.run_tool("--stats")
        figures = dict(line.strip().rsplit(None, 1)
                       for line in result.err.splitlines()
                       if line.startswith("  ") and line[-1].isdigit())
        self.assertEqual(figures["units analysed"], "2")
        self.assertEqual(figures["units not analysed"], "1")
        self.assertEqual(figures["functions looked at"], "2")
        self.assertEqual(figures["functions over budget"], "0")
        self.assertGreater(float(figures["parse seconds"]), 0)
        self.assertIn("engine seconds", figures)

    def test_over_budget_is_named(self):
        branches = "".join(f"  if (v[{i}]) n += {i};\n" for i in range(40))
        self.write("big.c", "#include <libpq-fe.h>\n"
                   "int big(int *v) {\n  int n = 0;\n"
                   '  PGconn *conn = PQconnectdb("");\n' + branches +
                   "  PQfinish(conn);\n  return n;\n}\n")
        result = self.run_on("big.c", "--stats", "--set", "MaxSteps=5")
        self.assertIn("functions over budget     1\n    big (big.c)", result.err)


class Configuration(ProjectTest):
    MODEL = """\
library: mypool
resources:
  - {name: lease, kind: connection, type: 'void *'}
functions:
  - names: [pool_get]
    acquires: [{resource: lease, handle: return}]
  - names: [pool_put]
    releases: [{resource: lease, handle: 'arg:1'}]
"""
    USE = """\
void *pool_get(void);
void pool_put(void *);
int use(void) {
  void *c = pool_get();
  return c ? 1 : 0;
}
"""

    def test_model_option(self):
        self.write("use.c", self.USE)
        self.write("pool.yaml", self.MODEL)
        self.assertEqual(self.run_on("use.c").findings(), [])
        self.assertEqual(self.run_on("use.c", "--model=pool.yaml").findings(),
                         [("use.c", 4, "conn-leak")])

    def project_file(self, settings=""):
        model = "".join("    " + line + "\n" for line in self.MODEL.splitlines())
        return "models:\n  -\n" + model + settings

    def test_project_file_upwards_from_the_source(self):
        self.write("lib/conntidy.yaml", self.project_file())
        self.write("lib/deep/use.c", self.USE)
        self.write("use.c", self.USE)
        self.database([("lib/deep/use.c",), ("use.c",)])
        result = self.run_tool("--format=sarif")
        uris = [r["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
                for r in result.results]
        self.assertEqual(uris, ["lib/deep/use.c"])

    def test_config_option_in_place_of_the_search(self):
        self.write("other.yaml", self.project_file())
        self.write("use.c", self.USE)
        result = self.run_on("use.c", "--config=other.yaml")
        self.assertEqual(result.findings(), [("use.c", 4, "conn-leak")])

    def test_settings_and_set(self):
        self.leak()
        self.write("conntidy.yaml", "settings:\n  ThrowCertainty: sometimes\n")
        self.assert_wrong_use(self.run_tool("leak.c", "--", "-Iinclude"),
                              "conntidy.yaml:2: ", "ThrowCertainty", "'likely'")
        self.write("conntidy.yaml", "settings:\n  ThrowCertainty: definite\n")
        self.assertEqual(self.run_on("leak.c").code, FINDINGS)
        self.assert_wrong_use(
            self.run_tool("--set", "ThrowCertainty=never", "leak.c", "--"),
            "--set", "ThrowCertainty")

    def test_set_without_value(self):
        self.assert_wrong_use(self.run_tool("--set", "MaxSteps"), "KEY=VALUE")

    def test_set_of_no_setting(self):
        self.assert_wrong_use(self.run_tool("--set", "MaxStep=3"),
                              "MaxStep", "did you mean 'MaxSteps'")


if __name__ == "__main__":
    unittest.main()
