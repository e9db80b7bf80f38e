"""conntidy-clangd does all that clangd does, and its checks do not get in the way."""
import unittest

from session import EditorTest, LEAK, applied

CODE = """\
#include <libpq-fe.h>
#include <string>
#include <vector>

namespace app {
/// Says hello.
struct Greeter {
  std::string Name;
  int greet(int times) const { return times + (int)Name.size(); }
};
}

int use(app::Greeter &greeter) {
  PGconn *conn = PQconnectdb("");
  int count = greeter.greet(3);
  std::vector<int> many(count);
  if (count == PQstatus(conn))
    return greeter.greet(count);
  PQfinish(conn);
  return count + (int)many.size();
}
"""
NAMES = ("PQconnectdb", "greet(3)", "many(count)", "Greeter &", "Name;")
OF_A_NAME = ("hover", "definition", "declaration", "typeDefinition", "implementation",
             "documentHighlight", "prepareRename", "signatureHelp")
OF_A_FILE = ("documentSymbol", "foldingRange", "documentLink", "formatting",
             "semanticTokens/full")


def place(text, word):
    before = text[:text.index(word)]
    return before.count("\n"), len(before) - before.rfind("\n") - 1


class LikeClangd(EditorTest):

    def both(self, ask):
        """What our server answers, after it was found to be what clangd answers."""
        ours, stock = ask(self.ours), ask(self.stock)
        self.assertEqual(ours, stock)
        return ours

    def open_in_both(self, text):
        self.ours, self.stock = self.start(), self.start("CLANGD")
        path = self.write("file.cpp", text)
        for session in (self.ours, self.stock):
            session.open(path, text, "cpp")
        return path

    def test_it_answers_as_clangd_does(self):
        path = self.open_in_both(CODE)
        self.assertEqual(self.ours.capabilities, self.stock.capabilities)
        document = {"uri": path.as_uri()}
        for word in NAMES:
            line, character = place(CODE, word)
            for method in OF_A_NAME:
                with self.subTest(method=method, word=word):
                    # Some things cannot be renamed: the refusal is the same, too.
                    self.both(lambda session: {**session.answer(session.start(
                        f"textDocument/{method}", {
                            "textDocument": document,
                            "position": {"line": line, "character": character}})), "id": 0})
        for method in OF_A_FILE:
            with self.subTest(method=method):
                answer = self.both(lambda session: session.request(
                    f"textDocument/{method}", {
                        "textDocument": document,
                        "options": {"tabSize": 2, "insertSpaces": True}}))
                self.assertTrue(answer)

        where = place(CODE, "greet(3)")
        found = self.both(lambda session: session.at(
            "references", path, *where, context={"includeDeclaration": True}))
        self.assertEqual(sorted(one["range"]["start"]["line"] for one in found), [8, 14, 17])
        edit = self.both(lambda session: session.at("rename", path, *where, newName="welcome"))
        self.assertEqual(applied(CODE, edit["changes"][document["uri"]]),
                         CODE.replace("greet(", "welcome("))
        self.assertIn("Says hello", self.both(lambda session: session.at(
            "hover", path, *place(CODE, "Greeter &")))["contents"]["value"])

    def test_completion_knows_members(self):
        text = "struct Line { int speed; void dial(int); };\nvoid call(Line &line) { line. }\n"
        path = self.open_in_both(text)
        line, character = place(text, "line. ")
        items = self.both(lambda session: session.at("completion", path, line, character + 5))
        self.assertTrue({"speed", "dial"} <= {item["filterText"] for item in items["items"]})

    def test_its_diagnostics_are_clangds_and_ours(self):
        path = self.open_in_both(LEAK.replace("return 1;", "return sizeof(sizeof(early));")
                                 .replace("PGconn *conn", "int unused; PGconn *conn"))
        ours, stock = (session.diagnostics(path) for session in (self.ours, self.stock))
        self.assertEqual(self.codes(stock), ["-Wunused-variable", "bugprone-sizeof-expression"])
        self.assertEqual([one for one in ours if one in stock], stock)
        self.assertEqual(self.codes(one for one in ours if one not in stock), ["conn-leak"])


class Configured(EditorTest):
    """What the user says of checks goes; where he says nothing, ours are on."""

    def said(self, text=LEAK):
        return self.codes(self.said_of(text, "file.cpp"))

    def test_his_own_checks_and_ours(self):
        self.write(".clang-tidy", "Checks: '-*,readability-magic-numbers,modernize-use-nullptr'\n")
        text = LEAK.replace("return 0", "return conn == 0 ? 4711 : 1")
        self.assertEqual(self.said(text), ["conn-leak", "modernize-use-nullptr",
                                           "readability-magic-numbers"])

    def test_one_of_ours_is_off_in_his_clang_tidy_file(self):
        self.write(".clang-tidy", "Checks: '-conn-leak'\n")
        self.assertEqual(self.said(LEAK.replace("  return 0", "  PQfinish(conn);\n  return 0")),
                         ["conn-double-release"])

    def test_all_of_ours_are_off(self):
        self.write(".clang-tidy", "Checks: '-conn-*'\n")
        self.assertEqual(self.said(), [])

    def test_what_he_suppresses_in_his_clangd_file(self):
        self.write(".clangd", "Diagnostics:\n  Suppress: conn-leak\n")
        self.assertEqual(self.said(), [])

    def test_what_he_removes_in_his_clangd_file(self):
        self.write(".clangd", "Diagnostics:\n  ClangTidy:\n    Remove: conn-leak\n")
        self.assertEqual(self.said(), [])

    def test_what_he_adds_for_all_projects(self):
        self.write("user/clangd/config.yaml",
                   "Diagnostics:\n  ClangTidy:\n    Add: conn-raw-acquire\n")
        text = LEAK.replace("    return 1;", "    early = 0;")
        self.assertIn("conn-raw-acquire", self.said(text))

    def test_a_comment_silences(self):
        self.assertEqual(self.said(LEAK.replace('db("");', 'db(""); // NOLINT(conn-leak): kept')),
                         [])

    def test_what_is_to_be_an_error_is_one(self):
        self.write(".clang-tidy", "WarningsAsErrors: 'conn-leak'\n")
        self.assertEqual(self.only(self.said_of(LEAK), "conn-leak")["severity"], 1)

    def test_a_pool_that_the_project_describes(self):
        self.write("conntidy.yaml", """\
models:
  - library: app
    resources:
      - {name: line, kind: connection, type: 'Line *', noun: line}
    functions:
      - names: [dial]
        acquires: [{resource: line, handle: return}]
      - names: [hangUp]
        releases: [{resource: line, handle: 'arg:1'}]
""")
        self.assertEqual(self.said("""\
struct Line;
Line *dial() noexcept;
void hangUp(Line *) noexcept;
int call(bool busy) {
  Line *line = dial();
  if (busy)
    return 1;
  hangUp(line);
  return 0;
}
"""), ["conn-leak"])


if __name__ == "__main__":
    unittest.main()
