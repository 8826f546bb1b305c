import json
from pathlib import Path

import pytest

from needle_stages import Stage, in_order, stage_of, stages

GRAPH = Path(__file__).resolve().parents[1] / "job_graph.json"
TABLES = {table["table"]: table for table in json.loads(GRAPH.read_text())["tables"]}


def test_every_table_is_computed_by_exactly_one_stage():
    computed = [table for stage in stages(GRAPH) for table in stage.tables]
    assert sorted(computed) == sorted(TABLES)


def test_a_stage_comes_after_every_stage_it_reads_from():
    order = [stage.name for stage in stages(GRAPH)]
    for table in TABLES.values():
        for source in table["inputs"]:
            assert order.index(stage_of(TABLES[source])) <= order.index(stage_of(table))


def test_stages_that_read_from_one_another_are_named():
    circle = {"a": Stage("a", upstream={"b"}), "b": Stage("b", upstream={"a"})}
    with pytest.raises(ValueError, match=r"\['a', 'b'\] read from one another"):
        in_order(circle)
