"""docs/faults.md is true: every fault has its row, every reference names a test that exists, and enough of
the faults are part of `make test`."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).parents[2]
FAULTS = ([f"P{n}" for n in range(1, 20)] + [f"C{n}" for n in range(1, 11)]
          + [f"D{n}" for n in range(1, 13)] + [f"K{n}" for n in range(1, 10)]
          + [f"M{n}" for n in range(1, 4)])
IN_MAKE_TEST = ("tests/faults/", "tests/e2e/", "tests/scenarios/", "tests/regress/", "src/")
ROW = re.compile(r"^\| ([PCDKM]\d+) \| (.+?) \| (.+?) \| (.*)\|$")
REFERENCE = re.compile(r"`([\w./-]+): ([\w.-]+)`")


def rows():
    found = []
    for line in (ROOT / "docs/faults.md").read_text().splitlines():
        match = ROW.match(line)
        if match:
            found.append((match[1], REFERENCE.findall(match[3]), match[3]))
    return found


def names(file, test):
    """True when the file has a test (or scenario) of this name. Suite.Case is a gtest case."""
    path = ROOT / file
    if not path.is_file():
        return False
    text = path.read_text()
    if "." in test:
        suite, case = test.split(".", 1)
        return re.search(rf"^(TEST|TEST_F|TEST_P|RC_GTEST_PROP)\(\s*{suite}\s*,\s*{case}\s*[,)]", text, re.M) is not None
    return re.search(rf"\b(def|TEST\w*|scenario)\W*{re.escape(test)}\b", text) is not None or (
        path.suffix == ".scenario" and path.stem == test)


class Table(unittest.TestCase):
    def test_every_fault_has_one_row(self):
        self.assertEqual([fault for fault, _, _ in rows()], FAULTS)

    def test_every_reference_exists(self):
        missing = [(fault, f"{file}: {test}") for fault, references, _ in rows()
                   for file, test in references if not names(file, test)]
        self.assertEqual(missing, [])

    def test_a_row_without_a_test_says_why(self):
        for fault, references, text in rows():
            if not references:
                self.assertGreater(len(text), 5, fault)

    def test_most_faults_are_part_of_make_test(self):
        here = [fault for fault, references, _ in rows()
                if any(file.startswith(IN_MAKE_TEST) for file, _ in references)]
        self.assertGreaterEqual(len(here), 35)


if __name__ == "__main__":
    unittest.main()
