"""Edits that leave every finding of a C or C++ file as it was.

Each takes the text of a file and the lines that findings are at, and gives another
text. They are textual: what they make of a file may not compile, and then nothing can
be said with it.
"""
import re

# Put above everything else; what is included below does not notice.
_UNRELATED = """\
// A file that begins with words
// has its code further down.

static inline int conntidy_unrelated_%d(int value) {
  return value > 0 ? value - 1 : value;
}

"""

_NOT_CODE = re.compile(
    r"//[^\n]*|/\*.*?\*/|R\"(\w*)\(.*?\)\1\"|\"(?:\\.|[^\"\\\n])*\"|'(?:\\.|[^'\\\n])+'",
    re.DOTALL)
# What stands around definitions and is none itself.
_TRANSPARENT = re.compile(r"(?:inline\s+)?namespace\b[^;(]*$|extern\s+\"?[^\"(;]*\"?\s*$")
_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*\n", re.MULTILINE)
# `S::S() : member` and then a brace: the body of the constructor is still to come.
_MEMBER = re.compile(r"\)\s*(?:noexcept\s*)?:(?!:).*[\w>]\s*$", re.DOTALL)
_PROTOTYPE = re.compile(r"^[\w\s*&]+\([^()]*\)\s*$", re.DOTALL)


def edit_above(text, lines=()):
    """Other code is written above all there is."""
    return "".join(_UNRELATED % number for number in range(3)) + text


def indent_anew(text, lines=()):
    """Another indentation, and lines that are broken elsewhere."""
    masked = mask(text)
    lines = []
    continued = False
    for line, code in zip(text.split("\n"), masked.split("\n")):
        directive = continued or code.lstrip().startswith("#")
        continued = directive and line.endswith("\\")
        if directive or not line.strip() or not code.strip():
            lines.append(line)
            continue
        body = line.lstrip()
        depth = len(line) - len(body)
        if "(" in code and '"' not in line and "//" not in line and not line.endswith("\\"):
            before, after = body.split("(", 1)
            body = before + "(\n" + "\t" * (depth + 2) + after
        lines.append("\t" * depth + "   " + body)
    return "\n".join(lines)


def move_functions(text, lines=()):
    """The functions that these lines are in (without lines: all) go to the end, in
    opposite order. Those that call one get a declaration, where that is only to be
    copied.
    """
    masked = mask(text)
    parts, moved = [], []
    done = 0
    for begin, brace, end in definitions(masked):
        source, head = text[begin:end], text[begin:brace].strip()
        first, last = (1 + text.count("\n", 0, place) for place in (begin, end))
        wanted = not lines or any(first <= line <= last for line in lines)
        if not wanted or not head or _DIRECTIVE.search(masked[begin:end]):
            continue
        parts.append(text[done:begin])
        declared = _PROTOTYPE.match(masked[begin:brace].strip())
        parts.append("\n" + head + ";\n" if declared else "\n")
        moved.append(source)
        done = end
    rest = text[done:]
    return "".join(parts) + rest + "\n" + "\n".join(reversed(moved)) + "\n"


MUTATIONS = {"edit-above": edit_above, "indent-anew": indent_anew,
             "move-functions": move_functions}


def mask(text):
    """The same length, with blanks in place of comments and literals."""
    return _NOT_CODE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), text)


def definitions(masked):
    """(begin, opening brace, end) of each function at the outermost level."""
    code = _DIRECTIVE.sub(lambda m: re.sub(r"[^\n]", " ", m.group()), masked)
    directive_ends = {match.end() for match in _DIRECTIVE.finditer(masked)}
    depth = begin = 0
    opened = None
    for position, char in enumerate(code):
        if depth == 0 and position in directive_ends:
            begin = position
        if char == "{":
            if depth == 0:
                opened = position
            depth += 1
        elif char == "}":
            depth -= 1
            if depth < 0:
                return  # braces in branches of the preprocessor: no telling
            head = code[begin:opened]
            if depth or _MEMBER.search(head):
                continue
            if is_function(head):
                start = begin + len(head) - len(head.lstrip())
                yield start, opened, position + 1
            begin = position + 1
        elif depth == 0 and char == ";":
            begin = position + 1


def is_function(head):
    """Whether what stands before a brace makes it a function's body."""
    head = head.strip()
    return ("(" in head and "=" not in head and not _TRANSPARENT.match(head)
            and not re.match(r"(?:struct|class|union|enum|template|typedef)\b", head)
            and re.search(r"\)[\w\s:&,(){}<>.*\"->]*$", head) is not None)
