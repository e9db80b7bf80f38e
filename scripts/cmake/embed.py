#!/usr/bin/env python3
"""Writes a C++ file that holds data files as string literals.

  embed.py models  OUT.cpp FILE.yaml...   conntidy::model::embeddedModelFiles()
  embed.py manuals OUT.cpp FILE.h...      conntidy::embeddedManuals()
  embed.py page    OUT.cpp FILE...        conntidy::embeddedPage()
  embed.py identity OUT.cpp FILE...       conntidy::sourceIdentity(), a hash of them

A manual page is the block of `///` lines right before the class of a rule; the
header's folder names the check (`rules/leak_on_throw/` is conn-leak-on-throw).
"""
import hashlib
import pathlib
import re
import sys

CHUNK = 8000  # compilers bound the length of one literal


def literal(text):
    """`text` as adjacent raw string literals."""
    parts = [text[i:i + CHUNK] for i in range(0, len(text), CHUNK)] or [""]
    return "\n".join('R"~~~(%s)~~~"' % p for p in parts)


def manual_of(header):
    block = []
    for line in header.read_text(encoding="utf-8").splitlines():
        if line.startswith("///"):
            block.append(line[4:] if line.startswith("/// ") else line[3:])
        elif block and re.match(r"(class|struct) ", line) and block[0].startswith("## "):
            return "\n".join(block) + "\n"
        else:
            block = []
    return None


def table(namespace, function, rows):
    out = ['#include "llvm/ADT/ArrayRef.h"',
           '#include "llvm/ADT/StringRef.h"',
           "#include <utility>",
           f"namespace {namespace} {{",
           f"llvm::ArrayRef<std::pair<llvm::StringRef, llvm::StringRef>> {function}() {{",
           "  static const std::pair<llvm::StringRef, llvm::StringRef> Files[] = {"]
    out += ['{"%s",\n%s},' % (name, literal(text)) for name, text in rows]
    out += ['{"", ""}};', f"  return llvm::ArrayRef(Files, {len(rows)});", "}", "}"]
    return "\n".join(out) + "\n"


def identity(paths):
    whole = hashlib.sha256()
    for path in paths:
        whole.update(path.read_bytes())
    return ('#include "llvm/ADT/StringRef.h"\n'
            "namespace conntidy {\n"
            f'llvm::StringRef sourceIdentity() {{ return "{whole.hexdigest()[:16]}"; }}\n'
            "}\n")


def main():
    kind, out, *files = sys.argv[1:]
    paths = sorted(pathlib.Path(f) for f in files)
    if kind == "identity":
        text = identity(paths)
    elif kind == "models":
        rows = [(p.name, p.read_text(encoding="utf-8")) for p in paths]
        text = table("conntidy::model", "embeddedModelFiles", rows)
    elif kind == "page":
        rows = [(p.name, p.read_text(encoding="utf-8")) for p in paths]
        text = table("conntidy", "embeddedPage", rows)
    else:
        rows = []
        for p in paths:
            page = manual_of(p)
            if page is not None:
                rows.append(("conn-" + p.parent.name.replace("_", "-"), page))
        text = table("conntidy", "embeddedManuals", rows)
    pathlib.Path(out).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
