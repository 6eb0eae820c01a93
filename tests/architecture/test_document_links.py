"""The documentation's relative links lead somewhere: to a file that exists and an anchor that is in it."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

pytestmark = pytest.mark.integration

LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)\s]+)(?:\s+\"[^\"]*\")?\)|!\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^(```|~~~).*?^\1", flags=re.DOTALL | re.MULTILINE)


def documents(root: Path) -> list[Path]:
    """Return the Markdown files that readers are sent to."""
    return sorted([*root.glob("*.md"), *(root / "docs").rglob("*.md")])


def prose(text: str) -> str:
    """Return a document without its code, in which brackets are no links and `#` no headings."""
    return re.sub(r"`[^`\n]*`", "", FENCED.sub("", text))


def anchors(text: str) -> set[str]:
    """Return the anchors that Markdown renderers make of a document's headings."""
    headings = re.findall(r"^#+\s+(.+?)\s*#*$", FENCED.sub("", text), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def broken(root: Path) -> Iterator[str]:
    """Yield `document: target` for each relative link that leads nowhere."""
    for document in documents(root):
        for groups in LINK.findall(prose(document.read_text(encoding="utf-8"))):
            target = unquote(next(filter(None, groups)))
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            name, _, anchor = target.partition("#")
            path = document.parent / name if name else document
            missing_anchor = (
                anchor
                and path.suffix == ".md"
                and path.is_file()
                and anchor not in anchors(path.read_text("utf-8"))
            )
            if not path.exists() or missing_anchor:
                yield f"{document.relative_to(root).as_posix()}: {target}"


def test_every_relative_link_leads_to_a_file_and_an_anchor(checkout: Path) -> None:
    assert list(broken(checkout)) == []


def test_a_planted_broken_link_is_reported(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "guide.md").write_text("# A guide, in short\n[up](../README.md)\n", encoding="utf-8")
    (tmp_path / "README.md").write_text(
        "[fine](docs/guide.md#a-guide-in-short) [web](https://example.org) `[code](nowhere)`\n"
        "[lost](docs/lost.md) [wrong](docs/guide.md#elsewhere)\n",
        encoding="utf-8",
    )
    assert list(broken(tmp_path)) == ["README.md: docs/lost.md", "README.md: docs/guide.md#elsewhere"]


def test_every_make_target_that_a_document_names_exists(checkout: Path) -> None:
    makefile = (checkout / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, flags=re.MULTILINE))
    for document in documents(checkout):
        named = set(re.findall(r"`make ([a-z]+)`", document.read_text(encoding="utf-8")))
        assert named <= targets, document
