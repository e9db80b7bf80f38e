"""Leaks that were fixed: the right two versions are looked at, and what is counted is
what the result file says is counted."""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from lib import corpus, history  # noqa: E402 (needs the path above)


def finding(function, check="conn-leak", file="a.c"):
    return {"key": {"file": file, "function": function, "check": check}, "line": 1,
            "message": "it leaks"}


def case(**row):
    row = dict({"repository": "r", "fix": "f", "file": "a.c", "functions": ["leaks"],
                "checks": ["conn-leak"]}, **row)
    return history.Case(row, {"url": "https://github.com/o/r"}, pathlib.Path("/nowhere"))


class Judging(unittest.TestCase):
    def judge(self, before, after, parsed=True, **row):
        trees = {"before": before, "after": after}
        kept = history.analyse, history.in_file
        self.addCleanup(lambda: (setattr(history, "analyse", kept[0]),
                                 setattr(history, "in_file", kept[1])))
        history.analyse = lambda case, side, tool: (side, {"lost": 0, "parsed": parsed})
        history.in_file = lambda case, side: trees[side]
        return history.judge(case(**row), None)

    def test_found_before_and_silent_after(self):
        result = self.judge([finding("leaks")], [])
        self.assertTrue(result.complete and result.silent)

    def test_another_function_or_check_is_not_found(self):
        self.assertFalse(self.judge([finding("other")], []).complete)
        self.assertFalse(self.judge([finding("leaks", "conn-double-release")], []).complete)

    def test_every_function_of_the_case_has_to_be_found(self):
        functions = ["leaks", "too"]
        self.assertFalse(self.judge([finding("leaks")], [], functions=functions).complete)
        both = [finding("leaks"), finding("N::C::too(int)")]
        self.assertTrue(self.judge(both, [], functions=functions).complete)

    def test_any_finding_left_in_the_function_is_false(self):
        result = self.judge([finding("leaks")], [finding("leaks", "conn-leak-on-throw")])
        self.assertFalse(result.silent)

    def test_what_is_known_to_be_left_does_not_count(self):
        result = self.judge([finding("leaks")], [finding("leaks")], rest="a second one")
        self.assertEqual(result.false, [])
        self.assertIn("0 of 0 versions", history.report([result]))

    def test_silence_about_a_file_that_does_not_parse_is_none(self):
        self.assertFalse(self.judge([], [], parsed=False).silent)

    def test_a_control_is_never_to_be_reported(self):
        result = self.judge([finding("leaks")], [], control=True)
        self.assertEqual(len(result.false), 1)
        self.assertIn("0 of 0 versions, 0 %", history.report([result]))

    def test_figures(self):
        results = [self.judge([finding("leaks")], []), self.judge([], [finding("leaks")])]
        text = history.report(results)
        self.assertIn("reported before the fix: 1 of 2 versions, 50 %; 1 of 2 functions", text)
        self.assertIn("silent after the fix: 1 of 2 versions", text)


@unittest.skipUnless(shutil.which("git"), "needs git")
class Versions(unittest.TestCase):
    def test_the_fix_and_its_parent_are_checked_out_and_completed(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        cache = pathlib.Path(folder.name).resolve()
        mirror = cache / "o" / "r.git"
        work = cache / "work"

        def git(*words):
            return subprocess.run(["git", "-C", work, "-c", "user.name=a", "-c", "user.email=a",
                                   *words], check=True, text=True, capture_output=True,
                                  env=dict(os.environ, GIT_CONFIG_GLOBAL=os.devnull)).stdout

        work.mkdir()
        git("init", "-q")
        (work / "config.h.in").write_text("#define DEPTH @DEPTH@\n")
        for text in ("wrong", "right"):
            (work / "a.c").write_text(text)
            (work / "b.c").write_text(text)
            git("add", ".")
            git("commit", "-q", "-m", text)
        fix = git("rev-parse", "HEAD").strip()
        subprocess.run(["git", "clone", "-q", "--bare", work, mirror], check=True)
        here = history.Case(case(fix=fix, units=["*.c"]).row, {
            "url": "https://github.com/o/r", "templates": {"config.h.in": "config.h"}}, cache)
        for side, text in (("before", "wrong"), ("after", "right")):
            tree = history.check_out(here, side)
            self.assertEqual((tree.source / "a.c").read_text(), text)
            self.assertEqual((tree.source / "config.h").read_text(), "#define DEPTH 0\n")
            self.assertEqual(history.units(here, tree), ["a.c", "b.c"])


class Table(unittest.TestCase):
    def test_every_case_says_what_is_needed(self):
        cases = history.load(pathlib.Path("/nowhere"), [])
        self.assertGreater(len(cases), 20)
        for each in cases:
            with self.subTest(case=each.name):
                for key in ("file", "functions", "checks", "was"):
                    self.assertTrue(each.row.get(key))
                self.assertTrue(each.repository["url"].startswith("https://github.com/"))
        names = [(each.row["repository"], each.fix, each.row["file"]) for each in cases]
        self.assertEqual(len(names), len(set(names)))

    def test_an_unknown_name_is_said(self):
        with self.assertRaises(corpus.Problem):
            history.load(pathlib.Path("/nowhere"), ["nobody"])


if __name__ == "__main__":
    unittest.main()
