"""The example mapper in CONTRIBUTING.md is one: it compiles, and it keeps the mappers' rules."""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import rules  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]


def compiled(source):
    """What the compiler says about a mapper that sees only the API."""
    with tempfile.NamedTemporaryFile("w", suffix=".cpp") as file:
        file.write(source)
        file.flush()
        return subprocess.run(
            [os.environ.get("CXX", "g++"), "-std=c++20", "-fsyntax-only", "-Wall", "-Wextra",
             "-Wpedantic", "-Werror", f"-I{ROOT}/bridge/api", file.name],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


class Example(unittest.TestCase):

    def setUp(self):
        text = (ROOT / "CONTRIBUTING.md").read_text()
        self.source = re.search(r"```cpp\n(.*?)```", text, re.DOTALL).group(1)

    def test_compiles_against_the_api_alone(self):
        done = compiled(self.source)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_a_mistake_would_be_seen(self):
        self.assertNotEqual(compiled(self.source.replace("fleet.add", "fleet.insert")).returncode, 0)

    def test_keeps_the_rules_of_mappers(self):
        tree = {
            "mappers/CMakeLists.txt": "set(MAPPERS acme)",
            "mappers/acme.cpp": self.source,
            "mappers/samples/acme.json": "{}",
            "tests/mappers/acme_test.cpp": "",
        }
        for rule in rules.ALL:
            with self.subTest(rule.__name__):
                self.assertEqual(rule(tree), [])


if __name__ == "__main__":
    unittest.main()
