"""The programs as they are installed: a user has these, not the build folder.

The environment variable CONNTIDY_PREFIX names where they are. Without it, what is
built in CONNTIDY_BUILD is installed into a folder, which is then moved.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "faces"))
from lsp import Server  # noqa: E402

# Needs Clang's own headers, the C library's and those of C++.
LEAK = """\
#include <cstdio>
#include <stddef.h>
#include <string>
size_t size_of(const std::string &path) {
  std::FILE *file = std::fopen(path.c_str(), "r");
  if (!file)
    return 0;
  if (std::fseek(file, 0, SEEK_END))
    return 0;
  size_t size = std::ftell(file);
  std::fclose(file);
  return size;
}
"""
MODULE = "lib/conntidy/ConntidyModule.so"
INSTALLED = {"bin/conntidy", "bin/conntidy-clangd", MODULE, "share/conntidy/schema.json",
             "share/conntidy/scripts/ci-gate", "share/conntidy/scripts/hooks/install",
             "share/conntidy/scripts/hooks/pre-commit",
             "share/conntidy/scripts/gitlab/conntidy.yml",
             "share/doc/conntidy/README.md", "share/doc/conntidy/CHANGELOG.md",
             "share/doc/conntidy/copyright"}


OWN = unittest.skipIf(os.environ.get("CONNTIDY_PREFIX"), "others have files in this prefix, too")


def folder(test):
    made = pathlib.Path(tempfile.mkdtemp(prefix="conntidy-")).resolve()
    test.addClassCleanup(shutil.rmtree, made)
    return made


class Installed(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.root = folder(cls)
        cls.file = cls.root / "file.cpp"
        cls.file.write_text(LEAK, encoding="utf-8")
        cls.prefix = os.environ.get("CONNTIDY_PREFIX")
        if cls.prefix:
            cls.prefix = pathlib.Path(cls.prefix)
            return
        first = folder(cls) / "first"
        subprocess.run(["cmake", "--install", os.environ["CONNTIDY_BUILD"], "--prefix", first],
                       check=True, stdout=subprocess.DEVNULL)
        cls.prefix = folder(cls) / "moved"
        first.rename(cls.prefix)

    def run_on(self, *command):
        return subprocess.run(command, cwd=self.root, text=True, capture_output=True,
                              stdin=subprocess.DEVNULL, timeout=120, check=False)

    def said_in_editor(self, text):
        configuration = {**os.environ, "XDG_CONFIG_HOME": str(self.root / "user")}
        server = Server([self.prefix / "bin/conntidy-clangd", "--log=error"], self.root,
                        configuration)
        server.open(self.file, text, "cpp")
        said = server.diagnostics(self.file)
        self.assertEqual(server.shut_down(), 0)
        for stream in (server.process.stdin, server.process.stdout, server.process.stderr):
            stream.close()
        return [one["code"] for one in said]

    def test_what_belongs_to_it_is_there(self):
        there = {name for name in INSTALLED if (self.prefix / name).is_file()}
        self.assertEqual(there, INSTALLED)

    def test_the_command_finds_a_leak(self):
        result = self.run_on(self.prefix / "bin/conntidy", self.file, "--", "-std=c++17")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn("[conn-leak]", result.stdout)

    def test_the_command_has_its_manual_pages_and_models(self):
        for words, said in ((["explain", "conn-leak"], "PQfinish"), (["models", "list"], "libpq")):
            result = self.run_on(self.prefix / "bin/conntidy", *words)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn(said, result.stdout)

    def test_clang_tidy_loads_the_module(self):
        result = self.run_on(os.environ.get("CLANG_TIDY", "clang-tidy-22"),
                             f"--load={self.prefix / MODULE}", "--checks=-*,conn-*", self.file,
                             "--", "-std=c++17")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("[conn-leak]", result.stdout)

    def test_the_editor_shows_a_leak(self):
        self.assertIn("conn-leak", self.said_in_editor(LEAK))

    @OWN
    def test_there_is_nothing_else(self):
        self.assertEqual({str(path.relative_to(self.prefix)) for path in self.prefix.rglob("*")
                          if path.is_file()}, INSTALLED)

    @OWN
    def test_nothing_knows_where_it_was_built(self):
        build = os.environ["CONNTIDY_BUILD"].encode()
        for name in INSTALLED:
            self.assertNotIn(build, (self.prefix / name).read_bytes(), name)

    @OWN
    def test_headers_of_clang_beside_it_are_taken(self):
        own = self.prefix / "lib/clang/22/include/beside.h"
        own.parent.mkdir(parents=True)
        self.addCleanup(shutil.rmtree, self.prefix / "lib/clang")
        own.write_text('#error "taken from the prefix"\n', encoding="utf-8")
        text = "#include <beside.h>\n"
        (self.root / "beside.cpp").write_text(text, encoding="utf-8")
        result = self.run_on(self.prefix / "bin/conntidy", "beside.cpp", "--")
        self.assertIn("taken from the prefix", result.stdout + result.stderr)
        self.assertIn("pp_hash_error", self.said_in_editor(text))


if __name__ == "__main__":
    unittest.main()
