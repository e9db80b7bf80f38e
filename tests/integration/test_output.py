"""What a reader gets: text, SARIF, suppressions, exported fixes."""
import json
import re
import subprocess
import unittest

from workspace import (CLEAN, FINDINGS, INCOMPLETE, LEAK_LINE, ProjectTest)


class Text(ProjectTest):
    def setUp(self):
        super().setUp()
        self.leak()
        self.fine()
        self.database([("leak.c",), ("fine.c",)])

    def test_form_of_a_finding(self):
        result = self.run_tool()
        lines = result.out.splitlines()
        self.assertRegex(lines[0], rf"^leak\.c:{LEAK_LINE}:18: (warning|error): "
                                   r"[^A-Z].*[^.] \[conn-leak\]$")
        self.assertEqual(lines[1], '    3 |   PGconn *conn = PQconnectdb("");')
        self.assertRegex(lines[2], r"^      \|                  \^~{14} 1\. ")

    def test_trail_is_numbered_and_shows_its_lines(self):
        out = self.run_tool().out
        numbers = [int(n) for n in re.findall(r"[~-] +(\d+)\. ", out)]
        self.assertGreaterEqual(len(numbers), 2)
        self.assertEqual(numbers, list(range(1, len(numbers) + 1)))
        self.assertIn("    4 |   return conn ? 1 : 0;", out)

    def test_summary(self):
        self.assertEqual(self.run_tool().out.splitlines()[-1],
                         "1 finding in 1 of 2 files; 2 units analysed")
        self.assertEqual(self.run_tool("fine.c").out,
                         "no findings in 1 file; 1 unit analysed\n")

    def test_quiet(self):
        self.write("broken.c", "int f( {\n")
        self.database([("fine.c", "-fconserve-stack"), ("broken.c",)])
        result = self.run_tool("--quiet")
        self.assertEqual(result.code, INCOMPLETE)
        self.assertEqual(result.out, "")
        self.assertNotIn("note:", result.err)
        self.assertIn("broken.c:1:", result.err)

    def test_output_file(self):
        result = self.run_tool("-o", "report.txt")
        self.assertEqual((result.code, result.out), (FINDINGS, ""))
        self.assertIn("[conn-leak]", (self.root / "report.txt").read_text())
        self.assertIn("1 finding in", result.err)

    def test_no_colours_and_no_progress_in_files(self):
        result = self.run_tool()
        self.assertNotIn("\033", result.out + result.err)

    def test_paths_outside_are_absolute(self):
        (self.root / "elsewhere").mkdir()
        result = self.run_tool("-p", "..", cwd=self.root / "elsewhere")
        self.assertTrue(result.out.startswith(f"{self.root}/leak.c:{LEAK_LINE}:"))

    def test_tabs_and_wide_characters_keep_the_marker_in_place(self):
        self.write("wide.c", "#include <libpq-fe.h>\nint leak(void) {\n"
                   '\tconst char *e = "größe"; PGconn *conn = PQconnectdb(e);\n'
                   "\treturn conn ? 1 : 0;\n}\n")
        lines = self.run_tool("wide.c", "--", "-Iinclude").out.splitlines()
        self.assertEqual(lines[1].index("PQconnectdb"), lines[2].index("^"))


class Suppressions(ProjectTest):
    CALL = 'PQconnectdb("")'

    def run_with(self, body, *options):
        self.write("s.c", "#include <libpq-fe.h>\n" + body)
        return self.run_on("s.c", *options)

    def outcome(self, comment, before="", after=""):
        body = f"{before}int leak(void) {{ return {self.CALL} != 0; }} {comment}\n{after}"
        result = self.run_with(body)
        return result.code, len(result.findings())

    def test_that_count(self):
        for comment in ("// NOLINT", "// NOLINT(conn-leak)", "// NOLINT(conn-*)",
                        "// NOLINT(google-x, conn-leak)", "/* NOLINT */",
                        "// NOLINT(*): known"):
            with self.subTest(comment):
                self.assertEqual(self.outcome(comment), (CLEAN, 0))

    def test_that_do_not_count(self):
        for comment in ("// NOLINT(conn-other)", "// NOLINT()", "// XNOLINT",
                        "// NOLINTNEXTLINE", "// NOLINT(*,-conn-leak)", "// nolint"):
            with self.subTest(comment):
                self.assertEqual(self.outcome(comment), (FINDINGS, 1))

    def test_next_line(self):
        self.assertEqual(self.outcome("", "// NOLINTNEXTLINE(conn-leak)\n"),
                         (CLEAN, 0))
        self.assertEqual(self.outcome("", "// NOLINTNEXTLINE(conn-leak)\n\n"),
                         (FINDINGS, 1))

    def test_block(self):
        self.assertEqual(self.outcome("", "// NOLINTBEGIN(conn-leak)\n",
                                      "// NOLINTEND(conn-leak)\n"), (CLEAN, 0))
        self.assertEqual(self.outcome("", "// NOLINTBEGIN\n// NOLINTEND\n"),
                         (FINDINGS, 1))

    def test_block_without_end(self):
        result = self.run_with("// NOLINTBEGIN(conn-leak)\n"
                               f"int leak(void) {{ return {self.CALL} != 0; }}\n"
                               "// NOLINTEND(conn-other)\n")
        self.assertEqual((result.code, len(result.findings())), (FINDINGS, 1))
        self.assertIn("s.c:2: NOLINTBEGIN", result.err)
        self.assertIn("s.c:4: NOLINTEND", result.err)

    def test_only_the_line_of_the_finding_counts(self):
        result = self.run_with("int leak(void) {\n"
                               f"  PGconn *conn = {self.CALL};\n"
                               "  return conn ? 1 : 0; // NOLINT(conn-leak)\n}\n")
        self.assertEqual(len(result.findings()), 1)

    def test_justification_in_sarif(self):
        line = f"int leak%d(void) {{ return {self.CALL} != 0; }} %s\n"
        result = self.run_with(
            line % (1, "// NOLINT(conn-leak): lives as long as the process") +
            line % (2, "/* NOLINT: short */") + line % (3, "// NOLINT"))
        self.assertEqual(result.code, CLEAN)
        self.assertEqual(
            [r["suppressions"] for r in result.results],
            [[{"kind": "inSource", "status": "accepted",
               "justification": "lives as long as the process"}],
             [{"kind": "inSource", "status": "accepted", "justification": "short"}],
             [{"kind": "inSource", "status": "accepted"}]])

    def test_text_counts_but_does_not_show_them(self):
        self.write("s.c", "#include <libpq-fe.h>\n"
                   f"int leak(void) {{ return {self.CALL} != 0; }} // NOLINT\n")
        result = self.run_tool("s.c", "--", "-Iinclude")
        self.assertEqual(result.out,
                         "no findings in 1 file, 1 suppressed; 1 unit analysed\n")


class Sarif(ProjectTest):
    def setUp(self):
        super().setUp()
        (self.root / ".git").mkdir()
        self.leak("src/leak.c")
        self.database([("src/leak.c",)])
        self.result = self.run_tool("--format=sarif")
        self.run_of_log = self.result.sarif["runs"][0]

    def test_result(self):
        [result] = self.run_of_log["results"]
        driver = self.run_of_log["tool"]["driver"]
        self.assertEqual(result["ruleId"], "conn-leak")
        self.assertEqual(driver["rules"][result["ruleIndex"]]["id"], "conn-leak")
        self.assertIn(result["level"], ("warning", "error"))
        place = result["locations"][0]["physicalLocation"]
        self.assertEqual(place["artifactLocation"]["uri"], "src/leak.c")
        self.assertEqual(place["artifactLocation"]["uriBaseId"], "%SRCROOT%")
        self.assertEqual(place["region"], {"startLine": 3, "startColumn": 18,
                                           "endLine": 3, "endColumn": 33})
        logical = result["locations"][0]["logicalLocations"][0]
        self.assertEqual(logical["fullyQualifiedName"], "leak")

    def test_exits_are_related_locations(self):
        [result] = self.run_of_log["results"]
        lines = [location["physicalLocation"]["region"]["startLine"]
                 for location in result["relatedLocations"]]
        self.assertEqual(lines, [4])

    def test_trail_is_a_code_flow(self):
        [result] = self.run_of_log["results"]
        [flow] = result["codeFlows"]
        [thread] = flow["threadFlows"]
        steps = thread["locations"]
        self.assertEqual(steps[0]["kinds"][0], "acquire")
        self.assertEqual(steps[0]["importance"], "essential")
        self.assertIn("exit", steps[-1]["kinds"])
        for step in steps:
            self.assertEqual(step["nestingLevel"], 0)
            self.assertTrue(step["location"]["message"]["text"])

    def test_rules(self):
        for rule in self.run_of_log["tool"]["driver"]["rules"]:
            self.assertTrue(rule["help"]["markdown"])
            self.assertTrue(rule["helpUri"].endswith("/" + rule["id"]))
            weakness = {"conn-double-release": "1341", "conn-use-after-release": "672",
                        "conn-wrong-release": "763", "conn-leak": "772"}.get(
                            rule["id"], r"\d+")
            self.assertRegex(" ".join(rule["properties"]["tags"]),
                             rf"external/cwe/cwe-{weakness}$")

    def test_weaknesses(self):
        [taxonomy] = self.run_of_log["taxonomies"]
        self.assertEqual(taxonomy["name"], "CWE")
        for taxon in taxonomy["taxa"]:
            self.assertTrue(taxon["shortDescription"]["text"].endswith("."), taxon["id"])
        driver = self.run_of_log["tool"]["driver"]
        self.assertEqual(driver["supportedTaxonomies"], [{"name": "CWE", "index": 0}])
        for rule in driver["rules"]:
            [relationship] = rule["relationships"]
            target = relationship["target"]
            taxon = taxonomy["taxa"][target["index"]]
            self.assertEqual(taxon["id"], target["id"])
            self.assertIn(f"external/cwe/cwe-{taxon['id']}", rule["properties"]["tags"])

    def test_the_message_leads_to_the_exits(self):
        self.write("src/leak.c", "#include <libpq-fe.h>\nint leak(int *x) {\n"
                   '  PGconn *conn = PQconnectdb("");\n'
                   "  if (x[0])\n    return 1;\n  return 2;\n}\n")
        [result] = self.run_tool("--format=sarif").results
        self.assertIn("when [line 5](1) returns", result["message"]["text"])
        self.assertTrue(result["message"]["text"].endswith(" See [line 6](2)."))
        self.assertEqual([(place["id"], place["physicalLocation"]["region"]["startLine"])
                          for place in result["relatedLocations"]], [(1, 5), (2, 6)])

    def test_what_was_not_analysed(self):
        self.write("src/broken.c", "\nint f( {\n")
        self.write("src/quiet.c", "#include <libpq-fe.h>\n"
                   'int leak(void) { return PQconnectdb("") != 0; } // NOLINT: known\n')
        self.database([("src/leak.c",), ("src/broken.c",), ("src/quiet.c",)])
        result = self.run_tool("--format=sarif", "--checks=*")
        self.assertEqual(result.code, INCOMPLETE)
        [invocation] = result.sarif["runs"][0]["invocations"]
        self.assertFalse(invocation["executionSuccessful"])
        [note] = invocation["toolExecutionNotifications"]
        self.assertEqual(note["level"], "error")
        described = {one["id"] for one in
                     result.sarif["runs"][0]["tool"]["driver"]["notifications"]}
        self.assertIn(note["descriptor"]["id"], described)
        place = note["locations"][0]["physicalLocation"]
        self.assertEqual(place["artifactLocation"]["uri"], "src/broken.c")
        self.assertEqual(place["region"]["startLine"], 2)

    def git(self, *arguments):
        return subprocess.run(
            ["git", "-c", "user.name=n", "-c", "user.email=e@example.org", *arguments],
            cwd=self.root, check=True, capture_output=True, text=True).stdout.strip()

    def test_the_revision_without_secrets(self):
        (self.root / ".git").rmdir()
        self.git("init", "-q", "-b", "main")
        self.git("add", "src")
        self.git("commit", "-q", "-m", "first")
        self.assertNotIn("versionControlProvenance",
                         self.run_tool("--format=sarif").sarif["runs"][0])
        self.git("remote", "add", "origin", "https://me:secret@example.org/team/code.git")
        result = self.run_tool("--format=sarif")
        self.assertEqual(result.sarif["runs"][0]["versionControlProvenance"], [
            {"repositoryUri": "https://example.org/team/code.git",
             "revisionId": self.git("rev-parse", "HEAD"), "branch": "main",
             "mappedTo": {"uriBaseId": "%SRCROOT%"}}])
        self.git("checkout", "-q", "--detach")
        [place] = self.run_tool("--format=sarif").sarif["runs"][0][
            "versionControlProvenance"]
        self.assertNotIn("branch", place)

    def test_a_fix_is_a_replacement(self):
        self.write("src/leak.c", "#include <libpq-fe.h>\nvoid free(void *);\n"
                   "int wrong(void) {\n"
                   '  PGconn *conn = PQconnectdb("");\n'
                   "  free(conn);\n  return 0;\n}\n")
        [result] = [one for one in self.run_tool("--format=sarif").results
                    if one["ruleId"] == "conn-wrong-release"]
        [fix] = result["fixes"]
        [change] = fix["artifactChanges"]
        self.assertEqual(change["artifactLocation"]["uri"], "src/leak.c")
        self.assertEqual(change["replacements"], [
            {"deletedRegion": {"startLine": 5, "startColumn": 3,
                               "endLine": 5, "endColumn": 7},
             "insertedContent": {"text": "PQfinish"}}])

    def test_two_runs_write_the_same_and_no_absolute_path(self):
        again = self.run_tool("--format=sarif", cwd=self.root / "src")
        self.assertEqual(again.out, self.result.out)
        log = self.result.sarif
        bases = log["runs"][0].pop("originalUriBaseIds")
        self.assertEqual(bases, {"%SRCROOT%": {"uri": self.root.as_uri() + "/"}})
        self.assertNotIn(str(self.root), json.dumps(log))

    def test_columns_count_utf16_code_units(self):
        self.write("src/leak.c", "#include <libpq-fe.h>\nint leak(void) {\n"
                   '  const char *e = "ä€😀"; PGconn *conn = PQconnectdb(e);\n'
                   "  return conn ? 1 : 0;\n}\n")
        result = self.run_tool("--format=sarif")
        line = (self.root / "src/leak.c").read_text(encoding="utf-8").splitlines()[2]
        before = line[:line.index("PQconnectdb")]
        region = result.results[0]["locations"][0]["physicalLocation"]["region"]
        self.assertEqual(region["startColumn"],
                         len(before.encode("utf-16-le")) // 2 + 1)
        self.assertEqual(result.sarif["runs"][0]["columnKind"], "utf16CodeUnits")

    def test_paths_are_encoded(self):
        self.leak("src/a b%ä.c")
        self.database([("src/a b%ä.c",)])
        [result] = self.run_tool("--format=sarif").results
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        self.assertEqual(uri, "src/a%20b%25%C3%A4.c")

    def test_source_that_is_not_utf8(self):
        self.write("src/leak.c", b"#include <libpq-fe.h>\nint leak(void) {\n"
                   b'  return /* \xe4\xf6 */ PQconnectdb("\xfc") != 0;\n}\n')
        [result] = self.run_tool("--format=sarif").results
        self.assertEqual(result["ruleId"], "conn-leak")


class ExportedFixes(ProjectTest):
    def test_yaml_of_clang_tidy(self):
        self.leak()
        result = self.run_tool("--export-fixes=fixes.yaml", "leak.c", "--", "-Iinclude")
        self.assertEqual(result.code, FINDINGS)
        text = (self.root / "fixes.yaml").read_text()
        self.assertIn("DiagnosticName:  conn-leak", text)
        offset = (self.root / "leak.c").read_bytes().index(b"PQconnectdb(")
        self.assertIn(f"FileOffset:      {offset}\n", text)
        self.assertIn(f"FilePath:        '{self.root}/leak.c'", text)


if __name__ == "__main__":
    unittest.main()
