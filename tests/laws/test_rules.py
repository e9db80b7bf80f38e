"""Every check has a rule, a manual page, fixtures and an entry in the registry."""

import re
import unittest
from pathlib import Path

from repository import (Law, ROOT, check_of, fixtures, manual_of, read, registered_rules,
                        rule_folders, rule_headers, settings_described, settings_in_manuals,
                        settings_read)

HEADINGS = ["What it does", "Why is this bad?", "Example", "Use instead", "Known problems",
            "Options"]


class Rules(Law):

    def test_there_are_rules(self):
        self.assertGreaterEqual(len(rule_folders()), 3)

    def test_each_manual_page_has_its_headings(self):
        for folder in rule_folders():
            with self.subTest(rule=folder.name):
                self.assertEqual([heading for heading, _ in manual_of(folder)], HEADINGS)

    def test_no_section_is_empty(self):
        self.holds(f"{folder.name}: {heading}" for folder in rule_folders()
                   for heading, text in manual_of(folder) if not text.strip())

    def test_examples_are_code(self):
        self.holds(f"{folder.name}: {heading}" for folder in rule_folders()
                   for heading, text in manual_of(folder)
                   if heading in ("Example", "Use instead") and "```cpp\n" not in text)

    def test_id_is_the_name_of_the_folder(self):
        for folder in rule_folders():
            with self.subTest(rule=folder.name):
                ids = [id for header in rule_headers(folder)
                       for id in re.findall(r'id\(\) \{ return "([^"]+)"; \}', read(header))]
                self.assertEqual(ids, [check_of(folder)])

    def test_registry_lists_every_rule_once(self):
        classes = sorted(name for folder in rule_folders() for header in rule_headers(folder)
                         for name in re.findall(r"^class (\w+) \{", read(header), re.M))
        self.assertEqual(sorted(registered_rules()), classes)

    def test_every_rule_is_asked_to_judge(self):
        judges = read(Path("checks/analysis/Analysis.cpp"))
        self.holds(rule for rule in registered_rules() if f"rules::{rule}().check(" not in judges)

    def test_every_check_has_fixtures_of_its_name(self):
        for folder in rule_folders():
            check = check_of(folder)
            with self.subTest(check=check):
                texts = [read(path) for path in fixtures(check)]
                self.assertTrue(texts, f"no fixtures/{check}/")
                self.assertTrue(any(re.search(rf"\bEXPECT:[^\n]*\b{check}(?![\w-])", text)
                                    for text in texts), "nothing is expected of it")
                self.assertTrue(any(re.search(r"\b\w+_ok\b", text) for text in texts),
                                "nothing is expected to be right")

    def test_fixture_folders_of_checks_name_a_check(self):
        checks = {check_of(folder) for folder in rule_folders()}
        self.holds(path.name for path in (ROOT / "fixtures").iterdir()
                   if path.name.startswith("conn-") and path.name not in checks)

    def test_expectations_name_a_check(self):
        checks = {check_of(folder) for folder in rule_folders()}
        # The examples say what is wrong with them whoever may find it.
        self.holds(f"{path}: {check}" for path in fixtures() if path.parts[1] != "examples"
                   for listed in re.findall(r"\b(?:EXPECT|ALT|ALLOW):\s*([\w-]+(?:\s*,\s*[\w-]+)*)",
                                            read(path))
                   for check in re.split(r"\s*,\s*", listed) if check not in checks)

    def test_readme_lists_every_check(self):
        listed = re.findall(r"^\| `(conn-[\w-]+)` \|", read(Path("README.md")), re.M)
        self.assertEqual(sorted(listed), sorted(check_of(folder) for folder in rule_folders()))


class Settings(Law):

    def test_there_are_settings(self):
        self.assertIn("ThrowCertainty", settings_read())

    def test_read_is_described(self):
        self.assertEqual(settings_read(), settings_described())

    def test_read_is_in_a_manual_page(self):
        self.assertEqual(settings_read(), settings_in_manuals())


if __name__ == "__main__":
    unittest.main()
