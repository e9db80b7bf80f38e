"""A team with old leaks is stopped only by what a change adds.

Hooks and CI as they are used: real repositories, real commits, the real pre-commit.
"""
import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

from workspace import CLEAN, FINDINGS, RepositoryTest, collect

ROOT = pathlib.Path(__file__).resolve().parents[2]


def from_readme(start):
    """The example in README.md that begins with this line."""
    [block] = re.findall(rf"^```yaml\n({re.escape(start)}.*?)^```",
                         (ROOT / "README.md").read_text(encoding="utf-8"), re.M | re.S)
    return block


class GateTest(RepositoryTest):
    """Old leaks, a baseline, and the program in PATH."""

    def setUp(self):
        super().setUp()
        self.script("bin/conntidy", f'#!/bin/sh\nexec "{self.program}" "$@"\n')
        self.environment = {key: value for key, value in os.environ.items()
                            if not key.startswith(("GIT_", "GITHUB_", "GITLAB_", "CI_"))}
        self.environment.update(
            PATH=f"{self.root / 'bin'}:{os.environ['PATH']}",
            PRE_COMMIT_HOME=str(self.root / "pre-commit"), NO_COLOR="1")
        self.write(".gitignore", "compile_commands.json\n.conntidy/\nbin/\npre-commit/\n"
                   "hooks/\n*.sarif\n*.json\n")
        self.source("src/a.c", "leak_old", "fine_a")
        self.source("src/b.c", "leak_older", "fine_b")
        self.database([("src/a.c",), ("src/b.c",)])
        self.assertEqual(self.run_tool("baseline", "create").code, CLEAN)
        self.commit("old leaks, written down")

    def run_program(self, *command, **more):
        environment = dict(self.environment, **more.pop("env", {}))
        return subprocess.run([str(word) for word in command], cwd=self.root,
                              env=environment, capture_output=True, text=True,
                              timeout=120, check=False, **more)

    def try_to_commit(self, message):
        self.git("add", "-A")
        return self.run_program("git", "commit", "-q", "-m", message)

    def add_a_leak(self):
        self.source("src/a.c", "leak_old", "fine_a", "leak_new")

    def delete_a_release(self):
        text = (self.root / "src/b.c").read_text()
        head, tail = text.rsplit("  PQfinish(conn);\n", 1)
        self.write("src/b.c", head + tail)

    def assert_stops_exactly_these(self):
        """The two changes are stopped, and one before and between them is not."""
        self.source("src/a.c", "leak_old", "fine_a", "fine_more")
        passed = self.try_to_commit("harmless")
        self.assertEqual(passed.returncode, 0, passed.stdout + passed.stderr)

        self.add_a_leak()
        stopped = self.try_to_commit("a new leak")
        said = stopped.stdout + stopped.stderr
        self.assertEqual(stopped.returncode, 1, said)
        self.assertEqual(said.count("[conn-leak]"), 1, said)
        self.assertRegex(said, r"src/a\.c:\d+:18: error: .*\[conn-leak\]")
        self.git("reset", "-q", "--hard")

        self.delete_a_release()
        stopped = self.try_to_commit("a deleted release")
        said = stopped.stdout + stopped.stderr
        self.assertEqual(stopped.returncode, 1, said)
        self.assertEqual(said.count("[conn-leak]"), 1, said)
        self.assertRegex(said, r"src/b\.c:\d+:18: error: .*\[conn-leak\]")
        self.git("reset", "-q", "--hard")
        self.assertEqual(self.git("log", "-1", "--format=%s"), "harmless")


class Hooks(GateTest):

    def test_plain_hook(self):
        installed = self.run_program(ROOT / "scripts/hooks/install", ".", "--jobs", "2")
        self.assertEqual(installed.returncode, 0, installed.stderr)
        self.assertTrue(os.access(installed.stdout.strip(), os.X_OK))
        self.assert_stops_exactly_these()
        # Not staged yet: git stages it in an index for this commit alone.
        self.add_a_leak()
        self.source("src/b.c", "leak_older", "fine_b", "leak_unstaged")
        stopped = self.run_program("git", "commit", "-q", "-m", "one file", "src/a.c")
        said = stopped.stdout + stopped.stderr
        self.assertEqual((stopped.returncode, said.count("[conn-leak]")), (1, 1), said)
        self.assertIn("src/a.c:", said)
        self.git("reset", "-q", "--hard")
        again = self.run_program(ROOT / "scripts/hooks/install", ".")
        self.assertEqual(again.returncode, 0, again.stderr)

    def test_a_hook_of_others_is_kept(self):
        hook = self.script(".git/hooks/pre-commit", "#!/bin/sh\nexit 0\n")
        refused = self.run_program(ROOT / "scripts/hooks/install", ".", "-p", "my build")
        self.assertEqual(refused.returncode, 2)
        self.assertIn("conntidy --staged '-p' 'my build'", refused.stderr)
        self.assertEqual(hook.read_text(), "#!/bin/sh\nexit 0\n")

    def test_without_the_program(self):
        (self.root / "bin/conntidy").unlink()
        missing = self.run_program(ROOT / "scripts/hooks/pre-commit",
                                   env={"PATH": "/usr/bin:/bin"})
        if missing.returncode != 2:
            self.skipTest("conntidy is installed here")
        self.assertIn("not in PATH", missing.stderr)

    def test_pre_commit(self):
        hooks = self.root / "hooks"
        hooks.mkdir()
        shutil.copytree(ROOT / "scripts/hooks", hooks / "scripts/hooks")
        shutil.copy(ROOT / ".pre-commit-hooks.yaml", hooks)
        self.git("init", "-q", cwd=hooks)
        self.git("config", "user.name", "nobody", cwd=hooks)
        self.git("config", "user.email", "nobody@example.org", cwd=hooks)
        self.git("add", "-A", cwd=hooks)
        self.git("commit", "-q", "-m", "hooks", cwd=hooks)
        revision = self.git("rev-parse", "HEAD", cwd=hooks)
        settings = from_readme("repos:")
        settings, replaced = re.subn(r"repo: .*\n    rev: .*",
                                     f"repo: {hooks}\n    rev: {revision}", settings)
        self.assertEqual(replaced, 1)
        self.write(".pre-commit-config.yaml", settings)
        # Where the README has it, and nowhere else.
        self.write(".gitignore", "build/\nbin/\npre-commit/\nhooks/\n")
        (self.root / "build").mkdir()
        (self.root / "compile_commands.json").rename(
            self.root / "build/compile_commands.json")
        base = self.commit("pre-commit")
        installed = self.run_program("pre-commit", "install")
        self.assertEqual(installed.returncode, 0, installed.stdout + installed.stderr)
        self.assert_stops_exactly_these()

        # Advice is shown where there is something else to show, and stops nothing.
        self.add_a_leak()
        self.source("src/c.cpp", "fine_c")
        self.database([("src/a.c",), ("src/b.c",), ("src/c.cpp",)],
                      "build/compile_commands.json")
        stopped = self.try_to_commit("a leak")
        self.assertEqual(stopped.returncode, 1)
        self.assertRegex(stopped.stdout + stopped.stderr,
                         r"src/c\.cpp:4:18: note: .*\[conn-raw-acquire\]")

        # In CI pre-commit looks at a range.
        self.git("commit", "-q", "--no-verify", "-m", "a leak nobody looked at")
        ranged = self.run_program("pre-commit", "run", "--from-ref", base,
                                  "--to-ref", "HEAD")
        self.assertEqual(ranged.returncode, 1, ranged.stdout + ranged.stderr)
        self.assertEqual(ranged.stdout.count("[conn-leak]"), 1)


class ContinuousIntegration(GateTest):

    def gate(self, **environment):
        return self.run_program(ROOT / "scripts/ci-gate", "--quiet", env=environment)

    def new_results(self):
        """What is new in the SARIF that was written, by function."""
        text = (self.root / "conntidy.sarif").read_text()
        collect(text)
        return [one["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]
                for one in json.loads(text)["runs"][0]["results"]
                if one["baselineState"] == "new" and one["level"] != "note"]

    def test_a_branch_with_a_baseline(self):
        self.assertEqual(self.gate().returncode, CLEAN)
        self.assertEqual(self.new_results(), [])
        self.add_a_leak()
        self.commit("a new leak")
        self.assertEqual(self.gate().returncode, FINDINGS)
        self.assertEqual(self.new_results(), ["leak_new"])
        self.delete_a_release()
        self.commit("a deleted release")
        self.assertEqual(self.gate().returncode, FINDINGS)
        self.assertEqual(self.new_results(), ["leak_new", "fine_b"])

    def test_the_readmes_thresholds(self):
        self.write("conntidy.yaml", from_readme("gate:"))
        (self.root / ".conntidy-baseline").unlink()
        self.assertEqual(self.gate().returncode, FINDINGS)
        self.assertEqual(self.run_tool("--checks=conn-leak-on-throw").code, CLEAN)

    def test_a_pull_request_on_github(self):
        (self.root / ".conntidy-baseline").unlink()
        self.commit("no baseline")
        self.git("update-ref", "refs/remotes/origin/main", "HEAD")
        self.git("checkout", "-q", "-b", "topic")
        self.delete_a_release()
        self.commit("a deleted release")
        result = self.gate(GITHUB_ACTIONS="true", GITHUB_BASE_REF="main")
        self.assertEqual(result.returncode, FINDINGS, result.stderr)
        errors = [line for line in result.stdout.splitlines() if line.startswith("::error")]
        self.assertEqual(len(errors), 1, result.stdout)
        self.assertIn("file=src/b.c,line=", errors[0])
        self.assertEqual(self.new_results(), ["fine_b"])

    def test_a_merge_request_on_gitlab(self):
        base = self.git("rev-parse", "HEAD")
        self.add_a_leak()
        self.commit("a new leak")
        result = self.gate(GITLAB_CI="true", CI_MERGE_REQUEST_DIFF_BASE_SHA=base)
        self.assertEqual(result.returncode, FINDINGS, result.stderr)
        report = json.loads((self.root / "gl-code-quality-report.json").read_text())
        self.assertEqual([one["check_name"] for one in report if one["severity"] == "major"],
                         ["conn-leak"])
        self.assertEqual(self.new_results(), ["leak_new"])


if __name__ == "__main__":
    unittest.main()
