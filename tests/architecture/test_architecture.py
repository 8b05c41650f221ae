"""The tree keeps the rules of the house, and each rule would see a violation."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
import rules  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
LIST = {"mappers/CMakeLists.txt": "set(MAPPERS acme_pumps)\n"}
GOOD_MAPPER = ('#include <algorithm>\n\n#include "bridge/mapper.hpp"\n'
               'extern constinit const Mapper acme_pumps{.name = "acme_pumps"};\n')
GOOD_TREE = {
    **LIST,
    "mappers/acme_pumps.cpp": GOOD_MAPPER,
    "mappers/samples/acme_pumps.json": "{}",
    "tests/mappers/acme_pumps_test.cpp": "TEST(AcmePumps, Lists) {}\n",
}


def one(path, text):
    """A tree with one more file in it."""
    return {**GOOD_TREE, path: text}


class Tree(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.tree = rules.read_tree(ROOT)

    def test_keeps_every_rule(self):
        for rule in rules.ALL:
            with self.subTest(rule.__name__):
                self.assertEqual(rule(self.tree), [])

    def test_was_read_at_all(self):
        for path in ("bridge/api/bridge/mapper.hpp", "bridge/core/topics.hpp", "mappers/registry.hpp",
                     "mappers/CMakeLists.txt", "tests/architecture/rules.py"):
            self.assertIn(path, self.tree)


class Rules(unittest.TestCase):

    def broken(self, rule, tree, count=1):
        self.assertEqual(len(rule(tree)), count, rule(tree))

    def kept(self, rule, tree):
        self.assertEqual(rule(tree), [])

    def test_a_small_good_tree_keeps_them_all(self):
        for rule in rules.ALL:
            self.kept(rule, GOOD_TREE)

    def test_sees_a_vendor_under_bridge_in_every_spelling(self):
        for spelled in ("acme_pumps", "Acme Pumps", "AcmePumps", "ACME-PUMPS"):
            self.broken(rules.vendors_under_bridge, one("bridge/core/x.cpp", f"// {spelled}\n"))

    def test_sees_what_makes_the_core_impure(self):
        for line in ("boost::asio::post(x);", '#include "mqtt/client.h"', "#include <fstream>",
                     "system_clock::now();", "std::thread t;"):
            self.broken(rules.impure_core, one("bridge/core/x.cpp", line + "\n"))
        self.kept(rules.impure_core, one("bridge/core/x.cpp", "// no asio here\n"))
        self.kept(rules.impure_core, one("bridge/runtime/x.cpp", "boost::asio::post(x);\n"))

    def test_sees_a_layer_that_looks_up(self):
        self.broken(rules.layer_includes, one("bridge/core/x.cpp", '#include "runtime/ports.hpp"\n'))
        self.broken(rules.layer_includes, one("bridge/api/bridge/x.hpp", '#include "core/topics.hpp"\n'))
        self.broken(rules.layer_includes, one("bridge/runtime/x.cpp", '#include "io/paho_link.hpp"\n'))
        self.broken(rules.layer_includes, one("bridge/io/x.cpp", '#include "registry.hpp"\n'))
        self.kept(rules.layer_includes, one("bridge/io/x.cpp", '#include "core/topics.hpp"\n'))
        self.kept(rules.layer_includes, one("bridge/cli/x.cpp", '#include "registry.hpp"\n'))

    def test_sees_a_library_outside_io(self):
        for name in ("<sqlite3.h>", "<mqtt/async_client.h>", "<boost/beast/http.hpp>"):
            self.broken(rules.libraries_outside_io, one("bridge/cli/x.cpp", f"#include {name}\n"))
            self.kept(rules.libraries_outside_io, one("bridge/io/x.cpp", f"#include {name}\n"))

    def test_sees_a_mapper_that_includes_more_than_it_may(self):
        for name in ('"core/topics.hpp"', "<boost/json.hpp>", "<unistd.h>", '"bridge/json.hpp"'):
            self.broken(rules.mapper_includes, one("mappers/x.cpp", f"#include {name}\n"))

    def test_sees_a_mapper_list_that_is_not_the_files(self):
        for gone in ("mappers/samples/acme_pumps.json", "tests/mappers/acme_pumps_test.cpp"):
            self.broken(rules.mapper_list, {p: t for p, t in GOOD_TREE.items() if p != gone})
        self.broken(rules.mapper_list, one("mappers/other.cpp", ""))
        self.broken(rules.mapper_list, one("mappers/acme_pumps.cpp", ""), 2)

    def test_sees_a_core_file_without_tests(self):
        self.broken(rules.missing_core_tests, one("bridge/core/x.cpp", ""))
        self.kept(rules.missing_core_tests, {"bridge/core/x.cpp": "", "tests/core/x_test.cpp": ""})
        self.kept(rules.missing_core_tests, {"bridge/core/x.cpp": "",
                                             "tests/core/y_test.cpp": '#include "core/x.hpp"\n'})

    def test_sees_long_files(self):
        self.broken(rules.too_long, one("mappers/x.cpp", "\n" * 251))
        self.broken(rules.too_long, one("bridge/io/x.cpp", "\n" * 401))
        self.broken(rules.too_long, one("tests/system/x.py", "\n" * 401))
        self.kept(rules.too_long, one("bridge/io/x.cpp", "\n" * 400))

    def test_sees_an_api_that_grows(self):
        self.broken(rules.too_much_api, one("bridge/api/bridge/x.hpp", "int x;\n" * 801))
        self.kept(rules.too_much_api, one("bridge/api/bridge/x.hpp", "// why\n\n" * 800))

    def test_sees_what_the_compiler_breaks(self):
        for line in ("co_await run([s] { use(s); });", "co_await run(1, [this]() { use(); });",
                     "auto r = co_await run([&s](int) mutable { return s; });",
                     "co_await send(Request{.target = s});", "co_await send({a, b});",
                     "co_await send(1, {a});", "co_await send(x ? Agg{1} : y);",
                     "co_return co_await send(\n    std::vector<int>{1});",
                     "use(Agg{a}, co_await next());", "Agg x{co_await next()};",
                     "use({co_await next()});"):
            with self.subTest(line):
                self.assertNotEqual(rules.dangerous_awaits(one("bridge/io/x.cpp", line + "\n")), [])

    def test_leaves_sound_awaits_alone(self):
        for line in ("auto fn = [s] { use(s); }; co_await run(fn);", "co_await get(\"/x/\" + id);",
                     "co_await get(paths[i]);", "const Agg a{1}; co_await send(a);",
                     "if (auto r = co_await next(); !r) { stop(); }", "co_await get(\"{[s]}\");",
                     "try { co_await next(); } catch (...) {}", "if (x) {\n  co_await next();\n}",
                     "Task<void> f() {\n  co_await next();\n}", "// co_await send({a})",
                     "while (co_await next()) { use(Agg{1}); }", "co_await run([] { stop(); });",
                     "Agg a{1};\nco_await next();", "for (;;) {\n  if (!co_await next()) break;\n}"):
            with self.subTest(line):
                self.kept(rules.dangerous_awaits, one("bridge/io/x.cpp", line + "\n"))

    def test_sees_what_waits(self):
        self.broken(rules.waits, one("bridge/runtime/x.cpp", "std::mutex m;\n"))
        self.broken(rules.waits, one("tests/io/x_test.cpp", "std::this_thread::sleep_for(1s);\n"))

    def test_sees_tests_that_do_not_run(self):
        self.broken(rules.skipped_tests, one("tests/io/x_test.cpp", "GTEST_SKIP();\n"))
        self.broken(rules.skipped_tests, one("tests/io/x_test.cpp", "TEST(A, DISABLED_b) {}\n"))
        self.broken(rules.skipped_tests, one("tests/system/test_x.py", "self.skipTest('no')\n"))

    def test_sees_names_that_say_nothing(self):
        for line in ("class LinkManager {};", "void handle_reply();", "#pragma once  // TODO"):
            self.broken(rules.empty_words, one("bridge/io/x.hpp", line + "\n"))


if __name__ == "__main__":
    unittest.main()
