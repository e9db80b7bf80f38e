"""Findings are known again after edits that leave them as they are."""
import pathlib
import shutil
import sys
import unittest

from workspace import ProjectTest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
sys.dont_write_bytecode = True

from lib import mutation  # noqa: E402 (needs the path above)

EXACT = "conntidyFingerprint/v1"
MOVABLE = "conntidyMovableFingerprint/v1"

TWINS = """\
#include <libpq-fe.h>
void work(void);
static void twice(int early, int late) {
  PGconn *a = PQconnectdb("");
  if (early)
    return;
  PQfinish(a);
  PGconn *b = PQconnectdb("");
  if (late)
    return;
  PQfinish(b);
}
void call(void) { twice(1, 1); }
"""


def names(result, which=EXACT):
    return [one["partialFingerprints"][which] for one in result.results]


class Fingerprints(ProjectTest):

    def test_edits_leave_them_as_they_are(self):
        """Over the fixtures of the incidents: real shapes, many findings."""
        source = ROOT / "fixtures" / "incidents"
        shutil.copytree(source, self.root / "incidents")
        files = sorted(path.relative_to(self.root)
                       for path in (self.root / "incidents").rglob("*.c*"))
        flags = ["--", "-isystem", ROOT / "fixtures" / "include"]
        by_kind = {}
        for language, standard in ((".c", "-std=gnu17"), (".cpp", "-std=c++20")):
            of_language = [file for file in files if file.suffix == language]

            def analyse():
                return self.run_tool("--format=sarif", *of_language, *flags, standard)

            before = names(analyse())
            self.assertGreater(len(before), 20)
            self.assertEqual(len(set(before)), len(before))
            texts = {file: (self.root / file).read_text() for file in of_language}
            for kind, mutate in mutation.MUTATIONS.items():
                for file, text in texts.items():
                    mutated = mutate(text)
                    self.assertNotEqual(mutated, text)
                    self.write(file, mutated)
                after = analyse()
                note = after.sarif["runs"][0]["invocations"][0]
                lost = len(note.get("toolExecutionNotifications", ()))
                if not lost:
                    self.assertEqual(set(before) - set(names(after)), set(), kind)
                by_kind[kind] = by_kind.get(kind, 0) + len(of_language) - lost
            for file, text in texts.items():
                self.write(file, text)
        for kind, analysed in by_kind.items():
            self.assertGreater(analysed, len(files) // 2, kind)

    def test_equal_statements_of_a_function_are_told_apart(self):
        self.write("t.c", TWINS)
        both = self.run_on("t.c")
        self.assertEqual(len(set(names(both))), 2)
        self.assertEqual(len(set(names(both, MOVABLE))), 2)
        # One is mended: the other has the name that there is without a twin.
        self.write("t.c", TWINS.replace("    return;\n  PQfinish(b)",
                                        "    work();\n  PQfinish(b)"))
        self.assertEqual(names(self.run_on("t.c")), names(both)[:1])

    def test_the_place_of_the_project_does_not_count(self):
        (self.root / ".git").mkdir()
        self.write("src/t.c", TWINS)
        here = self.run_on("src/t.c", flags=["-Iinclude"])
        moved = self.root / "elsewhere"
        shutil.copytree(self.root, moved, ignore=shutil.ignore_patterns("elsewhere"))
        there = self.run_tool("--format=sarif", "src/t.c", "--", "-Iinclude", cwd=moved)
        self.assertEqual(names(there), names(here))
        inside = self.run_tool("--format=sarif", "t.c", "--", "-I../include",
                               cwd=moved / "src")
        self.assertEqual(names(inside), names(here))

    def test_a_function_in_another_file_has_the_same_movable_one(self):
        self.write("a.c", TWINS)
        self.write("b.c", TWINS)
        a, b = self.run_on("a.c"), self.run_on("b.c")
        self.assertEqual(names(a, MOVABLE), names(b, MOVABLE))
        self.assertFalse(set(names(a)) & set(names(b)))


class Mutations(unittest.TestCase):
    """The edits themselves."""

    def test_functions_are_moved_and_declared(self):
        moved = mutation.move_functions(
            "#include <x.h>\nstruct S { int a; };\nstatic int f(int a) {\n"
            "  return a; // {\n}\nint g(void) { return f(2); }\nint x = 3;\n")
        self.assertIn("static int f(int a);", moved)
        self.assertLess(moved.index("int x = 3;"), moved.index("int g(void) {"))
        self.assertLess(moved.index("int g(void) {"), moved.index("static int f(int a) {"))
        self.assertLess(moved.index("struct S { int a; };"), moved.index("int x"))

    def test_only_the_functions_of_some_lines_are_moved(self):
        text = "int f(int a) {\n  return a;\n}\nint g(void) {\n  return 1;\n}\n"
        moved = mutation.move_functions(text, [2])
        self.assertLess(moved.index("int g(void) {"), moved.index("int f(int a) {"))
        self.assertNotIn("int g(void);", moved)

    def test_constructors_and_macros_are_seen_as_wholes(self):
        text = ("#define M(x) \\\n  g(x)\nS::S() : a{1}, b{2}\n{\n  f();\n}\n"
                "int g(int x) { return x; }\n")
        [constructor, function] = mutation.definitions(mutation.mask(text))
        self.assertEqual(text[constructor[0]:constructor[2]],
                         "S::S() : a{1}, b{2}\n{\n  f();\n}")
        self.assertEqual(text[function[0]:function[2]], "int g(int x) { return x; }")

    def test_directives_stay_as_they_are(self):
        text = "#define A(x) \\\n  f(x)\n  int y = A(1);\n"
        self.assertTrue(mutation.indent_anew(text).startswith("#define A(x) \\\n  f(x)\n"))


if __name__ == "__main__":
    unittest.main()
