"""A change that nobody has looked at: it runs nothing and writes nothing elsewhere."""
import shutil
import unittest

from workspace import CLEAN, FINDINGS, RepositoryTest


class NothingIsRun(RepositoryTest):
    def setUp(self):
        super().setUp()
        self.leak()
        self.trace = self.root / "it-was-run"

    def entry(self, *arguments):
        self.database([{"directory": str(self.root), "file": "leak.c",
                        "arguments": [*map(str, arguments), "-Iinclude", "-c", "leak.c"]}])

    def test_flags_that_load_code_are_named(self):
        for flags in (["-fplugin=./evil.so"], ["-fpass-plugin=./evil.so"],
                      ["-Xclang", "-load", "-Xclang", "./evil.so"], ["-B./evil"],
                      ["--config=./evil.cfg"]):
            with self.subTest(flags):
                self.write("evil.cfg", "-fplugin=./evil.so\n")
                self.entry("clang", *flags)
                result = self.run_tool()
                self.assertEqual(result.code, FINDINGS, result.err)
                self.assertIn("which may load or run code", result.err)

    def test_settings_of_a_compiler_in_the_repository(self):
        self.script("tools/clang", f"#!/bin/sh\ntouch '{self.trace}'\n")
        self.write("tools/clang.cfg", "-fplugin=./evil.so -Xclang -load -Xclang ./evil.so\n")
        self.entry(self.root / "tools/clang")
        self.assertEqual(self.run_tool().code, FINDINGS)
        self.assertFalse(self.trace.exists())

    def test_a_compiler_in_the_repository(self):
        compiler = self.script("tools/arm-none-eabi-gcc",
                               f"#!/bin/sh\ntouch '{self.trace}'\nexit 1\n")
        for name in (compiler, "tools/arm-none-eabi-gcc", "src/../tools/arm-none-eabi-gcc"):
            with self.subTest(name):
                (self.root / "src").mkdir(exist_ok=True)
                self.entry(name)
                self.assertIn("it is not run, as it lies in the repository",
                              self.run_tool().err)
                self.assertFalse(self.trace.exists())

    def test_a_compiler_elsewhere_is_asked(self):
        shutil.rmtree(self.root / ".git")
        self.entry(self.script("tools/arm-none-eabi-gcc",
                               f"#!/bin/sh\ntouch '{self.trace}'\nexit 1\n"))
        self.run_tool()
        self.assertTrue(self.trace.exists())

    def test_settings_of_git(self):
        """Attributes and settings of a repository can name programs, too."""
        self.entry("cc")
        self.write(".gitattributes", "*.c diff=evil filter=evil\n")
        evil = self.script("evil", f"#!/bin/sh\ntouch '{self.trace}'\ncat\n")
        self.commit()
        for key in ("diff.evil.command", "diff.evil.textconv", "core.fsmonitor"):
            self.git("config", key, evil)
        self.trace.unlink(missing_ok=True)
        self.leak()
        self.write("leak.c", (self.root / "leak.c").read_text() + "\n")
        self.assertEqual(self.run_tool("--diff", "HEAD").code, CLEAN)
        self.assertFalse(self.trace.exists())

    def test_an_index_that_came_with_the_code(self):
        self.entry("cc")
        self.assertEqual(self.run_tool().code, FINDINGS)
        self.git("add", "-f", ".conntidy/index.db")
        result = self.run_tool()
        self.assertEqual(result.code, FINDINGS)
        self.assertIn("came with the repository", result.err)


class NothingLeavesTheProject(RepositoryTest):
    def setUp(self):
        super().setUp()
        self.elsewhere = self.root.parent / (self.root.name + "-elsewhere")
        self.addCleanup(lambda: self.elsewhere.is_file() and self.elsewhere.unlink())
        self.leak()
        self.database([("leak.c",)])

    def test_through_a_link(self):
        for name, arguments in ((".conntidy-baseline", ["baseline", "create"]),
                                ("log.sarif", ["--format=sarif", "-o", "log.sarif"]),
                                ("log.sarif", ["--export-sarif", "log.sarif"]),
                                ("fix.yaml", ["--export-fixes", "fix.yaml"])):
            with self.subTest(name):
                (self.root / name).unlink(missing_ok=True)
                (self.root / name).symlink_to(self.elsewhere)
                result = self.run_tool(*arguments)
                self.assertEqual(result.code, 2, result.out)
                self.assertIn("leads out of the project", result.err)
                self.assertFalse(self.elsewhere.exists())

    def test_the_index(self):
        self.elsewhere.mkdir()
        self.addCleanup(shutil.rmtree, self.elsewhere)
        (self.root / ".conntidy").symlink_to(self.elsewhere)
        result = self.run_tool()
        self.assertEqual(result.code, FINDINGS)
        self.assertIn("the index is not used", result.err)
        self.assertEqual(list(self.elsewhere.iterdir()), [])

    def test_through_a_directory(self):
        (self.root / "out").symlink_to(self.root.parent)
        result = self.run_tool("-o", f"out/{self.elsewhere.name}")
        self.assert_wrong_use(result, "leads out of the project")
        self.assertFalse(self.elsewhere.exists())

    def test_what_the_user_names_is_written(self):
        self.assertEqual(self.run_tool("-o", self.elsewhere).code, FINDINGS)
        self.assertIn("conn-leak", self.elsewhere.read_text())


if __name__ == "__main__":
    unittest.main()
