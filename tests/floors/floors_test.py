#!/usr/bin/env python3
"""The floors check must fail on each planted violation and pass a tree without one."""

import json
import os
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import floors  # noqa: E402


class Tree:
    """A small src/ with one file a test plants something in."""

    def __init__(self, path, text):
        self.folder = tempfile.TemporaryDirectory()
        self.src = os.path.join(self.folder.name, "src")
        self.write("base/time.h", "#pragma once\n#include <chrono>\n")
        self.write("core/rows.h", '#include "base/time.h"\n// steady_clock::now() is only a word\n')
        self.write("store/memory.cpp", '#include "core/rows.h"\n#include <mutex>\n')
        self.write(path, text)

    def write(self, path, text):
        full = os.path.join(self.src, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.folder.cleanup()

    def complaints(self):
        return list(floors.check_floors(self.src))


class Floors(unittest.TestCase):
    def assert_caught(self, path, text, words):
        with Tree(path, text) as tree:
            found = tree.complaints()
        self.assertEqual(len(found), 1, found)
        self.assertIn(f"{path}:", found[0])
        self.assertIn(words, found[0])

    def assert_clean(self, path, text):
        with Tree(path, text) as tree:
            self.assertEqual(tree.complaints(), [])

    def test_downward_includes_are_fine(self):
        self.assert_clean("daemon/loop.cpp",
                          '#include "store/memory.h"\n#include "core/rows.h"\n#include "daemon/x.h"\n')
        self.assert_clean("fleet/load.cpp", '#include "core/spec.h"\n')

    def test_upward_includes_are_caught(self):
        self.assert_caught("base/x.h", '#include "core/rows.h"\n', "base must not include core")
        self.assert_caught("core/x.h", '#include "fleet/load.h"\n', "core must not include fleet")
        self.assert_caught("core/x.cpp", '#include "ports/store.h"\n', "must not include ports")
        self.assert_caught("store/x.h", '#include "daemon/x.h"\n', "must not include daemon")

    def test_neighbours_never_include_each_other(self):
        self.assert_caught("store/x.h", '#include "exec/spawn.h"\n', "must not include exec")
        self.assert_caught("sim/x.h", '#include "daemon/x.h"\n', "must not include daemon")

    def test_tests_obey_the_floors_too(self):
        self.assert_caught("core/x_test.cpp", '#include "sim/x.h"\n', "must not include sim")

    def test_ways_around_are_caught(self):
        self.assert_caught("core/x.h", '  #  include "fleet/load.h"\n', "must not include fleet")
        self.assert_caught("core/x.h", '#include "../fleet/load.h"\n', "by its path from src/")
        self.assert_caught("core/x.h", '#include "rows.h"\n', "by its path from src/")

    def test_a_folder_without_a_floor_is_caught(self):
        self.assert_caught("util/x.h", "int x;\n", "stands on no floor")

    def test_clocks_threads_and_chance_in_core_are_caught(self):
        for text in ("auto t = std::chrono::system_clock::now();\n", "auto t = Clock::now();\n",
                     "auto t = time(nullptr);\n", "clock_gettime(CLOCK_BOOTTIME, &ts);\n",
                     "gettimeofday(&tv, nullptr);\n", "std::random_device device;\n",
                     "int n = rand();\n", "std::unordered_map<int, int> m;\n",
                     "int s = socket(AF_INET, SOCK_STREAM, 0);\n", "auto h = getenv(\"HOME\");\n"):
            self.assert_caught("core/x.cpp", text, "core")
        for header in ("thread", "mutex", "condition_variable", "random", "atomic", "iostream",
                       "fstream", "sys/socket.h", "ctime", "boost/asio.hpp"):
            self.assert_caught("core/x.cpp", f"#include <{header}>\n", "must not include")

    def test_words_that_only_look_alike_are_fine(self):
        self.assert_clean("core/x.cpp", "/* system_clock::now() */\nauto t = turn.time(3);\n"
                                        'auto s = "rand() and time()";\nint run_time(int x);\n')

    def test_elsewhere_clocks_are_allowed(self):
        self.assert_clean("exec/x.cpp", "#include <thread>\nauto t = Clock::now();\n")

    def test_a_test_outside_the_build_is_caught(self):
        with Tree("core/x_test.cpp", "int main() {}\n") as tree:
            commands = os.path.join(tree.folder.name, "compile_commands.json")
            for built, count in (([], 1), (["core/x_test.cpp"], 0)):
                with open(commands, "w", encoding="utf-8") as file:
                    json.dump([{"directory": tree.src, "file": name} for name in built], file)
                found = list(floors.check_built([tree.src], commands))
                self.assertEqual(len(found), count, found)


if __name__ == "__main__":
    unittest.main()
