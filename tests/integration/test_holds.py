"""`conntidy holds`: who holds which connection, and the totals that a gate bounds."""
import json
import unittest

from workspace import CLEAN, FINDINGS, INCOMPLETE, ProjectTest

SLEEPER = """\
#include <libpq-fe.h>
extern "C" unsigned sleep(unsigned);
void work(PGconn *) noexcept;
void sleeps(void) {
  PGconn *conn = PQconnectdb("");
  work(conn);
  sleep(1);
  work(conn);
  PQfinish(conn);
}
"""


class Holds(ProjectTest):
    def table(self, *arguments):
        result = self.run_tool("holds", "--format=json", *arguments)
        return result, json.loads(result.out)

    def test_a_function_that_acquires_and_releases(self):
        self.fine()
        result, table = self.table("fine.c", "--", "-Iinclude")
        self.assertEqual(result.code, CLEAN, result.err)
        (hold,) = table["holds"]
        self.assertEqual((hold["function"], hold["line"], hold["handle"], hold["acquiredBy"]),
                         ("fine", 3, "conn", "PQconnectdb"))
        self.assertEqual(hold["releasedBy"], ["PQfinish"])
        self.assertFalse(hold["leaks"] or hold["pooled"] or hold["tooLong"])
        self.assertEqual(table["totals"],
                         {"holds": 1, "raw": 1, "leaks": 0, "waiting": 0, "idle": 0})

    def test_what_is_done_meanwhile_is_counted(self):
        self.write("sleeper.cpp", SLEEPER)
        result, table = self.table("sleeper.cpp", "--", "-Iinclude")
        self.assertEqual(result.code, CLEAN, result.err)
        (hold,) = table["holds"]
        # The release is not one of them.
        self.assertEqual((hold["statements"], hold["calls"]), (3, 3))
        self.assertEqual(hold["blocksOn"], ["a sleep"])

    def test_the_text_says_the_same(self):
        self.write("sleeper.cpp", SLEEPER)
        result = self.run_tool("holds", "sleeper.cpp", "--", "-Iinclude")
        self.assertEqual(result.code, CLEAN, result.err)
        self.assertIn("sleeper.cpp:5: connection 'conn' from 'PQconnectdb', for 3 statements "
                      "and 3 calls, blocks on a sleep; given back by hand: PQfinish",
                      result.out)
        self.assertIn("holds 1, raw 1, leaks 0, waiting 1, idle 0", result.out)

    def test_a_total_above_its_bound_fails(self):
        self.leak()
        self.assertEqual(self.run_tool("holds", "leak.c", "--", "-Iinclude").code, CLEAN)
        bounded = self.run_tool("holds", "--max=leaks=0", "leak.c", "--", "-Iinclude")
        self.assertEqual(bounded.code, FINDINGS)
        self.assertIn("leaks 1", bounded.out)
        loose = self.run_tool("holds", "--max=leaks=1,waiting=0", "leak.c", "--", "-Iinclude")
        self.assertEqual(loose.code, CLEAN)

    def test_a_bound_that_is_none_is_wrong_use(self):
        self.leak()
        result = self.run_tool("holds", "--max=leak=0", "leak.c", "--", "-Iinclude")
        self.assert_wrong_use(result, "--max", "leaks, waiting and idle", "leak=0")

    def test_a_unit_that_does_not_parse_is_told(self):
        self.write("broken.cpp", "class {")
        result = self.run_tool("holds", "broken.cpp", "--")
        self.assertEqual(result.code, INCOMPLETE)
        self.assertIn("broken.cpp", result.err)


if __name__ == "__main__":
    unittest.main()
