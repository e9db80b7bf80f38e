"""The report page as a file: what it holds, and what it cannot be made of.

What a person sees of it is tried in a browser, in tests/report.
"""
import base64
import hashlib
import json
import re
import unittest

from workspace import CLEAN, FINDINGS, LEAK_LINE, WRONG_USE, ProjectTest


class Page(ProjectTest):
    def setUp(self):
        super().setUp()
        self.leak()
        self.database([("leak.c",)])

    def page(self, *logs):
        """(text, data) of the page that is made of these logs."""
        result = self.run_tool("report", *logs, "--html", "page.html")
        self.assertEqual((result.code, result.out, result.err), (CLEAN, "", ""))
        return self.read_page()

    def read_page(self):
        text = (self.root / "page.html").read_text(encoding="utf-8")
        data = re.search(r'<script type="application/json" id="data">(.*?)</script>', text, re.S)
        return text, json.loads(data.group(1))

    def log(self, results, name="made.sarif", **more):
        run = {"tool": {"driver": {"name": "another"}}, "results": results, **more}
        return self.write(name, json.dumps({"version": "2.1.0", "runs": [run]}))

    @staticmethod
    def result(uri, line, **more):
        return {"message": {"text": "wrong"}, "locations": [{"physicalLocation": {
            "artifactLocation": {"uri": uri}, "region": {"startLine": line}}}], **more}

    def test_after_a_run_and_of_its_log_it_is_the_same(self):
        ran = self.run_tool("--export-sarif", "run.sarif", "--html", "page.html")
        self.assertEqual(ran.code, FINDINGS)
        _, direct = self.read_page()
        _, later = self.page("run.sarif")
        self.assertEqual((direct.pop("logs"), later.pop("logs")), (["this run"], ["run.sarif"]))
        self.assertEqual(direct, later)
        [finding] = direct["findings"]
        self.assertEqual((finding["check"], finding["function"], finding["at"][1]),
                         ("conn-leak", "leak", LEAK_LINE))
        self.assertEqual(direct["files"][0]["path"], "leak.c")
        [[first, lines]] = direct["files"][0]["lines"]
        self.assertEqual(lines[LEAK_LINE - first], '  PGconn *conn = PQconnectdb("");')
        self.assertIn("acquire", finding["ways"][0][0]["kinds"])
        self.assertIn("## What it does", direct["rules"]["conn-leak"]["help"])

    def test_only_its_own_script_and_style_may_be_used(self):
        text, _ = self.page(self.log([self.result("leak.c", 3)]))
        policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text).group(1)
        self.assertTrue(policy.startswith("default-src 'none';"), policy)
        self.assertNotIn("unsafe", policy)
        for kind, tag in (("script-src", "script"), ("style-src", "style")):
            [content] = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.S)
            digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
            self.assertIn(f"{kind} 'sha256-{digest}'", policy)
        self.assertEqual(re.findall(r"\s(?:src|href|style|on\w+)=\"(?!#)", text), [])

    def test_nothing_of_a_log_or_a_source_is_a_tag(self):
        self.write("evil.c", b'f("</script><!--<script>\xe2\x80\xa8&amp;\xff");\n')
        text, data = self.page(self.log([self.result("evil.c", 1, ruleId="<b>")]))
        self.assertEqual(data["files"][0]["lines"],
                         [[1, ['f("</script><!--<script>\u00e2\u0080\u00a8&amp;\u00ff");']]])
        self.assertEqual(data["findings"][0]["check"], "<b>")
        embedded = text.split('id="data">')[1].split("</script>")[0]
        self.assertEqual([sign for sign in "<>&\u2028\u2029" if sign in embedded], [])

    def test_several_logs_make_one_page(self):
        self.write("a/src/x.c", "one();\n")
        self.write("b/src/x.c", "two();\n")
        logs = []
        for part in "ab":
            base = {"%SRCROOT%": {"uri": f"file://{self.root}/{part}/"}}
            found = self.result("src/x.c", 1)
            place = found["locations"][0]["physicalLocation"]["artifactLocation"]
            place["uriBaseId"] = "%SRCROOT%"
            logs.append(self.log([found], f"{part}.sarif", originalUriBaseIds=base))
        _, data = self.page(*logs)
        self.assertEqual([(file["path"], file["lines"][0][1]) for file in data["files"]],
                         [("a/src/x.c", ["one();"]), ("b/src/x.c", ["two();"])])
        self.assertEqual([finding["at"][0] for finding in data["findings"]], [0, 1])

    def test_sources_are_found_where_the_log_or_the_user_is(self):
        self.write("logs/near.c", "near();\n")
        gone = {"%SRCROOT%": {"uri": "file:///builds/project/"}}
        found = self.result("leak.c", 3)
        found["locations"][0]["physicalLocation"]["artifactLocation"]["uriBaseId"] = "%SRCROOT%"
        _, data = self.page(self.log([found, self.result("near.c", 1), self.result("gone.c", 1)],
                                     "logs/made.sarif", originalUriBaseIds=gone))
        self.assertEqual([bool(file["lines"]) for file in data["files"]], [True, True, False])

    def test_no_more_of_a_file_is_taken_over_than_is_shown(self):
        self.write("long.c", "".join(f"line({n});\n" for n in range(1, 1001)))
        _, data = self.page(self.log([self.result("long.c", 500)]))
        [[first, lines]] = data["files"][0]["lines"]
        self.assertEqual((first, len(lines)), (494, 13))

    def test_what_was_not_analysed_is_told(self):
        self.write("broken.c", "int f( {\n")
        self.database([("broken.c",)])
        self.run_tool("--html", "page.html")
        _, data = self.read_page()
        self.assertEqual([note["level"] for note in data["notes"]], ["error"])
        self.assertIn("Not analysed", data["notes"][0]["text"])

    def test_holds_are_shown_with_the_findings(self):
        self.run_tool("--export-sarif", "run.sarif")
        held = self.run_tool("holds", "--format=json", "-o", "holds.json")
        self.assertIn(held.code, (CLEAN, FINDINGS), held.err)
        _, data = self.page("run.sarif", "holds.json")
        [hold] = data["holds"]
        self.assertEqual((hold["function"], hold["handle"], hold["leaks"], hold["at"][1]),
                         ("leak", "conn", True, LEAK_LINE))
        self.assertEqual(data["files"][hold["at"][0]]["path"], "leak.c")
        self.assertEqual(len(data["findings"]), 1)

    def test_devices_are_not_read(self):
        _, data = self.page(self.log([self.result("file:///dev/zero", 1)]))
        self.assertEqual(data["files"][0]["lines"], [])


class WrongInput(ProjectTest):
    def refused(self, content, *words):
        if content is not None:
            self.write("log.sarif", content)
        result = self.run_tool("report", "log.sarif", "--html", "page.html")
        self.assert_wrong_use(result, "log.sarif:", *words)
        self.assertFalse((self.root / "page.html").exists())

    def test_no_file(self):
        self.refused(None, "cannot be read", "--format=sarif")

    def test_no_json(self):
        self.refused('{"runs":\n [}', "log.sarif:2:", "is no JSON")

    def test_cut_off(self):
        self.refused('{"version": "2.1.0", "runs": [{"results": [', "is no JSON", "broken off")

    def test_no_sarif(self):
        self.refused("[]", "has no 'runs'", "--format=sarif")
        self.refused('{"runs": 3}', "has no 'runs'")

    def test_another_version(self):
        self.refused('{"version": "1.0.0", "runs": []}', "version '1.0.0'", "2.1.0")

    def test_nested_without_end(self):
        self.refused('{"version": "2.1.0", "runs": ' + "[" * 100000, "nested too deep")

    def test_anything_else_is_left_out(self):
        odd = [3, None, "x", [], {}, {"locations": 1}, {"locations": [{}], "codeFlows": [{}]},
               {"locations": [{"physicalLocation": {"artifactLocation": {"index": 99}}}]},
               {"ruleIndex": -1, "fixes": [{}], "suppressions": [{}], "message": {"id": "gone"}},
               {"locations": [{"physicalLocation": {"artifactLocation": {"uri": "x.c"},
                "region": {"startLine": -5, "endLine": 4000000000, "startColumn": 1e9}}}]}]
        self.write("log.sarif", json.dumps({"version": "2.1.0", "runs": [
            4, {"results": odd, "invocations": [{"toolExecutionNotifications": [{}]}]}]}))
        result = self.run_tool("report", "log.sarif", "--html", "page.html")
        self.assertEqual((result.code, result.err), (CLEAN, ""))

    def test_wrong_command_line(self):
        self.assert_wrong_use(self.run_tool("report"), "SARIF files")
        self.assert_wrong_use(self.run_tool("report", "a.sarif"), "--html")
        self.write("log.sarif", '{"version": "2.1.0", "runs": []}')
        self.assert_wrong_use(self.run_tool("report", "log.sarif", "--html", "none/page.html"),
                              "none/page.html")


if __name__ == "__main__":
    unittest.main()
