#!/usr/bin/env python3
"""The documents say what the files say: a fenced block under `<!-- PATH -->` is that file, whole or a part of it,
and every relative link leads to a file."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parents[1]
SNIPPET = re.compile(r"<!-- (\S+) -->\n```\w*\n(.*?)```\n", re.DOTALL)
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


def documents():
    yield from ROOT.glob("*.md")
    for folder in ("docs", "packaging", "include"):
        yield from (ROOT / folder).rglob("*.md")


def complaints(document):
    text = document.read_text()
    for path, shown in SNIPPET.findall(text):
        if not (ROOT / path).is_file():
            yield f"{path} is shown, but it is not there"
        elif shown not in (ROOT / path).read_text():
            yield f"{path} says something else than what is shown of it"
    for link in LINK.findall(text):
        if not (document.parent / link).exists():
            yield f"the link to {link} leads nowhere"


def main():
    found = [f"{document.relative_to(ROOT)}: {said}" for document in documents() for said in complaints(document)]
    print("\n".join(found) or "documents and files agree")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
