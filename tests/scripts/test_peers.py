"""The peer table: what is found is counted by function, and a warning that is about
something else does not count."""
import pathlib
import sys
import tempfile
import tomllib
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "scripts"))

from lib import peers  # noqa: E402 (needs the path above)

TABLE = tomllib.loads((ROOT / "scripts" / "peers.d" / "tools.toml").read_text(encoding="utf-8"))

SOURCE = """\
int early_bad(int x)
{
    conn *c = dial(); // EXPECT: conn-leak

    if (x) {
        return -1;
    }
    hang_up(c);
    return 0;
}

int late_bad(void)
{
    conn *c = dial(); // ALLOW: conn-leak
    conn *d = dial();
    hang_up(d);
    return ask(d); // EXPECT: conn-use-after-release
}

int fine_ok(void)
{
    return 0;
}
"""


class Functions(unittest.TestCase):
    def spans(self, text):
        return peers.functions(text)

    def test_a_body_begins_with_its_head(self):
        self.assertEqual(self.spans("int a;\nint\nf(int x)\n{\n  if (x) {\n  }\n}\nint b;\n"),
                         [(2, 7)])

    def test_classes_and_namespaces_are_looked_into(self):
        self.assertEqual(self.spans("namespace n {\nstruct S {\n  S() : A(1) {\n  }\n"
                                    "  int f() const noexcept { return 1; }\n};\n}\n"),
                         [(3, 4), (5, 5)])

    def test_a_lambda_belongs_to_its_function(self):
        self.assertEqual(self.spans("void f() {\n  auto g = [](int) {\n  };\n}\n"), [(1, 4)])

    def test_declarations_and_literals_have_no_body(self):
        self.assertEqual(self.spans('int f(int);\nconst char *s = ") {";\n// g() {\n'), [])


class Scoring(unittest.TestCase):
    def score(self, *warnings, tool="cppcheck", source=SOURCE):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "a.c"
            path.write_text(source)
            table = peers.score(path, [peers.Warning(*w) for w in warnings], TABLE[tool],
                                TABLE["meanings"])
        return {check: (s.found, s.expected, s.false) for check, s in table.items()
                if s.expected or s.false}

    def test_what_is_not_found_is_expected_all_the_same(self):
        self.assertEqual(self.score(), {"conn-leak": (0, 1, 0),
                                        "conn-use-after-release": (0, 1, 0)})

    def test_a_leak_where_the_function_ends_is_found(self):
        self.assertEqual(self.score(("resourceLeak", (6,)))["conn-leak"], (1, 1, 0))

    def test_the_same_leak_counts_once(self):
        self.assertEqual(self.score(("resourceLeak", (6,)), ("resourceLeak", (9,)))["conn-leak"],
                         (1, 1, 0))

    def test_a_leak_in_a_function_without_one_is_false(self):
        self.assertEqual(self.score(("resourceLeak", (22,)))["conn-leak"], (0, 1, 1))

    def test_a_finding_in_a_helper_belongs_to_the_function_it_leads_through(self):
        self.assertEqual(self.score(("resourceLeak", (22, 3)))["conn-leak"], (1, 1, 0))

    def test_a_kind_that_is_not_expected_is_false(self):
        self.assertEqual(self.score(("doubleFree", (8,)))["conn-double-release"], (0, 0, 1))

    def test_what_is_allowed_is_neither(self):
        self.assertEqual(self.score(("resourceLeak", (17,)))["conn-leak"], (0, 1, 0))

    def test_other_warnings_do_not_count(self):
        self.assertEqual(self.score(("unusedStructMember", (22,))), self.score())

    def test_text_tells_kinds_of_one_name_apart(self):
        name = "clang-analyzer-unix.Malloc"
        late = (name, (17,), "Use of memory after it is released")
        leak = (name, (6,), "Potential leak of memory pointed to by 'c'")
        self.assertEqual(self.score(late, leak, tool="clang-tidy"),
                         {"conn-leak": (1, 1, 0), "conn-use-after-release": (1, 1, 0)})

    def test_two_expectations_need_two_findings(self):
        source = SOURCE.replace("ALLOW", "EXPECT").replace("conn *d = dial();",
                                                           "conn *d = dial(); // EXPECT: conn-leak")
        self.assertEqual(self.score(("resourceLeak", (17,)), source=source)["conn-leak"],
                         (1, 3, 0))


class Data(unittest.TestCase):
    def test_every_meaning_is_one_that_is_explained(self):
        for tool in ("conntidy", "clang-tidy", "gcc", "cppcheck"):
            for rule in TABLE[tool]:
                self.assertIn(rule["means"], TABLE["meanings"], rule)

    def test_meanings_stand_for_checks_of_the_table(self):
        for checks in TABLE["meanings"].values():
            self.assertLessEqual(set(checks), set(peers.CHECKS))


if __name__ == "__main__":
    unittest.main()
