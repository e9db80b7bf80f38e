"""How many findings are put up with, and of which level."""
import unittest

from workspace import CLEAN, FINDINGS, RepositoryTest


class Thresholds(RepositoryTest):
    def setUp(self):
        super().setUp()
        self.source("shop/a.c", "leak_one", "leak_two")
        self.source("bank/b.c", "leak_three")
        self.database([("shop/a.c",), ("bank/b.c",)])

    def test_command_line(self):
        self.assertEqual(self.run_tool("--max-findings=2").code, FINDINGS)
        result = self.run_tool("--max-findings=3")
        self.assertEqual(result.code, CLEAN)
        self.assertTrue(result.out.endswith("; passes: 3 of 3 that count are allowed\n"),
                        result.out)
        self.assertEqual(self.run_tool("--fail-on=never").code, CLEAN)
        self.assert_wrong_use(self.run_tool("--max-findings=many"), "--max-findings")

    def test_a_file_speaks_of_its_directory(self):
        self.write("shop/conntidy.yaml", "gate: {max-findings: 2}\n")
        result = self.run_tool()
        self.assertEqual(result.code, FINDINGS)
        self.assertIn("; fails: 2 of 3 that count are allowed", result.out)
        self.assertEqual(self.run_tool("shop").code, CLEAN)
        self.write("bank/conntidy.yaml", "gate: {fail-on: never}\n")
        self.assertEqual(self.run_tool().code, CLEAN)

    def test_what_is_not_said_is_inherited(self):
        self.write("conntidy.yaml", "gate: {fail-on: never}\n")
        self.write("shop/conntidy.yaml", "gate: {max-findings: 0}\n")
        self.assertEqual(self.run_tool().code, CLEAN)
        self.write("shop/conntidy.yaml", "gate: {fail-on: warning}\n")
        self.assertEqual(self.run_tool().code, FINDINGS)
        self.assertEqual(self.run_tool("bank").code, CLEAN)

    def test_checks_are_stronger_than_all(self):
        self.write("conntidy.yaml", "gate:\n  fail-on: error\n  checks:\n"
                   "    conn-leak: {max-findings: 3}\n")
        self.assertEqual(self.run_tool().code, CLEAN)
        self.write("conntidy.yaml", "gate:\n  max-findings: 3\n  checks:\n"
                   "    conn-leak: {max-findings: 2}\n")
        self.assertEqual(self.run_tool().code, FINDINGS)

    def test_the_command_line_is_strongest(self):
        self.write("conntidy.yaml", "gate: {fail-on: never, max-findings: 9}\n")
        self.assertEqual(self.run_tool("--fail-on=note", "--max-findings=2").code, FINDINGS)

    def test_mistakes(self):
        self.write("conntidy.yaml", "gate:\n  checks:\n    conn-leek: {max-findings: 3}\n")
        self.assert_wrong_use(self.run_tool(), "conntidy.yaml:3: unknown check 'conn-leek'",
                              "'conn-leak'")
        self.write("conntidy.yaml", "gate: {fail-on: sometimes}\n")
        self.assert_wrong_use(self.run_tool(), "conntidy.yaml:1:", "'never'")
        self.write("conntidy.yaml", "gate: {fails-on: error}\n")
        self.assert_wrong_use(self.run_tool(), "did you mean 'fail-on'")


class UnusedSuppressions(RepositoryTest):
    def test_are_named_on_request(self):
        self.write("src/h.h", "static inline int h(void) { return 1; } // NOLINT(conn-leak)\n")
        self.write("src/a.c", '#include <libpq-fe.h>\n#include "h.h"\n'
                   'int used(void) { return PQconnectdb("") != 0; } // NOLINT(conn-leak)\n'
                   "int unused(void) { return 0; } // NOLINT(conn-leak): once\n"
                   "int other(void) { return 0; } // NOLINT(google-x)\n"
                   "int all(void) { return 0; } // NOLINT\n"
                   "int off(void) { return 0; } // NOLINT(conn-raw-acquire)\n")
        self.database([("src/a.c",)])
        self.assertNotIn("NOLINT", self.run_tool().err)
        for _ in range(2):  # the second run knows it from the index
            result = self.run_tool("--unused-suppressions")
            self.assertEqual(result.code, CLEAN)
            self.assertEqual([line for line in result.err.splitlines() if "NOLINT" in line], [
                "note: src/a.c:4: the NOLINT comment suppresses nothing; remove it",
                "note: src/h.h:1: the NOLINT comment suppresses nothing; remove it"])


if __name__ == "__main__":
    unittest.main()
