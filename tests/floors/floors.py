#!/usr/bin/env python3
"""Reads the includes under src/ and fails on what the floors forbid.

    floors.py SRC            arrows point down, core is deterministic (DESIGN: floors)
    floors.py SRC --built COMPILE_COMMANDS TESTS
                             also: every *_test.cpp below SRC and TESTS is compiled

Every complaint is a line `file:line: what`; exit 1 when there is one.
"""

import json
import os
import re
import sys

# A folder may include itself, what its line in ALLOWED names, and nothing else of src/.
BELOW_ADAPTERS = ["base", "net", "core", "fleet", "ports"]
ADAPTERS = ["store", "exec", "browser", "probe", "notify", "memory", "api"]
ALLOWED = {
    "base": [],
    # The witness job is no part of takt: it only knows how its lines are written.
    "witness": ["base"],
    # Requests to other machines: what probes and notices have in common.
    "net": ["base"],
    "core": ["base"],
    "fleet": ["base", "core"],
    # What others call a schedule, as a fleet file: text to text.
    "imports": ["base", "core", "fleet"],
    "ports": ["base", "core", "fleet"],
    **{adapter: BELOW_ADAPTERS for adapter in ADAPTERS},
    "daemon": BELOW_ADAPTERS + ADAPTERS,
    "sim": BELOW_ADAPTERS + ADAPTERS,
    # The black-box checker: reads what a fleet left behind, and shares nothing with what decided it.
    "audit": BELOW_ADAPTERS + ["store", "exec", "witness"],
    "cli": BELOW_ADAPTERS + ADAPTERS + ["daemon", "sim", "imports"],
    "web": BELOW_ADAPTERS + ADAPTERS + ["daemon", "sim"],
}

# What core must not know: clocks, threads, chance, the outside.
CORE_HEADERS = re.compile(
    r"<(thread|mutex|shared_mutex|condition_variable|future|atomic|stop_token|semaphore|random|"
    r"iostream|fstream|cstdio|stdio\.h|filesystem|ctime|time\.h|unistd\.h|fcntl\.h|signal\.h|"
    r"csignal|pthread\.h|poll\.h|sys/[a-z]+\.h|netinet/.*|arpa/.*|boost/asio.*|spdlog/.*|"
    r"sqlite3\.h)>")
CORE_WORDS = re.compile(
    r"(::now\s*\(|\bsteady_clock\b|\bsystem_clock\b|\bhigh_resolution_clock\b|"
    r"(?<![\w.:>])time\s*\(|\bclock_gettime\b|\bgettimeofday\b|\brandom_device\b|\bmt19937|"
    r"(?<![\w.:>])s?rand\s*\(|\bgetenv\b|\bstd::(jthread|thread|mutex|atomic)\b|"
    r"\bthread_local\b|\bsocket\s*\()")
# An order that depends on addresses or hashing would differ between replays.
CORE_LOOPS = re.compile(r"\bunordered_(map|set)<")
UNORDERED_ALLOWED = {"core/state.h", "core/waiting_lines.h"}  # indexes that nobody walks

INCLUDE = re.compile(r'^\s*#\s*include\s*([<"][^>"]+[>"])')
SOURCES = (".h", ".hpp", ".cpp", ".cc")


def sources_below(folder):
    for place, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            if name.endswith(SOURCES):
                yield os.path.join(place, name)


def without_comments_and_texts(text):
    """The same lines, with comments and string literals blanked."""
    pattern = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"', re.S)
    return pattern.sub(lambda found: re.sub(r"[^\n]", " ", found.group()), text)


def is_test(path):
    return path.endswith("_test.cpp") or path.endswith("_for_test.h")


def check_includes(src, path, lines):
    folder = os.path.relpath(path, src).split(os.sep)[0]
    if folder not in ALLOWED:
        yield 1, f"folder '{folder}' stands on no floor"
        return
    for number, line in enumerate(lines, 1):
        found = INCLUDE.match(line)
        if not found or found.group(1).startswith("<"):
            continue
        included = found.group(1)[1:-1]
        target = included.split("/")[0]
        if "/" not in included or ".." in included.split("/"):
            yield number, f"include '{included}' by its path from src/"
        elif target in ALLOWED and target != folder and target not in ALLOWED[folder]:
            yield number, f"{folder} must not include {target} ({included})"


def check_core(name, text):
    code = without_comments_and_texts(text)
    for number, (line, bare) in enumerate(zip(text.splitlines(), code.splitlines()), 1):
        header = CORE_HEADERS.search(line) if INCLUDE.match(line) else None
        if header:
            yield number, f"core is deterministic and must not include {header.group()}"
        word = CORE_WORDS.search(bare)
        if word:
            yield number, f"core is deterministic and must not use '{word.group().strip()}'"
        if CORE_LOOPS.search(bare) and name not in UNORDERED_ALLOWED:
            yield number, "core keeps ordered containers, so that a seed replays exactly"


def check_floors(src):
    for path in sources_below(src):
        with open(path, encoding="utf-8") as file:
            text = file.read()
        name = os.path.relpath(path, src)
        for number, what in check_includes(src, path, text.splitlines()):
            yield f"{path}:{number}: {what}"
        if name.split(os.sep)[0] == "core" and not is_test(path):
            for number, what in check_core(name, text):
                yield f"{path}:{number}: {what}"


def check_built(folders, compile_commands):
    with open(compile_commands, encoding="utf-8") as file:
        built = {os.path.realpath(os.path.join(entry["directory"], entry["file"]))
                 for entry in json.load(file)}
    for folder in folders:
        for path in sources_below(folder):
            if path.endswith("_test.cpp") and os.path.realpath(path) not in built:
                yield f"{path}:1: this test is outside the build and does not exist"


def main(arguments):
    src = arguments[0]
    complaints = list(check_floors(src))
    if arguments[1:2] == ["--built"]:
        complaints += check_built([src, arguments[3]], arguments[2])
    for complaint in complaints:
        print(complaint)
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
