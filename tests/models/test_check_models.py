#!/usr/bin/env python3
"""scripts/check-models refuses what a header does not bear out."""
import json
import pathlib
import subprocess
import tempfile
import unittest

CHECK_MODELS = pathlib.Path(__file__).resolve().parents[2] / "scripts/check-models"

HEADER = """
struct db;
db *db_open(const char *name, int mode);
void db_log(const char *format, ...);
#define db_quick(name) db_open(name, 0)
namespace net {
struct Base { void close(); };
class Client : public Base { public: Client(); void send(int); private: void secret(); };
template <class T> struct Box { T get() const; };
}
"""


def entry(*names, line=7, **more):
    return {"names": list(names), "line": line, "highest-argument": 0,
            "from-documentation": False, **more}


class CheckModels(unittest.TestCase):
    def check(self, functions=(), classes=(), types=(), headers=("db.h",)):
        """(exit code, output) for a library with these entries."""
        model = {"library": "db", "file": "db.yaml", "headers": list(headers),
                 "from-documentation": False, "types": list(types),
                 "functions": list(functions), "classes": list(classes)}
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder)
            (path / "db.h").write_text(HEADER, encoding="utf-8")
            program = path / "models"
            program.write_text("#!/bin/sh\ncat <<'END'\n" + json.dumps([model]) + "\nEND\n",
                               encoding="utf-8")
            program.chmod(0o755)
            run = subprocess.run([CHECK_MODELS, "--models", program, "-I", folder],
                                 capture_output=True, text=True, check=False)
        return run.returncode, run.stdout + run.stderr

    def accepts(self, uses, **model):
        self.assertEqual(self.check(**model), (0, f"db: {uses} uses checked\n"))

    def refuses(self, message, **model):
        code, output = self.check(**model)
        self.assertEqual(code, 1, output)
        self.assertIn("db.yaml:7: ", output)
        self.assertIn(message, output)

    def test_what_the_header_has(self):
        self.accepts(3, functions=[entry("db_open", "db_log", "db_quick")])
        self.accepts(1, functions=[entry("db_open", arity=2)])
        self.accepts(1, functions=[entry("db_log", **{"highest-argument": 9})])
        self.accepts(2, functions=[entry("net::Client::send", "net::Client::Client")])
        self.accepts(1, functions=[entry("net::Box::get")])
        self.accepts(2, classes=[entry("net::Client", methods=["close"])])
        self.accepts(1, types=[{"type": "struct db *", "line": 7}])

    def test_unknown_function(self):
        self.refuses("db_opne", functions=[entry("db_opne")])

    def test_argument_that_is_not_there(self):
        self.refuses("another number of parameters",
                     functions=[entry("db_open", **{"highest-argument": 3})])

    def test_wrong_arity(self):
        self.refuses("another number of parameters", functions=[entry("db_open", arity=3)])

    def test_method_of_a_base_class(self):
        self.refuses("declared in a base class", functions=[entry("net::Client::close")])

    def test_unknown_or_private_method(self):
        self.refuses("sned", functions=[entry("net::Client::sned")])
        self.refuses("secret", functions=[entry("net::Client::secret")])

    def test_unknown_class(self):
        self.refuses("there is no class net::Clint", classes=[entry("net::Clint", methods=[])])
        self.refuses("there is no net::Clint", functions=[entry("net::Clint::send")])

    def test_unknown_method_of_a_guard(self):
        self.refuses("reset", classes=[entry("net::Client", methods=["reset"])])

    def test_unknown_type(self):
        self.refuses("unknown type name 'database'",
                     types=[{"type": "database *", "line": 7}])

    def test_header_that_is_not_installed(self):
        self.assertEqual(self.check(headers=["no/such.h"]),
                         (0, "db: skipped, no header no/such.h\n"))


if __name__ == "__main__":
    unittest.main()
