"""Everything that can be wrong with what the program is given.

Wrong command line, configuration or model: exit 2 and nothing analysed. A unit that
cannot be analysed is named, the others still are, exit 3.
"""
import pathlib
import unittest

from workspace import (CLEAN, FINDINGS, INCOMPLETE, LEAK_LINE, ProjectTest)


class Databases(ProjectTest):
    def test_none(self):
        self.leak()
        self.assert_wrong_use(self.run_tool(), "no compile_commands.json",
                              "CMAKE_EXPORT_COMPILE_COMMANDS", "-p", "'--'")
        self.assert_wrong_use(self.run_tool("leak.c"), "no compile_commands.json")

    def test_named_but_missing(self):
        self.assert_wrong_use(self.run_tool("-p", "nowhere"), "nowhere")
        (self.root / "build").mkdir()
        self.assert_wrong_use(self.run_tool("-p", "build"),
                              "build/compile_commands.json")

    def test_malformed(self):
        self.write("compile_commands.json", '[\n {"file": "a.c",\n  "command" }\n]\n')
        self.assert_wrong_use(self.run_tool(), "compile_commands.json:3:",
                              "generate the database anew")

    def test_no_list(self):
        self.write("compile_commands.json", "{}")
        self.assert_wrong_use(self.run_tool(), "compile_commands.json:1:1: ")

    def test_entries(self):
        for entry, word in (('"a.c"', "no object"),
                            ('{"command": "cc a.c"}', "no 'file'"),
                            ('{"file": "a.c"}', "neither 'arguments'"),
                            ('{"file": "a.c", "arguments": [1]}', "no string"),
                            ('{"file": "a.c", "command": ""}', "empty command")):
            with self.subTest(word):
                good = '{"file": "b.c", "command": "cc b.c"}'
                self.write("compile_commands.json", f"[{good}, {entry}]")
                self.assert_wrong_use(self.run_tool(), "entry 2", word)

    def test_empty(self):
        self.write("compile_commands.json", "[]")
        result = self.run_tool()
        self.assertEqual(result.code, CLEAN)
        self.assertIn("the database is empty", result.err)


class Paths(ProjectTest):
    def setUp(self):
        super().setUp()
        self.leak()
        self.database([("leak.c",)])

    def test_does_not_exist(self):
        self.assert_wrong_use(self.run_tool("nope.c"), "nope.c: no such file")
        self.assert_wrong_use(self.run_tool("nope.c", "--"), "nope.c: no such file")

    def test_not_in_the_database(self):
        self.fine()
        self.assert_wrong_use(self.run_tool("fine.c"), "no command for this file")

    def test_header(self):
        self.assert_wrong_use(self.run_tool("include/libpq-fe.h"),
                              "a header is analysed with the sources")

    def test_directory_without_units(self):
        self.assert_wrong_use(self.run_tool("include"),
                              "no file below this directory")

    def test_directory_with_flags(self):
        self.assert_wrong_use(self.run_tool("include", "--", "-O2"), "directory")

    def test_flags_without_file(self):
        self.assert_wrong_use(self.run_tool("--", "-O2"), "'--'")

    def test_flags_and_database(self):
        self.assert_wrong_use(self.run_tool("-p", ".", "leak.c", "--"), "-p")

    def test_output_that_cannot_be_written(self):
        self.assert_wrong_use(self.run_tool("-o", "no/such/dir/out.txt"),
                              "no/such/dir/out.txt")
        self.assert_wrong_use(self.run_tool("--export-fixes=no/such/dir/f.yaml"),
                              "no/such/dir/f.yaml")

    @unittest.skipUnless(pathlib.Path("/dev/full").exists(), "no /dev/full here")
    def test_output_that_is_lost(self):
        for options in (("-o", "/dev/full"), ("--export-fixes=/dev/full",)):
            result = self.run_tool(*options)
            self.assertEqual(result.code, INCOMPLETE, result.err)
            self.assertIn("/dev/full: cannot be written", result.err)


class Units(ProjectTest):
    """Beside each bad unit stands a good one, which must still be analysed."""

    def run_beside_a_leak(self, *bad):
        self.leak()
        self.database([*bad, ("leak.c",)])
        result = self.run_tool("--format=sarif")
        self.assertEqual(result.code, INCOMPLETE, result.err)
        self.assertEqual(result.findings(), [("leak.c", LEAK_LINE, "conn-leak")])
        invocation = result.sarif["runs"][0]["invocations"][0]
        self.assertFalse(invocation["executionSuccessful"])
        self.assertEqual(len(invocation["toolExecutionNotifications"]), len(bad))
        self.assertIn("help: ", result.err)
        return result

    def test_does_not_exist(self):
        result = self.run_beside_a_leak(("generated.c",))
        self.assertIn("generated.c: error: the file does not exist", result.err)
        self.assertIn("build first", result.err)

    def test_binary(self):
        self.write("image.c", b"\x7fELF\x02\x01\x01\x00\x00\x00")
        result = self.run_beside_a_leak(("image.c",))
        self.assertIn("image.c: error: the file is binary", result.err)

    def test_does_not_compile(self):
        self.write("broken.c", "int ok(void);\nint f( {\n")
        result = self.run_beside_a_leak(("broken.c",))
        self.assertRegex(result.err, r"broken\.c:2:\d+: error: .*not analysed")

    def test_missing_header(self):
        self.write("lost.c", '\n#include "made_by_the_build.h"\n')
        result = self.run_beside_a_leak(("lost.c",))
        self.assertIn("lost.c:2:10: error: 'made_by_the_build.h' file not found",
                      result.err)
        self.assertIn("build first", result.err)

    def test_missing_header_of_the_command(self):
        self.write("forced.c", "int x;\n")
        result = self.run_beside_a_leak(("forced.c", "-include", "forced.h"))
        self.assertIn("forced.c: error: 'forced.h' file not found", result.err)

    def test_error_inside_a_header(self):
        self.write("include/bad.h", "\n\nint f( {\n")
        self.write("user.c", '#include "bad.h"\n')
        result = self.run_beside_a_leak(("user.c",))
        self.assertRegex(result.err,
                         r"include/bad\.h:3:\d+: error: .*'user\.c' is not analysed")

    def test_missing_directory(self):
        result = self.run_beside_a_leak(
            {"directory": str(self.root / "gone"), "file": "../leak.c",
             "command": "cc -c ../leak.c"})
        self.assertIn("gone' does not exist", result.err)

    def test_directory_in_place_of_a_file(self):
        (self.root / "dir.c").mkdir()
        result = self.run_beside_a_leak(("dir.c",))
        self.assertIn("dir.c: error: ", result.err)

    def test_several_at_once(self):
        self.write("broken.c", "int f( {\n")
        result = self.run_beside_a_leak(("generated.c",), ("broken.c",))
        self.assertIn("2 not analysed", result.err)

    def test_nothing_analysed_is_no_good_news(self):
        self.write("broken.c", "int f( {\n")
        result = self.run_tool("broken.c", "--")
        self.assertEqual(result.code, INCOMPLETE)
        self.assertIn("nothing analysed: 1 unit failed", result.out)
        self.assertNotIn("no findings", result.out)

    def test_no_half_analysis(self):
        self.write("half.c", '#include "libpq-fe.h"\n'
                   'int leak(void) { return PQconnectdb("") != 0; }\n'
                   "int f( {\n")
        result = self.run_on("half.c")
        self.assertEqual((result.code, result.findings()), (INCOMPLETE, []))

    def test_empty(self):
        self.write("empty.c", "")
        result = self.run_tool("empty.c", "--")
        self.assertEqual(result.code, CLEAN)
        self.assertIn("empty.c: the file is empty", result.err)

    def test_deep_nesting(self):
        """Neither a crash nor a lost unit: Clang's own limit, said aloud."""
        self.write("deep.c", "int x = " + "(" * 100000 + "1" + ")" * 100000 + ";\n")
        result = self.run_beside_a_leak(("deep.c",))
        self.assertIn("deep.c:1:", result.err)

    def test_long_chain(self):
        self.write("chain.c", "int f(int x) { return " + "+".join(["x"] * 20000) +
                   "; }\n")
        self.assertEqual(self.run_on("chain.c").code, CLEAN)


class Models(ProjectTest):
    GOOD = """\
library: mypool
resources:
  - {name: lease, kind: connection, type: 'void *'}
functions:
  - names: [pool_get]
    acquires: [{resource: lease, handle: return}]
  - names: [pool_put]
    releases: [{resource: lease, handle: 'arg:1'}]
"""

    def refused(self, text, *words):
        self.leak()
        self.write("pool.yaml", text)
        self.assert_wrong_use(
            self.run_tool("--model=pool.yaml", "leak.c", "--", "-Iinclude"),
            "pool.yaml", *words)

    def test_good(self):
        self.leak()
        self.write("pool.yaml", self.GOOD)
        self.assertEqual(self.run_on("leak.c", "--model=pool.yaml").code, FINDINGS)

    def test_missing_file(self):
        self.leak()
        self.assert_wrong_use(self.run_tool("--model=no.yaml", "leak.c", "--"),
                              "no.yaml: cannot be read")

    def test_malformed(self):
        self.refused("library: [\n", "pool.yaml:")

    def test_unknown_key(self):
        self.refused(self.GOOD.replace("acquires", "aquires"), "pool.yaml:6:",
                     "aquires")

    def test_impossible_parameter(self):
        self.refused(self.GOOD.replace("arg:1", "arg:0"), "pool.yaml:8:", "arg:0")

    def test_unknown_resource(self):
        self.refused(self.GOOD.replace("releases: [{resource: lease",
                                       "releases: [{resource: loan"),
                     "pool.yaml:", "loan")

    def test_contradiction(self):
        self.refused(self.GOOD + "  - names: [pool_get]\n"
                     "    releases: [{resource: lease, handle: 'arg:1'}]\n",
                     "pool.yaml:", "pool_get")

    def test_project_file_with_unknown_key(self):
        self.leak()
        self.write("conntidy.yaml", "settings: {}\nmodel: []\n")
        self.assert_wrong_use(self.run_tool("leak.c", "--", "-Iinclude"),
                              "conntidy.yaml:2:", "model")

    def test_missing_project_file(self):
        self.leak()
        self.assert_wrong_use(self.run_tool("--config=no.yaml", "leak.c", "--"),
                              "no.yaml")


if __name__ == "__main__":
    unittest.main()
