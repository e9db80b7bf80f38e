"""`conntidy models`: what is inferred, listed, shown and checked."""
import unittest

from workspace import CLEAN, INCOMPLETE, ProjectTest

POOL_HEADER = """\
#include <libpq-fe.h>
template <typename T> struct Stack { T &top(); void pop(); void push(const T &); };
class Depot {
public:
  PGconn *fetch() noexcept;
  void giveBack(PGconn *C) noexcept;
private:
  Stack<PGconn *> idle;
};
"""

POOL_SOURCE = """\
#include "pool.h"
PGconn *Depot::fetch() noexcept {
  PGconn *C = idle.top();
  idle.pop();
  return C;
}
void Depot::giveBack(PGconn *C) noexcept { idle.push(C); }
"""

USER = """\
#include "pool.h"
bool ready(PGconn *) noexcept;
bool leaky(Depot &depot) {
  PGconn *C = depot.fetch();
  if (!ready(C))
    return false;
  depot.giveBack(C);
  return true;
}
"""

OWN_MODEL = """\
library: depot
resources:
  - {name: wagon, kind: connection, type: 'Wagon *'}
functions:
  - names: [depot_get]
    acquires: [{resource: wagon, handle: return}]
  - names: [depot_put]
    releases: [{resource: wagon, handle: 'arg:1'}]
"""


class Infer(ProjectTest):
    def setUp(self):
        super().setUp()
        self.write("pool.h", POOL_HEADER)
        self.write("pool.cpp", POOL_SOURCE)
        self.write("user.cpp", USER)
        self.database([("pool.cpp",), ("user.cpp",)])

    def test_what_bodies_show_is_said_with_its_reason(self):
        result = self.run_tool("models", "infer")
        self.assertEqual(result.code, CLEAN, result.err)
        self.assertIn("# seen in the bodies: 'fetch' and 'giveBack' take a 'PGconn *' "
                      "out of 'idle' and put it back (pool.h:5)", result.out)
        self.assertIn("names: ['Depot::fetch']", result.out)

    def test_a_declaration_alone_is_a_guess(self):
        result = self.run_tool("models", "infer", "user.cpp")
        self.assertIn("guessed from declarations", result.out)
        self.assertIn("guessed-because:", result.out)

    def test_what_is_written_is_in_order_and_finds_the_same(self):
        written = self.run_tool("models", "infer", "-o", "inferred.yaml")
        self.assertEqual(written.code, CLEAN, written.err)
        self.assertEqual(written.out, "")
        checked = self.run_tool("models", "check", "inferred.yaml")
        self.assertEqual(checked.code, CLEAN, checked.err)
        self.assertNotIn("warning", checked.out)
        without = self.run_tool("--format=sarif", "user.cpp")
        self.assertEqual(without.findings(), [("user.cpp", 4, "conn-leak")])
        given = self.run_tool("--format=sarif", "--model", "inferred.yaml", "user.cpp")
        self.assertEqual(given.findings(), without.findings())

    def test_what_is_unsure_is_commented_out(self):
        self.write("unsure.c", "typedef struct user user;\n"
                               "user *user_new(void);\nvoid user_free(user *);\n")
        result = self.run_tool("models", "infer", "unsure.c", "--")
        self.assertEqual(result.code, CLEAN, result.err)
        self.assertIn("  # - names: [user_new]", result.out)
        self.write("inferred.yaml", result.out)
        checked = self.run_tool("models", "check", "inferred.yaml")
        self.assertEqual(checked.code, CLEAN, checked.err)
        self.assertIn("0 functions", checked.out)

    def test_a_unit_that_does_not_parse_is_told(self):
        self.write("broken.cpp", "class {")
        result = self.run_tool("models", "infer", "broken.cpp", "--")
        self.assertEqual(result.code, INCOMPLETE)
        self.assertIn("broken.cpp", result.err)


class OtherUnits(ProjectTest):
    """What bodies in other units show goes before what declarations suggest."""

    def levels(self):
        result = self.run_tool("--format=sarif", "-p", ".")
        return [(r["ruleId"], r["level"]) for r in result.results]

    def test_a_pool_that_another_unit_shows_is_no_guess(self):
        self.write("pool.h", POOL_HEADER)
        self.write("pool.cpp", POOL_SOURCE)
        self.write("user.cpp", USER)
        self.database([("user.cpp",)])
        self.assertEqual(self.levels(), [("conn-leak", "warning")])
        self.database([("pool.cpp",), ("user.cpp",)])
        self.assertEqual(self.levels(), [("conn-leak", "error")])

    def test_a_lender_that_another_unit_shows_is_no_pool(self):
        self.write("broker.h", "#include <libpq-fe.h>\nclass Broker {\npublic:\n"
                               "  PGconn *acquire() noexcept;\n"
                               "  void release(PGconn *) noexcept;\n"
                               "  PGconn *only;\n};\n")
        self.write("broker.cpp", '#include "broker.h"\n'
                                 "PGconn *Broker::acquire() noexcept { return only; }\n"
                                 "void Broker::release(PGconn *) noexcept {}\n")
        self.write("user.cpp", '#include "broker.h"\nbool ready(PGconn *) noexcept;\n'
                               "bool fine(Broker &b) { return ready(b.acquire()); }\n")
        self.database([("user.cpp",)])
        self.assertEqual(self.levels(), [("conn-leak", "warning")])
        self.database([("broker.cpp",), ("user.cpp",)])
        self.assertEqual(self.levels(), [])


class ListAndShow(ProjectTest):
    def test_list_names_every_library_and_its_origin(self):
        self.write("depot.yaml", OWN_MODEL)
        result = self.run_tool("models", "list", "--model", "depot.yaml")
        self.assertEqual(result.code, CLEAN, result.err)
        lines = {line.split()[0]: line for line in result.out.splitlines()}
        self.assertIn("built in", lines["libpq"])
        self.assertIn("connection, result", lines["libpq"])
        self.assertIn("depot.yaml", lines["depot"])
        self.assertIn("2 functions", lines["depot"])

    def test_list_tells_what_is_off(self):
        self.assertRegex(self.run_tool("models", "list").out, "(?m)^descriptors .*; off")

    def test_list_reads_the_project_file(self):
        indented = OWN_MODEL.replace("\n", "\n    ").rstrip()
        self.write("conntidy.yaml", "models:\n  - " + indented + "\n")
        self.assertIn("conntidy.yaml", self.run_tool("models", "list").out)

    def test_show_a_function(self):
        result = self.run_tool("models", "show", "PQfinish")
        self.assertEqual(result.code, CLEAN, result.err)
        self.assertIn("# libpq, built in", result.out)
        self.assertIn("releases:", result.out)

    def test_show_says_where_an_entry_stands(self):
        self.write("depot.yaml", OWN_MODEL)
        result = self.run_tool("models", "show", "depot_put", "--model", "depot.yaml")
        self.assertIn("depot.yaml:7", result.out)

    def test_show_a_library_reads_back(self):
        result = self.run_tool("models", "show", "sqlite", "-o", "copy.yaml")
        self.assertEqual(result.code, CLEAN, result.err)
        self.assertEqual(self.run_tool("models", "check", "copy.yaml").code, CLEAN)

    def test_show_what_nobody_speaks_of(self):
        self.assert_wrong_use(self.run_tool("models", "show", "PQfinsh"),
                              "did you mean 'PQfinish'?")


class Check(ProjectTest):
    def test_in_order(self):
        self.write("depot.yaml", OWN_MODEL)
        result = self.run_tool("models", "check", "depot.yaml")
        self.assertEqual(result.code, CLEAN, result.err)
        self.assertEqual(result.out, "depot.yaml: 'depot' is in order: 1 resource, "
                                     "2 functions, 0 classes\n")

    def test_wrong_key_is_told_with_its_place(self):
        self.write("depot.yaml", OWN_MODEL.replace("releases:", "release:"))
        self.assert_wrong_use(self.run_tool("models", "check", "depot.yaml"),
                              "depot.yaml:8:5:", "did you mean 'releases'?")

    def test_unknown_resource(self):
        self.write("depot.yaml", OWN_MODEL.replace("resource: wagon, handle: return",
                                                   "resource: waggon, handle: return"))
        self.assert_wrong_use(self.run_tool("models", "check", "depot.yaml"),
                              "depot.yaml:6", "waggon")

    def test_acquire_without_release_is_a_warning(self):
        self.write("depot.yaml", OWN_MODEL[:OWN_MODEL.index("  - names: [depot_put]")])
        result = self.run_tool("models", "check", "depot.yaml")
        self.assertEqual(result.code, CLEAN, result.err)
        self.assertIn("depot.yaml:3: warning: resource 'wagon' is acquired and never "
                      "released", result.out)

    def test_no_such_file(self):
        self.assert_wrong_use(self.run_tool("models", "check", "none.yaml"), "none.yaml")


class WrongUse(ProjectTest):
    def test_tasks(self):
        self.assert_wrong_use(self.run_tool("models"), "infer, list, show, check")
        self.assert_wrong_use(self.run_tool("models", "guess"), "not 'guess'")
        self.assert_wrong_use(self.run_tool("models", "show"), "name of one")
        self.assert_wrong_use(self.run_tool("models", "check"), "files")
        self.assert_wrong_use(self.run_tool("models", "list", "libpq"), "models show")


if __name__ == "__main__":
    unittest.main()
