"""The versions of independent implementations that texts name are the pinned ones."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PEERS = ROOT / "pipelines/src/test/peers"
PIN = re.compile(r"^([\w-]+)==(\S+)$", re.MULTILINE)


def pinned():
    texts = [(PEERS / name).read_text() for name in ("requirements.txt", "figures.txt")]
    return {name.lower(): version for text in texts for name, version in PIN.findall(text)}


def cited(pins):
    names = "|".join(map(re.escape, pins))
    pattern = re.compile(rf"\b({names}) (\d+\.[\d.]*\d)", re.IGNORECASE)
    files = [ROOT / "docs/method.md", *ROOT.glob("*/src/test/java/**/*.java")]
    for file in files:
        # A name and its version may stand on two lines of a comment.
        text = re.sub(r"\s*\n\s*(\*|//)?\s*", " ", file.read_text())
        for name, version in pattern.findall(text):
            yield file.relative_to(ROOT), name.lower(), version


def test_every_version_that_is_cited_is_pinned():
    pins = pinned()
    found = list(cited(pins))
    assert len({name for _, name, _ in found}) >= 10
    assert [(str(f), n, v) for f, n, v in found if pins[n] != v] == []
