"""Old findings are written down, and only what is new counts."""
import unittest

from workspace import CLEAN, FINDINGS, INCOMPLETE, RepositoryTest


class Baseline(RepositoryTest):
    def setUp(self):
        super().setUp()
        self.source("src/a.c", "leak_one", "fine_one")
        self.source("src/b.c", "leak_two")
        self.database([("src/a.c",), ("src/b.c",)])

    def create(self, *arguments):
        result = self.run_tool("baseline", "create", *arguments)
        self.assertEqual(result.code, CLEAN, result.err)
        return result

    def run_with(self, *arguments):
        return self.run_tool("--baseline", ".conntidy-baseline", *arguments)

    def lines(self):
        return (self.root / ".conntidy-baseline").read_text().splitlines()[1:]

    def test_what_is_known_does_not_count(self):
        self.assertEqual(self.create().out, ".conntidy-baseline: 2 findings\n")
        result = self.run_with()
        self.assertEqual(result.code, CLEAN, result.out)
        self.assertEqual(result.out,
                         "no new findings in 2 files, 2 known; 2 units analysed\n")
        self.source("src/a.c", "leak_new", "leak_one", "fine_one")
        result = self.run_with()
        self.assertEqual(result.code, FINDINGS)
        self.assertIn("leak_new", (self.root / "src/a.c").read_text().splitlines()[2])
        self.assertEqual(result.out.count("[conn-leak]"), 1)
        self.assertTrue(result.out.startswith("src/a.c:4:"), result.out)
        self.assertIn("1 new finding in 1 of 2 files, 2 known", result.out)

    def test_file_is_sorted_and_has_no_lines_of_code(self):
        self.create()
        lines = self.lines()
        self.assertEqual(lines, sorted(lines))
        self.assertEqual([line.split("\t")[:3] for line in lines],
                         [["conn-leak", "src/a.c", "leak_one"],
                          ["conn-leak", "src/b.c", "leak_two"]])

    def test_states_in_sarif(self):
        self.create()
        self.source("src/b.c", "leak_two", "leak_three")
        result = self.run_with("--format=sarif")
        self.assertEqual({one["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]:
                          one["baselineState"] for one in result.results},
                         {"leak_one": "unchanged", "leak_two": "unchanged",
                          "leak_three": "new"})

    def test_a_function_may_move_to_another_file(self):
        self.create()
        self.source("src/a.c", "fine_one")
        self.source("src/b.c", "leak_two", "leak_one")
        result = self.run_with()
        self.assertEqual(result.code, CLEAN, result.out)
        self.assertNotIn("gone", result.out)
        # But if nobody looks at where it was, it may be there still.
        self.assertEqual(self.run_with("src/b.c").code, FINDINGS)

    def test_what_is_gone_is_said_and_struck_off(self):
        self.create()
        self.source("src/a.c", "fine_one")
        result = self.run_with()
        self.assertEqual(result.code, CLEAN)
        self.assertIn("1 of the baseline are gone: 'conntidy baseline update'", result.out)
        self.assertIn("src/a.c: conn-leak in 'leak_one' is in the baseline", result.err)
        self.assertNotIn("gone", self.run_with("src/b.c").out)
        update = self.run_tool("baseline", "update")
        self.assertEqual(update.out,
                         ".conntidy-baseline: 1 finding, 0 of them new; 1 gone\n")
        self.assertEqual(len(self.lines()), 1)
        self.assertNotIn("gone", self.run_with().out)

    def test_a_deleted_file_is_gone(self):
        self.create()
        (self.root / "src/a.c").unlink()
        self.database([("src/b.c",)])
        self.assertIn("1 of the baseline are gone", self.run_with().out)

    def test_update_of_a_part_keeps_the_rest(self):
        self.create()
        self.source("src/a.c", "leak_one", "leak_more")
        self.source("src/b.c", "fine_two")
        self.assertEqual(self.run_tool("baseline", "update", "src/a.c").code, CLEAN)
        self.assertEqual([line.split("\t")[2] for line in self.lines()],
                         ["leak_more", "leak_one", "leak_two"])

    def test_of_what_was_not_analysed_nothing_is_gone(self):
        self.create()
        self.write("src/a.c", "int f( {\n")
        result = self.run_with()
        self.assertEqual(result.code, INCOMPLETE)
        self.assertNotIn("gone", result.out)
        self.assertEqual(self.run_tool("baseline", "update").code, INCOMPLETE)
        self.assertEqual(len(self.lines()), 2)

    def test_suppressed_findings_are_not_in_it(self):
        self.write("src/a.c", "#include <libpq-fe.h>\n"
                   'int leak(void) { return PQconnectdb("") != 0; } // NOLINT\n')
        self.create()
        self.assertEqual(len(self.lines()), 1)
        self.write("src/a.c", "#include <libpq-fe.h>\n"
                   'int leak(void) { return PQconnectdb("") != 0; }\n')
        self.assertEqual(self.run_with().code, FINDINGS)

    def test_show(self):
        self.create()
        self.assertEqual(self.run_tool("baseline", "show").out,
                         "src/a.c: conn-leak in 'leak_one'\n"
                         "src/b.c: conn-leak in 'leak_two'\n")

    def test_the_place_of_the_user_does_not_matter(self):
        self.create()
        result = self.run_tool("--baseline", "../.conntidy-baseline", cwd=self.root / "src")
        self.assertEqual(result.code, CLEAN, result.out)
        self.assertEqual(self.run_tool("baseline", "show", cwd=self.root / "src").code, CLEAN)

    def test_wrong_use(self):
        self.assert_wrong_use(self.run_tool("--baseline", "none"), "none: cannot be read",
                              "'conntidy baseline create'")
        self.assert_wrong_use(self.run_tool("baseline"), "one of create, update, show")
        self.assert_wrong_use(self.run_tool("baseline", "crate"), "not 'crate'")
        self.assert_wrong_use(self.run_tool("baseline", "update"), "cannot be read")
        self.create()
        self.assert_wrong_use(self.run_tool("baseline", "create"), "is there already")
        with (self.root / ".conntidy-baseline").open("a") as file:
            file.write("<<<<<<< HEAD\n")
        self.assert_wrong_use(self.run_with(), ".conntidy-baseline:4: a conflict")

    def test_two_branches_merge(self):
        self.write(".gitattributes", ".conntidy-baseline merge=union\n")
        self.create()
        self.commit()
        for branch, name in (("left", "leak_left"), ("right", "leak_right")):
            self.git("checkout", "-q", "-b", branch, "main")
            self.source(f"src/{branch}.c", name)
            self.database([("src/a.c",), ("src/b.c",), (f"src/{branch}.c",)])
            self.run_tool("baseline", "update")
            self.commit()
        self.git("merge", "-q", "left")
        self.database([("src/a.c",), ("src/b.c",), ("src/left.c",), ("src/right.c",)])
        self.assertEqual(self.run_with().code, CLEAN)


if __name__ == "__main__":
    unittest.main()
