"""Compile databases as they are in the wild."""
import unittest

from workspace import CLEAN, FINDINGS, INCOMPLETE, LEAK_LINE, ProjectTest


class DatabaseTest(ProjectTest):
    EXPECTED = [("leak.c", LEAK_LINE, "conn-leak")]

    def entry(self, command, file="leak.c", directory=None):
        form = "command" if isinstance(command, str) else "arguments"
        return {"directory": str(directory or self.root), "file": file,
                form: command}

    def run_with(self, *entries):
        self.database(list(entries))
        return self.run_tool("--format=sarif")

    def assert_analysed(self, command, file="leak.c", directory=None):
        result = self.run_with(self.entry(command, file, directory))
        self.assertEqual(result.code, FINDINGS, result.err)
        self.assertEqual(result.findings(), self.EXPECTED, result.err)
        return result


class Forms(DatabaseTest):
    def setUp(self):
        super().setUp()
        self.leak()

    def test_command_and_arguments(self):
        self.assert_analysed("cc -Iinclude -c leak.c -o leak.o")
        self.assert_analysed(["cc", "-Iinclude", "-c", "leak.c"])

    def test_quoting(self):
        self.write("leak.c", "#include <libpq-fe.h>\n" 'const char *name = NAME;\n'
                   '#line 3\nint f(void) { return PQconnectdb("") != 0; }\n')
        result = self.run_with(self.entry(
            r'''cc -Iinclude '-DNAME="a b"' "-DOTHER=\"x\"" -c leak.c'''))
        self.assertEqual((result.code, len(result.findings())), (FINDINGS, 1),
                         result.err)

    def test_relative_paths(self):
        (self.root / "build").mkdir()
        self.assert_analysed("cc -I../include -c ../leak.c", "../leak.c",
                             self.root / "build")

    def test_relative_directory(self):
        (self.root / "build").mkdir()
        self.assert_analysed("cc -I../include -c ../leak.c", "../leak.c", "build")

    def test_nothing_is_written_but_the_index(self):
        self.assert_analysed("cc -Iinclude -MD -MF leak.d -MT leak.o -save-temps "
                             "--serialize-diagnostics leak.dia -c leak.c -o leak.o")
        self.assertEqual(sorted(p.name for p in self.root.iterdir()),
                         [".conntidy", "compile_commands.json", "include", "leak.c"])

    def test_several_commands_for_one_file(self):
        self.write("leak.c", "#include <libpq-fe.h>\n"
                   "#ifdef A\n"
                   'int a(void) { return PQconnectdb("") != 0; }\n'
                   "#else\n"
                   'int b(void) { return PQconnectdb("") != 0; }\n'
                   "#endif\n"
                   'int c(void) { return PQconnectdb("") != 0; }\n')
        result = self.run_with(self.entry("cc -Iinclude -DA -c leak.c -o a.o"),
                               self.entry("cc -Iinclude -c leak.c -o b.o"),
                               self.entry("cc -Iinclude -c leak.c -o again.o"))
        self.assertEqual([line for _, line, _ in result.findings()], [3, 5, 7])
        self.assertIn("2 units analysed", result.err)

    def test_warnings_are_no_errors(self):
        self.assert_analysed("cc -Iinclude -Wall -Wextra -Werror -pedantic-errors "
                             "-Weverything -c leak.c")

    def test_what_gcc_accepts(self):
        self.write("leak.c", "#include <libpq-fe.h>\nint leak(void) {\n"
                   '  PGconn *conn = PQconnectdb("");\n'
                   "  int *p = undeclared(); long q = p;\n"
                   "  return conn ? q : 0;\n}\n")
        self.assert_analysed("gcc -std=gnu99 -Iinclude -c leak.c")


class Flags(DatabaseTest):
    def setUp(self):
        super().setUp()
        self.leak()

    def test_gcc_only(self):
        flags = ("-fconserve-stack -fno-allow-store-data-races -mno-fp-ret-in-387 "
                 "-fno-var-tracking-assignments -mpreferred-stack-boundary=3 "
                 "-mindirect-branch=thunk-extern -Wno-maybe-uninitialized "
                 "-fplugin=gcc_plugin.so -fplugin-arg-gcc_plugin-x=1")
        result = self.assert_analysed(f"gcc {flags} -Iinclude -c leak.c")
        self.assertIn("-fconserve-stack", result.err)
        self.assertNotIn("maybe-uninitialized", result.err)

    def test_values_unknown_to_clang(self):
        result = self.assert_analysed(
            "gcc -march=imaginary -mtune=imaginary -std=gnu89 -Iinclude -c leak.c")
        self.assertIn("-march=imaginary", result.err)

    def test_ignored_flags_are_counted(self):
        self.fine()
        self.database([("leak.c", "-fconserve-stack"), ("fine.c", "-fconserve-stack")])
        result = self.run_tool()
        self.assertIn("ignored in 2 units: flag '-fconserve-stack'", result.err)
        self.assertNotIn("conserve", self.run_tool("--quiet").err)

    def test_instrumentation(self):
        self.assert_analysed("clang -fsanitize=address,undefined -flto=thin "
                             "-fprofile-instr-use=none.profdata -ftime-trace "
                             "-fsanitize-ignorelist=none.txt -Iinclude -c leak.c")

    def test_clang_plugin(self):
        self.assert_analysed("clang -Xclang -load -Xclang none.so -Xclang -add-plugin "
                             "-Xclang none -Iinclude -c leak.c")

    def test_modules(self):
        result = self.assert_analysed(
            "g++ -fmodules-ts -fmodule-mapper=leak.modmap -fdeps-format=p1689r5 "
            "-x c -Iinclude -c leak.c")
        self.assertIn("-fmodule-mapper", result.err)
        self.assert_analysed("clang -fmodules -fmodule-map-file=none.modulemap "
                             "-fmodule-file=x=none.pcm -Iinclude -c leak.c")

    def test_language_by_compiler_and_flag(self):
        self.write("leak.c", "#include <libpq-fe.h>\nint leak(bool b) {\n"
                   '  auto *conn = PQconnectdb("");\n  return conn && b;\n}\n')
        self.assert_analysed("g++ -Iinclude -c leak.c")
        self.assert_analysed("gcc -x c++ -Iinclude -c leak.c")
        self.assert_analysed("clang++-22 -std=c++20 -Iinclude -c leak.c")


class Wrappers(DatabaseTest):
    def setUp(self):
        super().setUp()
        self.leak()

    def test_launchers(self):
        for launcher in ("ccache", "distcc", "sccache", "/usr/bin/ccache distcc",
                         "ccache CCACHE_DIR=x", "env LANG=C ccache", "nice -n 10",
                         "cmake -E env A=b ccache",
                         "/usr/bin/cmake -E __run_co_compile --source=leak.c --",
                         "/bin/bash ./libtool --tag=CC --mode=compile"):
            with self.subTest(launcher):
                self.assert_analysed(launcher + " gcc -Iinclude -c leak.c")

    def test_ccache_by_name_only(self):
        self.assert_analysed("/usr/lib/ccache/gcc -Iinclude -c leak.c")


class ResponseFiles(DatabaseTest):
    def test_read_from_the_directory_of_the_command(self):
        self.leak()
        self.write("flags/first.rsp", "-Iinclude @flags/second.rsp")
        self.write("flags/second.rsp", "'-DUNUSED=1'\n-O2\n")
        self.assert_analysed("cc @flags/first.rsp -c leak.c")

    def test_missing(self):
        self.leak()
        result = self.assert_analysed("cc -Iinclude @none.rsp -c leak.c")
        self.assertIn("response file '@none.rsp'", result.err)


class PrecompiledHeaders(DatabaseTest):
    def setUp(self):
        super().setUp()
        self.write("leak.c", 'int leak(void) {\n  return PQconnectdb("") != 0;\n}\n')
        self.write("all.h", "#include <libpq-fe.h>\n")

    EXPECTED = [("leak.c", 2, "conn-leak")]

    def test_gcc(self):
        self.write("all.h.gch", b"gpch\x00of another compiler")
        result = self.assert_analysed("gcc -include all.h -Iinclude -c leak.c")
        self.assertIn("all.h.gch", result.err)

    def test_gcc_found_by_include_path(self):
        self.write("pch/all.h", "#include <libpq-fe.h>\n")
        self.write("pch/all.h.gch", b"gpch\x00of another compiler")
        (self.root / "all.h").unlink()
        result = self.assert_analysed("gcc -include all.h -Ipch -Iinclude -c leak.c")
        self.assertIn("all.h.gch", result.err)

    def test_gcc_without_its_source(self):
        self.leak()
        self.write("gone.h.gch", b"gpch\x00of another compiler")
        result = self.run_with(
            self.entry("gcc -include gone.h -Iinclude -c leak.c"))
        self.assertEqual(len(result.findings()), 1, result.err)
        self.assertIn("gone.h.gch", result.err)

    def test_clang(self):
        self.write("all.h.pch", b"CPCH of another version")
        result = self.assert_analysed(
            "clang -include-pch all.h.pch -Iinclude -c leak.c")
        self.assertIn("all.h.pch", result.err)

    def test_clang_by_cmake(self):
        self.assert_analysed("clang -Xclang -include-pch -Xclang all.h.pch "
                             "-Xclang -include -Xclang all.h -Iinclude -c leak.c")


class CrossCompilers(DatabaseTest):
    """The compiler is a script that answers as GCC does."""

    def setUp(self):
        super().setUp()
        self.write("sysroot/usr/include/board.h", "#include <libpq-fe.h>\n"
                   "#ifndef __arm__\n#error not for this machine\n#endif\n")
        self.write("leak.c", "#include <board.h>\nint leak(void) {\n"
                   '  return PQconnectdb("") != 0;\n}\n')

    def compiler(self, directories, code=0):
        listed = "".join(f'echo " {d}" >&2\n' for d in directories)
        return self.script(
            "tools/bin/arm-linux-gnueabihf-gcc",
            "#!/bin/sh\n"
            f'echo "$*" >> {self.root}/asked\n'
            "echo 'Target: arm-linux-gnueabihf' >&2\n"
            "echo '#include \"...\" search starts here:' >&2\n"
            "echo '#include <...> search starts here:' >&2\n"
            f"{listed}"
            "echo 'End of search list.' >&2\n"
            f"exit {code}\n")

    def test_is_asked_once_for_its_directories(self):
        compiler = self.compiler([self.root / "sysroot/usr/include"])
        self.write("other.c", "#include <board.h>\n")
        command = f"{compiler} --sysroot=sysroot -Iinclude -c "
        result = self.run_with(self.entry(command + "leak.c"),
                               self.entry(command + "other.c", "other.c"))
        self.assertEqual(result.code, FINDINGS, result.err)
        self.assertEqual(result.findings(), self.EXPECTED)
        asked = (self.root / "asked").read_text().splitlines()
        self.assertEqual(len(asked), 1, asked)
        self.assertIn(f"--sysroot={self.root}/sysroot", asked[0])

    def test_by_relative_path(self):
        self.compiler([self.root / "sysroot/usr/include"])
        self.assert_analysed(
            "tools/bin/arm-linux-gnueabihf-gcc -Iinclude -c leak.c")

    def test_that_is_not_installed(self):
        result = self.run_with(
            self.entry("arm-linux-gnueabihf-gcc-99 -Iinclude -c leak.c"))
        self.assertEqual(result.code, INCOMPLETE)
        self.assertIn("arm-linux-gnueabihf-gcc-99': it is not installed", result.err)
        self.assertIn("'board.h' file not found", result.err)

    def test_that_fails(self):
        compiler = self.compiler([], code=1)
        result = self.run_with(self.entry(f"{compiler} -Iinclude -c leak.c"))
        self.assertEqual(result.code, INCOMPLETE)
        self.assertIn("header directories of", result.err)

    def test_target_without_a_compiler(self):
        """The name says the machine even if nobody can be asked."""
        self.write("leak.c", "#include <libpq-fe.h>\n#ifdef __arm__\n"
                   'int leak(void) { return PQconnectdb("") != 0; }\n#endif\n')
        self.assert_analysed("arm-linux-gnueabihf-gcc-99 -Iinclude -c leak.c")


class OtherLanguages(DatabaseTest):
    def test_skipped_with_a_count(self):
        self.leak()
        for name in ("boot.S", "fast.s", "kernel.cu", "solve.f90"):
            self.write(name, "nothing that we read\n")
        result = self.run_with(
            self.entry("cc -c boot.S", "boot.S"), self.entry("as fast.s", "fast.s"),
            self.entry("nvcc -arch=sm_80 -c kernel.cu", "kernel.cu"),
            self.entry("gfortran -c solve.f90", "solve.f90"),
            self.entry("cc -x assembler-with-cpp -c leak.c"),
            self.entry("cc -Iinclude -c leak.c"))
        self.assertEqual(result.code, FINDINGS, result.err)
        self.assertEqual(result.findings(), self.EXPECTED)
        self.assertIn("3 files skipped: assembler", result.err)
        self.assertIn("1 file skipped: CUDA", result.err)
        self.assertIn("1 file skipped: neither C nor C++", result.err)

    def test_nothing_else_there(self):
        self.write("boot.S", "nop\n")
        result = self.run_with(self.entry("cc -c boot.S", "boot.S"))
        self.assertEqual(result.code, CLEAN)
        self.assertEqual(result.findings(), [])


if __name__ == "__main__":
    unittest.main()
