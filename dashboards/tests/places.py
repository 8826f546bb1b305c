"""Where the page's sources are, and the page that the Java tests made of a whole run."""

from pathlib import Path

SOURCES = Path(__file__).resolve().parents[1]
REAL_PAGE = SOURCES.parent / "pipelines" / "target" / "walk" / "dashboard.html"
