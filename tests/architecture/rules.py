"""The rules of the house, each a function from the tree's text to what breaks them.

A tree is a dict from path ("bridge/core/topics.hpp") to text; a finding is "path:line: sentence".
"""

import pathlib
import re

LAYERS = ["api", "core", "runtime", "io", "cli"]
KINDS = (".hpp", ".cpp", ".py")


def read_tree(root):
    """Every source file of bridge/, mappers/ and tests/, and the list of mappers."""
    tree = {}
    for top in ("bridge", "mappers", "tests"):
        for path in sorted((root / top).rglob("*")):
            if path.suffix in (*KINDS, ".json") or path.name == "CMakeLists.txt":
                tree[str(path.relative_to(root))] = path.read_text(encoding="utf-8")
    return tree


def within(tree, *starts, kinds=(".hpp", ".cpp")):
    return {path: text for path, text in tree.items()
            if path.startswith(starts) and path.endswith(tuple(kinds))}


def blanked(match):
    return re.sub(r"[^\n]", " ", match.group(0))


def code_of(text):
    """C++ without comments and without the insides of strings; every line keeps its number."""
    tokens = (r'#[ \t]*include[^\n]*|R"(\w*)\((?:.|\n)*?\)\1"|"(?:\\.|[^"\\\n])*"'
              r"|'(?:\\.|[^'\\\n])'|//[^\n]*|/\*(?:.|\n)*?\*/")

    def keep_quotes(match):
        found = match.group(0)
        if found.startswith("#"):
            return found
        if found.startswith("/"):
            return blanked(match)
        return '"' + re.sub(r"[^\n]", " ", found[1:-1]) + '"'

    return re.sub(tokens, keep_quotes, text)


def hits(files, pattern, sentence, code_only=True):
    """A finding for every match of a pattern."""
    found = []
    for path, text in files.items():
        searched = code_of(text) if code_only and not path.endswith(".py") else text
        for match in re.finditer(pattern, searched):
            line = searched.count("\n", 0, match.start()) + 1
            found.append(f"{path}:{line}: {sentence}: {' '.join(match.group(0).split())[:60]}")
    return found


def includes(text):
    """(line, quoted or angled, name) of every include."""
    for number, line in enumerate(text.splitlines(), 1):
        match = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if match:
            yield number, match.group(1), match.group(2)


def mapper_names(tree):
    listed = re.search(r"set\(MAPPERS([^)]*)\)", tree["mappers/CMakeLists.txt"])
    return listed.group(1).split()


# ---- Who may know whom ----------------------------------------------------------------------

def vendors_under_bridge(tree):
    found = []
    for name in mapper_names(tree):
        spelled = "[ _-]?".join(re.escape(part) for part in name.split("_"))
        files = within(tree, "bridge/", kinds=(*KINDS, ".txt"))
        found += hits(files, rf"(?i){spelled}", "names a vendor", code_only=False)
    return found


def impure_core(tree):
    forbidden = r'asio|mqtt/|clock::now|std::thread|#\s*include\s*<(fstream|thread|mutex|filesystem)>'
    return hits(within(tree, "bridge/core/"), forbidden, "the core is pure")


def layer_includes(tree):
    found = []
    for path, text in within(tree, *(f"bridge/{layer}/" for layer in LAYERS)).items():
        rank = LAYERS.index(path.split("/")[1])
        for line, quote, name in includes(text):
            layer = name.split("/")[0] if "/" in name else ""
            seen = "api" if layer == "bridge" else layer
            if quote == '"' and seen in LAYERS:
                allowed = LAYERS.index(seen) <= rank
            else:
                allowed = quote == "<" or (name == "registry.hpp" and path.startswith("bridge/cli/"))
            if not allowed:
                found.append(f"{path}:{line}: includes what its layer must not see: {name}")
    return found


def libraries_outside_io(tree):
    files = within(tree, "bridge/api/", "bridge/core/", "bridge/runtime/", "bridge/cli/")
    library = r'#\s*include\s*[<"](mqtt/|MQTT|sqlite3|toml\+\+|boost/beast|boost/url|openssl/|zlib)'
    return hits(files, library, "only io/ knows this library")


def mapper_includes(tree):
    found = []
    for path, text in within(tree, "mappers/", kinds=(".cpp",)).items():
        for line, quote, name in includes(text):
            standard = quote == "<" and re.fullmatch(r"[a-z_]+", name)
            if not standard and name != "bridge/mapper.hpp":
                found.append(f"{path}:{line}: a mapper includes bridge/mapper.hpp alone: {name}")
    return found


def mapper_list(tree):
    found = []
    names = mapper_names(tree)
    for name in names:
        for needed in (f"mappers/{name}.cpp", f"mappers/samples/{name}.json",
                       f"tests/mappers/{name}_test.cpp"):
            if needed not in tree:
                found.append(f"{needed}: is missing, though MAPPERS lists {name}")
        source = tree.get(f"mappers/{name}.cpp", "")
        if not re.search(rf"extern constinit const (bridge::)?Mapper {name}\b", source):
            found.append(f"mappers/{name}.cpp: does not define mappers::{name}")
        if f'.name = "{name}"' not in source:
            found.append(f"mappers/{name}.cpp: is called otherwise in its own table")
    for path in tree:
        match = re.fullmatch(r"mappers/(?:samples/)?(\w+)\.(?:cpp|json)", path)
        if match and match.group(1) not in names:
            found.append(f"{path}: is not in MAPPERS")
    return found


def missing_core_tests(tree):
    """A file of the core is tested under its own name, or by a test that includes its header."""
    included = {name for text in within(tree, "tests/core/").values() for _, _, name in includes(text)}
    found = []
    for path in within(tree, "bridge/core/", kinds=(".cpp",)):
        name = pathlib.Path(path).stem
        if f"tests/core/{name}_test.cpp" not in tree and f"core/{name}.hpp" not in included:
            found.append(f"{path}: no test in tests/core/ is called {name}_test.cpp or includes it")
    return found


# ---- Sizes ----------------------------------------------------------------------------------

def too_long(tree):
    found = []
    for path, text in within(tree, "bridge/", "mappers/", "tests/", kinds=KINDS).items():
        limit = 250 if re.fullmatch(r"mappers/\w+\.cpp", path) else 400
        lines = text.count("\n")
        if lines > limit:
            found.append(f"{path}:{lines}: is longer than {limit} lines")
    return found


def too_much_api(tree):
    lines = 0
    for text in within(tree, "bridge/api/", kinds=(".hpp",)).values():
        lines += sum(1 for line in code_of(text).splitlines() if line.strip())
    return [f"bridge/api:{lines}: more than 800 lines of declarations"] if lines > 800 else []


# ---- Coroutines: what g++ 12 compiles to memory corruption ----------------------------------

def awaited(code, start):
    """From a co_await to the end of its expression."""
    depth = 0
    for position in range(start, len(code)):
        char = code[position]
        if char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        if depth < 0 or (depth == 0 and char == ";"):
            return code[start:position]
    return code[start:]


CAPTURES = r"(?:[(,=?:]|co_await)\s*\[(?!\s*\]|\[)[^\]]*\]\s*[({]"
BRACES = r"[\w>(,?:]\s*\{"
BRACES_BEFORE = r"(?:\b(?!else|do|try)\w+|[>(]|,\s*)\{[^;{}]*\bco_await|\}\s*,[^;{}]*\bco_await"


def dangerous_awaits(tree):
    found = []
    for path, text in within(tree, "bridge/", "mappers/", "tests/").items():
        code = code_of(text)
        for match in re.finditer(r"\bco_await\b", code):
            line = code.count("\n", 0, match.start()) + 1
            expression = awaited(code, match.start())
            if re.search(CAPTURES, expression):
                found.append(f"{path}:{line}: a capturing lambda in a co_await expression")
            elif re.search(BRACES, expression):
                found.append(f"{path}:{line}: a braced temporary in a co_await expression")
        for match in re.finditer(BRACES_BEFORE, code):
            line = code.count("\n", 0, match.end()) + 1
            found.append(f"{path}:{line}: a braced temporary around or before a co_await")
    return found


# ---- Waiting, skipping, naming --------------------------------------------------------------

def waits(tree):
    files = within(tree, "bridge/api/", "bridge/core/", "bridge/runtime/", "bridge/cli/", "mappers/")
    found = hits(files, r"\b(sleep_for|sleep_until|usleep|std::mutex|std::thread)\b", "something waits")
    return found + hits(within(tree, "tests/"), r"\b(sleep_for|sleep_until|usleep|nanosleep)\b",
                        "a test sleeps")


def skipped_tests(tree):
    found = hits(within(tree, "tests/"), r"GTEST_SKIP|\bDISABLED_", "a test does not run")
    python = {path: text for path, text in within(tree, "tests/", kinds=(".py",)).items()
              if not path.startswith("tests/architecture/")}
    return found + hits(python, r"skipTest|unittest\.skip|SkipTest|expectedFailure",
                        "a test does not run")


def empty_words(tree):
    files = within(tree, "bridge/", "mappers/")
    found = hits(files, r"\b\w*([Mm]anager|[Hh]elper|[Uu]tils)\w*\b|\b(handle|do)_\w+",
                 "a name that says nothing")
    return found + hits(files, r"\b(TODO|FIXME|XXX)\b", "unfinished", code_only=False)


ALL = [vendors_under_bridge, impure_core, layer_includes, libraries_outside_io, mapper_includes,
       mapper_list, missing_core_tests, too_long, too_much_api, dangerous_awaits, waits,
       skipped_tests, empty_words]
