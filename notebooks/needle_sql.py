"""Published tables in a notebook: a question in SQL, an answer in rows."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

HOME = Path(os.environ.get("NEEDLE_HOME", Path(__file__).resolve().parent.parent))


class QueryFailed(Exception):
    """What the needle command said: problem, cause and remedy."""


def sql(query: str) -> list[dict]:
    """The rows that a query over the published tables gives, such as ``select * from gold.findings``."""
    # A notebook's working folder is its own, in which there is no warehouse.
    where = {"NEEDLE_WAREHOUSE": str(HOME / "warehouse"), **os.environ}
    done = subprocess.run([HOME / "needle", "sql", "--format", "json", query], capture_output=True, text=True, env=where)
    if done.returncode != 0:
        raise QueryFailed(done.stderr.strip())
    return json.loads(done.stdout)


def table(rows: list[dict]) -> "Table":
    """Rows as a table below a notebook cell."""
    return Table(rows)


class Table:
    def __init__(self, rows: list[dict]):
        self.rows = rows

    def __repr__(self) -> str:
        return "\n".join(str(row) for row in self.rows)

    def _repr_markdown_(self) -> str:
        if not self.rows:
            return "*no rows*"
        names = list(self.rows[0])
        lines = [names, ["---"] * len(names)] + [[_cell(row[name]) for name in names] for row in self.rows]
        return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _cell(value) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.4g}"
    return str(value).replace("|", "\\|")
