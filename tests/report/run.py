#!/usr/bin/env python3
"""Runs page.test.js in Chromium, or says why it cannot.

The environment names the program (CONNTIDY), where scripts/lib/install-node-tools
puts node modules (NODE_TOOLS), and where pictures go (PICTURES). Without Chromium,
Node.js or the modules the exit code is 77, by which ctest knows a skipped test.
"""
import os
import pathlib
import shutil
import sys

HERE = pathlib.Path(__file__).resolve().parent
SKIPPED = 77


def main():
    browser = os.environ.get("CHROMIUM") or shutil.which("chromium")
    missing = [name for name, there in (
        ("Chromium (Debian package chromium)", browser),
        ("Node.js (Debian packages nodejs, npm)", shutil.which("node")),
        ("playwright-core (scripts/lib/install-node-tools)",
         (pathlib.Path(os.environ["NODE_TOOLS"]) / "playwright-core").exists()),
    ) if not there]
    if missing:
        print("skipped, the report page is tried in no browser: there is no "
              + ", no ".join(missing))
        return SKIPPED
    os.environ["CHROMIUM"] = browser
    os.execvp("node", ["node", "--test", str(HERE / "page.test.js")])


if __name__ == "__main__":
    sys.exit(main())
