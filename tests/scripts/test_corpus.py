"""The corpus: compilations are recorded, findings named without line numbers, and
verdicts counted as strictly as the figures in the README claim."""
import contextlib
import io
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from lib import corpus, sarif, verdicts  # noqa: E402 (needs the path above)


class Folder(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.home = pathlib.Path(folder.name).resolve()


class Recorder(Folder):
    def record(self, *arguments):
        log = self.home / "log"
        code = subprocess.run([corpus.RECORDER, *arguments], cwd=self.home, check=False,
                              env=dict(os.environ, RECORD_TO=str(log)),
                              stdout=subprocess.DEVNULL).returncode
        lines = log.read_text().splitlines() if log.exists() else []
        return code, [json.loads(line) for line in lines]

    def test_a_compilation_leaves_an_entry_and_an_empty_object(self):
        code, entries = self.record("cc", "-DX=a.c", "-c", "sub/a.c", "-o", "out/a.o")
        self.assertEqual(code, 0)
        self.assertEqual(entries, [{"directory": str(self.home), "file": "sub/a.c",
                                    "arguments": ["cc", "-DX=a.c", "-c", "-o", "out/a.o",
                                                  "sub/a.c"]}])
        self.assertEqual((self.home / "out/a.o").read_text(), "")

    def test_an_output_named_like_a_source_is_none(self):
        _, entries = self.record("cc", "-c", "-MF", "dep.c", "a.c")
        self.assertEqual([e["file"] for e in entries], ["a.c"])
        self.assertTrue((self.home / "a.o").exists())

    def test_linking_leaves_a_program_that_runs(self):
        code, entries = self.record("cc", "a.o", "-o", "tool")
        self.assertEqual((code, entries), (0, []))
        self.assertEqual(subprocess.run([self.home / "tool"], check=False).returncode, 0)

    def test_questions_go_to_the_real_compiler(self):
        code, entries = self.record("false", "-E", "a.c")
        self.assertEqual((code, entries), (1, []))


class Verdicts(Folder):
    TRUE = {"true": True, "reason": "the early return"}
    THROWS = dict(TRUE, throws="line 3, std::stoi: std::invalid_argument")

    def setUp(self):
        super().setUp()
        for module, name, value in ((corpus, "ROOT", self.home),
                                    (verdicts, "FILE", self.home / "verdicts.json"),
                                    (verdicts, "RESULTS", self.home / "results.txt")):
            self.addCleanup(setattr, module, name, getattr(module, name))
            setattr(module, name, value)
        self.package = corpus.Package("pkg", {}, self.home / "pkg")
        (self.package.source / "src").mkdir(parents=True)
        self.report(["conn-leak"])

    def report(self, checks, above=""):
        """A run that found one thing per check in one function."""
        source = self.package.source / "src/a.c"
        source.write_text(above + "\n".join(["c = open(\n    x);"] * len(checks)) + "\n")
        first = above.count("\n")
        results = [{
            "ruleId": check, "message": {"text": "c leaks."},
            "locations": [{
                "logicalLocations": [{"fullyQualifiedName": "f"}],
                "physicalLocation": {
                    "artifactLocation": {"uri": "src/a.c", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": first + 2 * i + 1, "startColumn": 5,
                               "endLine": first + 2 * i + 2, "endColumn": 7}}}]}
            for i, check in enumerate(checks)]
        log = {"runs": [{"originalUriBaseIds": {
            "%SRCROOT%": {"uri": f"file://{self.package.source}/"}}, "results": results}]}
        self.package.sarif.write_text(json.dumps(log))
        corpus.write_json(self.package.run, {"version": "1", "units": 1, "lost": [], "exit": 1})

    def score(self):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = verdicts.score([self.package], keep=False)
        return code, out.getvalue()

    def judge(self, *pairs):
        with contextlib.redirect_stderr(io.StringIO()):
            verdicts.add([self.package])
        rows = json.loads(verdicts.FILE.read_text())
        for row, pair in zip(rows, pairs):
            row["verdicts"] = list(pair)
        verdicts.FILE.write_text(json.dumps(rows))

    def test_a_finding_is_named_by_its_words(self):
        self.assertEqual(sarif.findings(self.package)[0]["key"], {
            "package": "pkg", "file": "src/a.c", "function": "f", "check": "conn-leak",
            "acquire": "open( x)"})

    def test_a_verdict_outlives_lines_that_move(self):
        self.judge([self.TRUE, self.TRUE])
        self.report(["conn-leak"], above="\n\n\n")
        self.assertEqual(self.score()[0], 0)

    def test_equal_acquires_in_a_function_have_verdicts_of_their_own(self):
        self.report(["conn-leak", "conn-leak"])
        self.judge([self.TRUE, self.TRUE])
        code, text = self.score()
        self.assertEqual(code, 1)
        self.assertIn("a.c:3: c leaks", text)
        self.assertNotIn("a.c:1: c leaks", text)

    def test_an_unjudged_finding_is_listed_and_fails(self):
        code, text = self.score()
        self.assertEqual(code, 1)
        self.assertIn("not judged twice: " + str(self.package.source / "src/a.c:1"), text)

    def test_one_verdict_is_not_enough(self):
        self.judge([self.TRUE])
        self.assertEqual(self.score()[0], 1)

    def precision(self, pair, check="conn-leak"):
        self.report([check])
        self.judge(pair)
        code, text = self.score()
        self.assertEqual(code, 0)
        return text

    def test_agreement_counts_as_true(self):
        self.assertIn("100.0 %", self.precision([self.TRUE, self.TRUE]))

    def test_disagreement_counts_as_false(self):
        self.assertIn(" 0.0 %", self.precision([self.TRUE, dict(self.TRUE, true=False)]))

    def test_undecided_counts_as_false(self):
        self.assertIn(" 0.0 %", self.precision([self.TRUE, dict(self.TRUE, true="undecided")]))

    def test_a_throw_that_is_not_named_counts_as_false(self):
        self.assertIn(" 0.0 %", self.precision([self.THROWS, self.TRUE], "conn-leak-on-throw"))

    def test_a_throw_that_both_name_counts_as_true(self):
        self.assertIn("100.0 %", self.precision([self.THROWS, self.THROWS],
                                                "conn-leak-on-throw"))

    def test_few_findings_are_no_evidence(self):
        self.assertIn("not enough evidence", self.precision([self.TRUE, self.TRUE]))
        count = verdicts.ENOUGH
        self.report(["conn-leak"] * count)
        self.judge(*[[self.TRUE, self.TRUE]] * count)
        self.assertNotIn("not enough evidence", self.score()[1])

    def test_a_lost_unit_fails(self):
        self.judge([self.TRUE, self.TRUE])
        corpus.write_json(self.package.run,
                          {"version": "1", "units": 1, "lost": ["a.c"], "exit": 3})
        self.assertEqual(self.score()[0], 1)

    def test_a_verdict_needs_a_reason(self):
        self.judge([self.TRUE, {"true": True}])
        with self.assertRaisesRegex(corpus.Problem, "without a reason"):
            self.score()

    def test_two_verdicts_on_one_finding_are_refused(self):
        self.judge([self.TRUE, self.TRUE])
        verdicts.FILE.write_text(json.dumps(json.loads(verdicts.FILE.read_text()) * 2))
        with self.assertRaisesRegex(corpus.Problem, "two entries"):
            self.score()


class Units(Folder):
    def test_links_and_other_programs_objects_are_one_unit(self):
        package = corpus.Package("pkg", {"except": {"b.c": "why"}}, self.home)
        package.source.mkdir()
        package.build.mkdir()
        for name in ("a.c", "b.c", "c.S"):
            (package.source / name).touch()
        (package.build / "a.c").symlink_to(package.source / "a.c")
        entries = [{"directory": str(package.build), "file": name, "arguments": ["cc", name]}
                   for name in ("a.c", "../source/a.c", "../source/b.c", "../source/c.S", "d.c")]
        self.assertEqual([e["file"] for e in corpus.wanted_entries(package, entries)],
                         [str(package.build / "a.c")])

    def test_a_command_becomes_a_syntax_check(self):
        entry = {"command": "cc -DX='a b' -MD -MF x.d -o a.o -c a.c"}
        self.assertEqual(corpus.syntax_command(entry), ["cc", "-DX=a b", "a.c", "-fsyntax-only"])


if __name__ == "__main__":
    unittest.main()
