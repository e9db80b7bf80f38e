"""What a change adds: --diff and --staged on repositories of all kinds."""
import json
import pathlib
import shutil
import subprocess
import unittest

from workspace import CLEAN, FINDINGS, INCOMPLETE, RepositoryTest

STORE = """\
#include "store.h"
void store_close(PGconn *conn) { %s; }
"""
STORE_H = """\
#include <libpq-fe.h>
void store_close(PGconn *conn);
"""
USER = """\
#include "store.h"
int use(void) {
  PGconn *conn = PQconnectdb("");
  store_close(conn);
  return 0;
}
"""


class ChangesTest(RepositoryTest):
    """A repository with an old leak in one file and none in the other."""

    def setUp(self):
        super().setUp()
        self.source("src/a.c", "leak_old", "fine_a")
        self.source("src/b.c", "fine_b")
        self.database([("src/a.c",), ("src/b.c",)])
        self.first = self.commit("first")

    def since(self, revision="HEAD", *arguments):
        return self.run_tool("--format=sarif", "--diff", revision, *arguments)

    def staged(self, *arguments):
        return self.run_tool("--format=sarif", "--staged", *arguments)


class Since(ChangesTest):

    def test_nothing_changed(self):
        result = self.run_tool("--diff", "HEAD")
        self.assertEqual(result.code, CLEAN, result.err)
        self.assertEqual(result.out,
                         "no new findings in 0 files, 0 known; 0 units analysed\n")

    def test_only_what_is_new_counts(self):
        self.source("src/a.c", "leak_new", "leak_old", "fine_a")
        result = self.since()
        self.assertEqual(result.code, FINDINGS)
        self.assertEqual(self.functions(result), [("src/a.c", "leak_new")])
        self.assertIn("1 new finding in 1 of 1 file, 1 known", result.err)
        second = self.commit()
        self.assertEqual(self.since().code, CLEAN)
        self.assertEqual(self.functions(self.since(self.first)), [("src/a.c", "leak_new")])
        self.assertEqual(self.since(second).code, CLEAN)

    def test_a_deleted_release(self):
        text = (self.root / "src/b.c").read_text()
        self.write("src/b.c", text.replace("  PQfinish(conn);\n", ""))
        self.assertEqual(self.functions(self.since()), [("src/b.c", "fine_b")])

    def test_a_lost_noexcept_in_a_header(self):
        self.write("src/log.h", "void note(int) noexcept;\n")
        self.write("src/c.cpp", '#include <libpq-fe.h>\n#include "log.h"\n'
                   "void c() {\n"
                   '  PGconn *conn = PQconnectdb("");\n  note(1);\n  PQfinish(conn);\n}\n')
        self.database([("src/a.c",), ("src/b.c",), ("src/c.cpp",)])
        self.commit()
        self.assertEqual(self.since().code, CLEAN)
        self.write("src/log.h", "void note(int);\n")
        result = self.since()
        self.assertEqual([one["ruleId"] for one in result.results if one["level"] != "note"],
                         ["conn-leak-on-throw"])
        self.assertIn("1 unit analysed", result.err)

    def test_what_is_mended_is_said(self):
        self.source("src/a.c", "fine_old", "fine_a")
        result = self.run_tool("--diff", "HEAD")
        self.assertEqual(result.code, CLEAN)
        self.assertIn("0 known, 1 mended", result.out)

    def test_a_new_file(self):
        self.source("src/new.c", "leak_new")
        self.database([("src/a.c",), ("src/b.c",), ("src/new.c",)])
        self.assertEqual(self.functions(self.since()), [("src/new.c", "leak_new")])
        self.git("add", "-A")
        self.assertEqual(self.functions(self.since()), [("src/new.c", "leak_new")])
        self.assertEqual(self.since().err.count("note:"), 0)

    def test_a_renamed_file(self):
        (self.root / "lib").mkdir()
        self.git("mv", "src/a.c", "lib/renamed.c")
        self.database([("lib/renamed.c",), ("src/b.c",)])
        result = self.since()
        self.assertEqual(result.code, CLEAN, result.out)
        text = (self.root / "lib/renamed.c").read_text()
        self.write("lib/renamed.c", text.replace("leak_old", "leak_other"))
        self.assertEqual(self.functions(self.since()), [("lib/renamed.c", "leak_other")])

    def test_a_function_that_moved(self):
        self.source("src/a.c", "fine_a")
        self.source("src/b.c", "fine_b", "leak_old")
        self.assertEqual(self.since().code, CLEAN)

    def test_a_comment_that_is_taken_away(self):
        self.write("src/b.c", "#include <libpq-fe.h>\n"
                   'int b(void) { return PQconnectdb("") != 0; } // NOLINT\n')
        self.commit()
        self.write("src/b.c", "#include <libpq-fe.h>\n"
                   'int b(void) { return PQconnectdb("") != 0; }\n')
        self.assertEqual(self.functions(self.since()), [("src/b.c", "b")])

    def test_advice_is_for_changed_code(self):
        self.source("src/c.cpp", "fine_c")
        self.database([("src/a.c",), ("src/c.cpp",)])
        self.commit()
        self.source("src/c.cpp", "fine_c", "fine_new")
        result = self.since()
        self.assertEqual(result.code, CLEAN)
        advice = [one for one in result.results if one["ruleId"] == "conn-raw-acquire"]
        self.assertEqual({one["level"] for one in advice}, {"note"})
        self.assertEqual([one["baselineState"] for one in advice], ["unchanged", "new"])

    def test_from_where_the_branch_left(self):
        self.git("checkout", "-q", "-b", "topic")
        self.git("checkout", "-q", "main")
        self.source("src/a.c", "fine_old", "fine_a")
        self.commit("the leak is mended on main")
        self.git("checkout", "-q", "topic")
        self.source("src/b.c", "fine_b", "leak_b")
        self.assertEqual(self.functions(self.since("main")), [("src/b.c", "leak_b")])
        self.source("src/a.c", "leak_old", "fine_a", "fine_more")
        self.assertEqual(self.functions(self.since("main")), [("src/b.c", "leak_b")])

    def test_a_detached_head(self):
        self.git("checkout", "-q", "--detach")
        self.source("src/b.c", "fine_b", "leak_b")
        self.assertEqual(self.functions(self.since()), [("src/b.c", "leak_b")])
        self.assertEqual(self.functions(self.staged()), [])
        self.git("add", "-A")
        self.assertEqual(self.functions(self.staged()), [("src/b.c", "leak_b")])

    def test_a_shallow_clone(self):
        self.git("checkout", "-q", "-b", "topic")
        self.source("src/b.c", "fine_b", "leak_b")
        self.commit()
        clone = self.root / "clone"
        self.git("clone", "-q", "--depth=1", "--branch=topic", "--no-single-branch",
                 f"file://{self.root}", clone)
        self.database([{"directory": str(clone), "file": f"src/{name}.c",
                        "arguments": ["cc", "-Iinclude", "-c", f"src/{name}.c"]}
                       for name in "ab"], "clone/compile_commands.json")
        result = self.run_tool("--format=sarif", "--diff", "origin/main", cwd=clone)
        self.assertEqual(self.functions(result), [("src/b.c", "leak_b")])
        self.assertIn("compared as they are ('git fetch --unshallow' mends it)", result.err)
        missing = self.run_tool("--diff", self.first[:-1] + "0", cwd=clone)
        self.assert_wrong_use(missing, "no commit that this clone has", "--unshallow")

    def test_a_submodule(self):
        other = self.root.parent / (self.root.name + "-library")
        self.addCleanup(shutil.rmtree, other)
        other.mkdir()
        self.git("init", "-q", cwd=other)
        self.git("config", "user.name", "nobody", cwd=other)
        self.git("config", "user.email", "nobody@example.org", cwd=other)
        (other / "store.h").write_text("#include <libpq-fe.h>\n"
                                       "static inline void shut(PGconn *c) { PQfinish(c); }\n")
        self.git("add", "-A", cwd=other)
        self.git("commit", "-q", "-m", "library", cwd=other)
        self.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", other, "lib")
        self.write("src/c.c", '#include "../lib/store.h"\nint c(void) {\n'
                   '  PGconn *conn = PQconnectdb("");\n  shut(conn);\n  return 0;\n}\n')
        self.database([("src/a.c",), ("src/b.c",), ("src/c.c",)])
        self.commit()
        self.assertEqual(self.since().code, CLEAN)
        self.write("lib/store.h", "#include <libpq-fe.h>\n"
                   "static inline void shut(PGconn *c) { (void)c; }\n")
        self.assertEqual(self.functions(self.since()), [("src/c.c", "c")])
        self.git("-c", "user.name=n", "-c", "user.email=e@example.org", "commit", "-qam",
                 "broken", cwd=self.root / "lib")
        self.assertEqual(self.functions(self.since()), [("src/c.c", "c")])
        self.git("add", "lib")
        self.assertEqual(self.functions(self.staged()), [("src/c.c", "c")])
        # As git calls a hook.
        result = self.run_tool("--format=sarif", "--staged",
                               env={"GIT_DIR": ".git", "GIT_INDEX_FILE": ".git/index"})
        self.assertEqual(self.functions(result), [("src/c.c", "c")])

    def test_other_units_are_known_from_the_index(self):
        self.write("src/store.h", STORE_H)
        self.write("src/store.c", STORE % "PQfinish(conn)")
        self.write("src/use.c", USER)
        self.database([("src/a.c",), ("src/store.c",), ("src/use.c",)])
        self.commit()
        self.assertEqual(self.run_tool("src/use.c", "src/store.c").code, CLEAN)
        self.run_tool()  # makes the index
        self.write("src/store.c", STORE % "(void)conn")
        result = self.since()
        self.assertEqual(self.functions(result), [("src/use.c", "use")])
        self.git("add", "-A")
        self.assertEqual(self.functions(self.staged()), [("src/use.c", "use")])

    def test_what_was_broken_before_is_not_the_changes_fault(self):
        self.write("src/broken.h", "int f( {\n")
        self.write("src/broken.c", '#include "broken.h"\n#include "shared.h"\n')
        self.write("src/shared.h", "int shared;\n")
        self.database([("src/a.c",), ("src/b.c",), ("src/broken.c",)])
        self.commit()
        self.write("src/shared.h", "int shared2;\n")
        self.assertEqual(self.since().code, CLEAN)
        self.write("src/broken.c", '#include "broken.h"\n')
        self.assertEqual(self.since().code, INCOMPLETE)

    def test_code_that_is_mended_to_compile_is_new(self):
        self.write("src/b.c", "int f( {\n")
        self.commit()
        self.source("src/b.c", "leak_b")
        result = self.since()
        self.assertEqual(self.functions(result), [("src/b.c", "leak_b")])
        self.assertIn("src/b.c: could not be analysed as it was before", result.err)

    def test_with_a_baseline(self):
        self.source("src/b.c", "fine_b", "leak_b")
        self.assertEqual(self.run_tool("baseline", "create").code, CLEAN)
        self.source("src/b.c", "fine_b", "leak_b", "leak_c")
        result = self.since("HEAD", "--baseline", ".conntidy-baseline")
        self.assertEqual(self.functions(result), [("src/b.c", "leak_c")])

    def test_wrong_use(self):
        self.assert_wrong_use(self.run_tool("--diff", "nonsense"), "'nonsense' is no commit")
        self.assert_wrong_use(self.run_tool("--diff", "--output=x"), "no commit")
        self.assert_wrong_use(self.run_tool("--diff", "HEAD", "--staged"), "only one of them")
        shutil.rmtree(self.root / ".git")
        self.assert_wrong_use(self.run_tool("--staged"), "not a git repository")


class Staged(ChangesTest):

    def test_the_index_counts_and_not_the_work_tree(self):
        self.source("src/b.c", "fine_b", "leak_staged")
        self.git("add", "-A")
        self.source("src/b.c", "fine_b", "leak_unstaged")
        result = self.staged()
        self.assertEqual(self.functions(result), [("src/b.c", "leak_staged")])
        self.source("src/b.c", "fine_b", "fine_later")
        self.assertEqual(self.functions(self.staged()), [("src/b.c", "leak_staged")])
        (self.root / "src/b.c").unlink()
        self.assertEqual(self.functions(self.staged()), [("src/b.c", "leak_staged")])

    def test_what_is_not_staged_does_not_count(self):
        self.source("src/b.c", "fine_b", "leak_unstaged")
        self.assertEqual(self.staged().code, CLEAN)

    def test_places_and_comments_are_those_of_the_index(self):
        self.write("src/b.c", "#include <libpq-fe.h>\n\n"
                   'int b(void) { return PQconnectdb("") != 0; }\n'
                   'int c(void) { return PQconnectdb("") != 0; } // NOLINT\n')
        self.git("add", "-A")
        self.write("src/b.c", "int nothing;\n")
        result = self.run_tool("--staged")
        self.assertTrue(result.out.startswith("src/b.c:3:"), result.out)
        self.assertIn('    3 | int b(void) { return PQconnectdb("") != 0; }', result.out)
        self.assertEqual(result.out.count("[conn-leak]"), 1)

    def test_a_staged_header(self):
        self.write("src/store.h", "#include <libpq-fe.h>\n"
                   "static inline void shut(PGconn *c) { PQfinish(c); }\n")
        self.write("src/b.c", '#include "store.h"\nint b(void) {\n'
                   '  PGconn *conn = PQconnectdb("");\n  shut(conn);\n  return 0;\n}\n')
        self.commit()
        header = (self.root / "src/store.h").read_text()
        self.write("src/store.h", header.replace("PQfinish(c)", "(void)c"))
        self.git("add", "-A")
        self.write("src/store.h", header)
        self.assertEqual(self.functions(self.staged()), [("src/b.c", "b")])

    def test_settings_are_those_of_the_index(self):
        self.source("src/b.c", "fine_b", "leak_b")
        self.write("conntidy.yaml", "gate: {fail-on: error}\n")
        self.git("add", "-A")
        self.write("conntidy.yaml", "gate: {fail-on: never}\n")
        self.assertEqual(self.staged().code, FINDINGS)
        self.git("add", "-A")
        self.assertEqual(self.staged().code, CLEAN)
        self.write("conntidy.yaml", "nonsense: true\n")
        self.assertEqual(self.staged().code, CLEAN)

    def test_a_staged_rename(self):
        self.git("mv", "src/a.c", "src/renamed.c")
        self.database([("src/renamed.c",), ("src/b.c",)])
        self.assertEqual(self.staged().code, CLEAN)

    def test_before_the_first_commit(self):
        fresh = self.root / "fresh"
        fresh.mkdir()
        self.git("init", "-q", cwd=fresh)
        self.source("fresh/a.c", "leak_first")
        self.database([{"directory": str(fresh), "file": "a.c",
                        "arguments": ["cc", "-I../include", "-c", "a.c"]}],
                      "fresh/compile_commands.json")
        nothing = self.run_tool("--format=sarif", "--staged", cwd=fresh)
        self.assertEqual(nothing.code, CLEAN, nothing.err)
        self.git("add", "a.c", cwd=fresh)
        result = self.run_tool("--format=sarif", "--staged", cwd=fresh)
        self.assertEqual(self.functions(result), [("a.c", "leak_first")])

    def test_conflicts(self):
        self.git("checkout", "-q", "-b", "left")
        self.source("src/b.c", "fine_left")
        self.commit()
        self.git("checkout", "-q", "main")
        self.source("src/b.c", "fine_right")
        self.commit()
        with self.assertRaises(subprocess.CalledProcessError):
            self.git("merge", "left")
        self.assert_wrong_use(self.staged(), "src/b.c: has conflicts")

    def test_files_of_no_language(self):
        self.write("README.md", "words\n")
        self.git("add", "-A")
        result = self.staged()
        self.assertEqual(result.code, CLEAN)
        self.assertIn("0 units analysed", result.err)


class Annotations(ChangesTest):

    def test_github_shows_them_on_changed_lines(self):
        text = (self.root / "src/b.c").read_text()
        self.write("src/b.c", text.replace("  PQfinish(conn);\n", "  if (early)\n"
                                           "    return 1;\n  PQfinish(conn);\n"))
        result = self.run_tool("--format=github", "--diff", "HEAD", "--checks=-*,conn-leak")
        [line] = result.out.splitlines()
        self.assertRegex(line, r"^::error file=src/b\.c,line=5,endLine=5,col=7,endColumn=\d+,"
                               r"title=conn-leak::connection 'conn' .* leaks.*; "
                               r"it begins at src/b\.c:4$")
        sarif = self.since("HEAD", "--checks=-*,conn-leak")
        region = sarif.results[0]["locations"][0]["physicalLocation"]["region"]
        self.assertEqual(region["startLine"], 4)

    def test_github_without_a_change(self):
        result = self.run_tool("--format=github")
        [line] = result.out.splitlines()
        self.assertTrue(line.startswith("::error file=src/a.c,line=4,"), line)
        self.assertNotIn("it begins", line)

    def test_gitlab(self):
        self.source("src/b.c", "leak_b")
        [one] = json.loads(self.run_tool("--format=gitlab", "--diff", "HEAD",
                                         "--checks=-*,conn-leak").out)
        self.assertEqual(one["check_name"], "conn-leak")
        self.assertEqual(one["severity"], "major")
        self.assertEqual(one["location"], {"path": "src/b.c",
                                           "lines": {"begin": 4, "end": 4}})
        [other] = self.since("HEAD", "--checks=-*,conn-leak").results
        self.assertEqual(one["fingerprint"],
                         other["partialFingerprints"]["conntidyFingerprint/v1"])


class Root(ChangesTest):

    def test_the_user_may_be_anywhere_in_the_repository(self):
        self.source("src/b.c", "fine_b", "leak_b")
        result = self.run_tool("--format=sarif", "--diff", "HEAD", cwd=self.root / "src")
        self.assertEqual(self.functions(result), [("src/b.c", "leak_b")])

    def test_the_repository_may_be_called_by_a_link(self):
        link = pathlib.Path(str(self.root) + "-link")
        link.symlink_to(self.root)
        self.addCleanup(link.unlink)
        self.source("src/b.c", "fine_b", "leak_b")
        self.database([{"directory": str(link), "file": str(link / "src/b.c"),
                        "arguments": ["cc", "-Iinclude", "-c", str(link / "src/b.c")]}])
        result = self.run_tool("--format=sarif", "--diff", "HEAD", cwd=link)
        self.assertEqual(self.functions(result), [("src/b.c", "leak_b")])


if __name__ == "__main__":
    unittest.main()
