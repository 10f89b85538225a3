"""The project's C++ files as lints read them: paths, and text without comments and literals."""

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = {"build", "tests", "bench", "man", "conf", ".git"}

_SKIP = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-zA-Z_])'(?:\\.|[^'\\\n])+'", re.DOTALL)


def files(*suffixes, tests=False):
    """Tracked and new C++ files, as paths relative to the project, tests left out unless wanted."""
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, text=True,
                            capture_output=True, check=False).stdout.split("\n")
    if listed == [""]:
        listed = [str(path.relative_to(ROOT)) for path in ROOT.rglob("*")]
    found = [Path(name) for name in listed if name.endswith(suffixes or (".cc", ".h"))]
    return sorted(path for path in found if (ROOT / path).is_file() and
                  (path.parts[0] not in OUTSIDE or (tests and path.parts[0] == "tests")))


def text(path):
    return (ROOT / path).read_text(errors="replace")


def bare(source):
    """The same text, same length and lines, with comments and literals blanked."""
    def blank(match):
        return re.sub(r"[^\n]", " ", match.group()) if match.group()[0] == "/" else \
            '"' + re.sub(r"[^\n]", "_", match.group()[1:-1]) + '"'
    return _SKIP.sub(blank, source)


def line_of(source, offset):
    return source.count("\n", 0, offset) + 1


def closing(source, opening):
    """Offset of the brace that closes the one at `opening` (in bare text), or the end."""
    depth = 0
    for offset in range(opening, len(source)):
        if source[offset] == "{":
            depth += 1
        elif source[offset] == "}":
            depth -= 1
            if depth == 0:
                return offset
    return len(source)


def programs():
    """Folders of the first level that hold a program."""
    return {path.parent.name for path in ROOT.glob("*/main.cc")}


def finish(faults, summary=""):
    """Prints what was found and ends the lint."""
    for fault in faults:
        print(fault)
    if summary:
        print(summary)
    raise SystemExit(1 if faults else 0)
