"""Every model is used by a fixture, and says where its facts come from."""

import re
import unittest

from repository import Law, fixtures, model_files, model_names, read, top_level

# The standard library is in every fixture of C++.
EVERYWHERE = {"std"}

def from_documentation(path):
    return top_level(path, "from-documentation") == "true"


class Models(Law):

    def test_there_are_models(self):
        self.assertGreater(len(model_files()), 10)

    def test_library_is_named_as_its_file(self):
        for path in model_files():
            with self.subTest(model=path.name):
                self.assertEqual(top_level(path, "library"), path.stem)

    def test_facts_have_a_source(self):
        self.holds(path.name for path in model_files() if not top_level(path, "documentation"))

    def test_models_are_held_against_headers_or_say_why_not(self):
        self.holds(path.name for path in model_files()
                   if not top_level(path, "headers") and not from_documentation(path))

    def test_every_model_has_a_fixture(self):
        """One that gets it right and one that gets it wrong, with this library. Models
        that were read from documentation need none."""
        texts = [text for text in map(read, fixtures("libraries", "models"))
                 if re.search(r"\b\w+_bad\b", text) and re.search(r"\b\w+_ok\b", text)]
        breaches = set()
        for path in model_files():
            if from_documentation(path) or path.stem in EVERYWHERE:
                continue
            # `Data::Session` for `Poco::Data::Session`: a fixture may use its namespace.
            names = ["::".join(name.split("::")[-2:]) for name in model_names(path)]
            self.assertTrue(names, path.name)
            used = re.compile(r"\b(?:%s)(?!\w)" % "|".join(map(re.escape, names)))
            if not any(used.search(text) for text in texts):
                breaches.add(path.name)
        self.holds(breaches)


if __name__ == "__main__":
    unittest.main()
