"""The job graph, drawn together to the tasks that a person on call wants to see."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Stage:
    """Tables that are computed by one task, and the stages whose tables they read."""

    name: str
    tables: list[str] = field(default_factory=list)
    upstream: set[str] = field(default_factory=set)


def stage_of(table: dict) -> str:
    """One stage per source system, because systems fail one by one; then one per layer."""
    if table["layer"] == "bronze":
        return f"bronze_{table['system']}"
    return table["layer"]


def stages(graph_file: Path) -> list[Stage]:
    """All stages, each after the ones it reads from."""
    tables = json.loads(graph_file.read_text())["tables"]
    stage_by_table = {table["table"]: stage_of(table) for table in tables}
    found: dict[str, Stage] = {}
    for table in tables:
        name = stage_by_table[table["table"]]
        stage = found.setdefault(name, Stage(name))
        stage.tables.append(table["table"])
        stage.upstream |= {stage_by_table[source] for source in table["inputs"]} - {name}
    return in_order(found)


def in_order(found: dict[str, Stage]) -> list[Stage]:
    ordered: list[Stage] = []
    while len(ordered) < len(found):
        done = {stage.name for stage in ordered}
        ready = [s for s in found.values() if s.name not in done and s.upstream <= done]
        if not ready:
            left = sorted(set(found) - done)
            raise ValueError(f"the stages {left} read from one another in a circle: split one of them in stage_of")
        ordered += ready
    return ordered
