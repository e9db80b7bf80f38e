"""What is published while somebody types, and what becomes of it."""
import time
import unittest

from session import EditorTest, Failure, LEAK, LEAK_LINE, applied

# Takes a while to parse: what is asked meanwhile has to wait.
SLOW = """\
#include <algorithm>
#include <iostream>
#include <map>
#include <libpq-fe.h>
void hold(std::string name) {
  PGconn *conn = PQconnectdb(name.c_str());
  std::cout << PQstatus(conn);
}
"""
LINE = 5  # of PQconnectdb, from 0
CANCELLED = -32800  # the protocol's number for it


class Published(EditorTest):

    def test_a_finding_has_place_code_source_and_the_way_there(self):
        session = self.start()
        path = self.open(session, "file.c", LEAK)
        finding = self.only(session.diagnostics(path), "conn-leak")
        self.assertEqual(finding["range"], {"start": {"line": LEAK_LINE, "character": 17},
                                            "end": {"line": LEAK_LINE, "character": 32}})
        self.assertEqual(finding["source"], "clang-tidy")
        self.assertIn("'conn'", finding["message"])
        self.assertIn("PQfinish", finding["message"])
        steps = [(step["location"]["uri"], step["location"]["range"]["start"]["line"])
                 for step in finding["relatedInformation"]]
        self.assertEqual(steps, [(path.as_uri(), LEAK_LINE), (path.as_uri(), 3),
                                 (path.as_uri(), 4)])

    def test_no_link_leads_to_a_page_that_is_not_ours(self):
        finding = self.only(self.said_of(LEAK), "conn-leak")
        self.assertNotIn("llvm.org", finding.get("codeDescription", {}).get("href", ""))

    def test_columns_count_what_the_editor_counts(self):
        text = LEAK.replace("PGconn *conn =", "/* Ümläute */ PGconn *conn =")
        finding = self.only(self.said_of(text), "conn-leak")
        line = text.splitlines()[LEAK_LINE].encode()
        start, end = finding["range"]["start"], finding["range"]["end"]
        self.assertEqual(line[start["character"]:end["character"]], b'PQconnectdb("")')

    def test_a_throwing_path_in_cpp(self):
        text = SLOW.replace("std::cout << PQstatus(conn);",
                            "std::stoi(name);\n  PQfinish(conn);")
        finding = self.only(self.said_of(text, "file.cpp"), "conn-leak-on-throw")
        self.assertEqual(finding["range"]["start"]["line"], LINE)

    def test_a_pool_that_a_header_declares(self):
        self.write("include/pool.h", """\
typedef struct db_conn db_conn;
typedef struct conn_pool conn_pool;
db_conn *conn_pool_get(conn_pool *);
void conn_pool_put(conn_pool *, db_conn *);
int work(db_conn *);
""")
        # The function that gives back is nowhere used.
        said = self.said_of("""\
#include <pool.h>
int once(conn_pool *pool) {
  return work(conn_pool_get(pool));
}
int twice(conn_pool *pool) {
  db_conn *conn = conn_pool_get(pool);
  return conn ? 1 : 0;
}
""")
        self.assertIn("conn-leak", self.codes(said))

    def test_code_that_gives_back_is_quiet(self):
        self.assertEqual(self.said_of(LEAK.replace("    return 1;", "    early = 0;")), [])

    def test_a_finding_goes_when_the_code_is_mended_and_comes_back(self):
        session = self.start()
        path = self.open(session, "file.c", LEAK)
        self.assertEqual(self.codes(session.diagnostics(path)), ["conn-leak"])
        session.change(path, LEAK.replace("    return 1;", "    return PQfinish(conn), 1;"), 2)
        self.assertEqual(session.diagnostics(path, 2), [])
        session.change(path, LEAK, 3)
        self.assertEqual(self.codes(session.diagnostics(path, 3)), ["conn-leak"])

    def test_a_file_that_does_not_compile_has_its_errors_and_nothing_made_up(self):
        said = self.said_of(LEAK.replace("return 1;", "return 1"))
        self.assertEqual(self.codes(said), ["expected_semi_after_stmt"])

    def test_two_files_do_not_get_mixed_up(self):
        session = self.start()
        one = self.open(session, "one.c", LEAK)
        two = self.open(session, "two.c", "\n\n" + LEAK.replace("open_it", "other"))
        lines = [self.only(session.diagnostics(path), "conn-leak")["range"]["start"]["line"]
                 for path in (one, two)]
        self.assertEqual(lines, [LEAK_LINE, LEAK_LINE + 2])


class Typing(EditorTest):

    def test_in_a_flood_of_edits_each_version_gets_its_own_findings(self):
        session = self.start()
        path = self.open(session, "file.c", LEAK)
        last = 200
        for version in range(2, last + 1):
            session.change(path, "// typed\n" * version + LEAK, version)
        session.diagnostics(path, last)
        versions = [version for _, version, _ in session.published]
        self.assertEqual(versions, sorted(versions))
        self.assertEqual(versions[-1], last)
        # What was overtaken is not analysed.
        self.assertLess(len(versions), last / 2)
        for _, version, diagnostics in session.published:
            finding = self.only(diagnostics, "conn-leak")
            added = 0 if version == 1 else version
            self.assertEqual(finding["range"]["start"]["line"], added + LEAK_LINE)
            self.assertEqual(finding["relatedInformation"][-1]["location"]["range"]["start"]["line"],
                             added + 4)

    def test_edits_of_a_part_of_the_text(self):
        session = self.start()
        path = self.open(session, "file.c", LEAK)
        start = {"line": 5, "character": 2}
        session.notify("textDocument/didChange", {
            "textDocument": {"uri": path.as_uri(), "version": 2},
            "contentChanges": [{"range": {"start": start, "end": start},
                                "text": "PQfinish(conn);\n  "},
                               {"range": {"start": {"line": 0, "character": 0},
                                          "end": {"line": 0, "character": 0}}, "text": "\n"}]})
        said = session.diagnostics(path, 2)
        self.assertEqual(self.codes(said), ["conn-double-release", "conn-leak"])
        finding = self.only(said, "conn-double-release")
        self.assertEqual(finding["range"]["start"]["line"], 7)

    def test_what_is_half_typed_does_no_harm(self):
        session = self.start()
        path = self.open(session, "file.c", LEAK)
        session.diagnostics(path)
        for version, end in enumerate(range(0, len(LEAK), 3), 2):
            session.notify("textDocument/didChange", {
                "textDocument": {"uri": path.as_uri(), "version": version},
                "contentChanges": [{"text": LEAK[:end]}], "wantDiagnostics": True})
            session.diagnostics(path, version)
        session.change(path, LEAK, version + 1)
        self.assertEqual(self.codes(session.diagnostics(path, version + 1)), ["conn-leak"])

    def test_a_closed_file_has_no_findings(self):
        session = self.start()
        path = self.open(session, "file.c", LEAK)
        session.diagnostics(path)
        session.close(path)
        session.request("workspace/symbol", {"query": ""})
        self.assertEqual(session.published[-1][2], [])


class QuickFixes(EditorTest):

    def test_the_compilers(self):
        text = LEAK.replace("if (early)", "if (early = 1)")
        session = self.start()
        path = self.open(session, "file.c", text)
        finding = self.only(session.diagnostics(path), "-Wparentheses")
        edits = dict(session.quick_fixes(path, finding))
        mended = applied(text, edits["use '==' to turn this assignment into an equality comparison"])
        self.assertEqual(mended, text.replace("early = 1", "early == 1"))
        session.change(path, mended, 2)
        self.assertEqual(self.codes(session.diagnostics(path, 2)), ["conn-leak"])

    def test_our_own(self):
        text = ("#include <libpq-fe.h>\ntypedef struct pg_result PGresult;\n"
                "PGresult *PQexec(PGconn *, const char *);\nvoid PQclear(PGresult *);\n"
                "void free(void *);\n"
                "void run(PGconn *conn) {\n  PGresult *rows = PQexec(conn, \"\");\n"
                "  free(rows);\n}\n")
        session = self.start()
        path = self.open(session, "file.c", text)
        finding = self.only(session.diagnostics(path), "conn-wrong-release")
        (_, edits), = session.quick_fixes(path, finding)
        mended = applied(text, edits)
        self.assertEqual(mended, text.replace("free(rows)", "PQclear(rows)"))
        session.change(path, mended, 2)
        self.assertEqual(session.diagnostics(path, 2), [])

    def test_of_a_check_that_the_user_has_switched_on(self):
        self.write(".clang-tidy", "Checks: '-*,modernize-use-nullptr'\n")
        text = LEAK.replace("  if (early)", "  int *count = 0;\n  if (early || count)")
        session = self.start()
        path = self.open(session, "file.cpp", text)
        said = session.diagnostics(path)
        self.assertEqual(self.codes(said), ["conn-leak", "modernize-use-nullptr"])
        (_, edits), = session.quick_fixes(path, self.only(said, "modernize-use-nullptr"))
        self.assertEqual(applied(text, edits), text.replace("count = 0", "count = nullptr"))


class Asking(EditorTest):

    def test_a_request_that_is_cancelled_is_answered_and_harms_nothing(self):
        session = self.start()
        path = self.open(session, "file.cpp", SLOW)
        number = session.start("textDocument/hover", {
            "textDocument": {"uri": path.as_uri()}, "position": {"line": LINE, "character": 20}})
        session.notify("$/cancelRequest", {"id": number})
        self.assertEqual(session.answer(number)["error"]["code"], CANCELLED)
        self.only(session.diagnostics(path), "conn-leak")
        self.assertIn("PQconnectdb", session.at("hover", path, LINE, 20)["contents"]["value"])

    def test_it_ends_in_the_middle_of_its_work(self):
        session = self.start()
        for number in range(4):
            self.open(session, f"file{number}.cpp", SLOW)
        began = time.monotonic()
        self.assertEqual(session.shut_down(), 0)
        self.assertLess(time.monotonic() - began, 30)

    def test_an_exit_without_shutdown_is_told_from_a_good_one(self):
        session = self.start()
        session.notify("exit", None)
        self.assertEqual(session.process.wait(30), 1)

    def test_it_ends_when_the_editor_has_gone(self):
        session = self.start()
        self.open(session, "file.c", LEAK)
        session.process.stdin.close()
        session.process.wait(30)
        with self.assertRaises((Failure, ValueError)):
            session.request("shutdown", None)


if __name__ == "__main__":
    unittest.main()
