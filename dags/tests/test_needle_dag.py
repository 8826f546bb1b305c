import json
import os
from datetime import timedelta
from pathlib import Path

import pytest
from airflow.hooks.base import BaseHook
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from command import HOME, needle
from needle_stages import stage_of

TABLES = {t["table"]: t for t in json.loads((HOME / "dags" / "job_graph.json").read_text())["tables"]}


def test_its_edges_are_those_of_the_job_graph(dag):
    wanted = {
        (stage_of(TABLES[source]), stage_of(table))
        for table in TABLES.values()
        for source in table["inputs"]
        if stage_of(TABLES[source]) != stage_of(table)
    }
    drawn = {(task.task_id, below) for task in dag.tasks for below in task.downstream_task_ids}
    assert {edge for edge in drawn if "publish" not in edge} - {("publish", "dashboard")} == wanted
    assert ("gold", "publish") in drawn and ("publish", "dashboard") in drawn


def test_nothing_is_published_before_every_table_is_staged(dag):
    upstream = {task.task_id for task in dag.get_task("publish").get_flat_relatives(upstream=True)}
    assert upstream == {stage_of(table) for table in TABLES.values()}


def test_a_killed_run_and_its_retry_cannot_meet_in_the_warehouse(dag):
    assert dag.max_active_runs == 1
    assert dag.max_active_tasks == 1
    assert all(task.retries == 2 for task in dag.tasks)


def test_the_connection_leads_to_the_embedded_spark_and_not_to_yarn():
    assert BaseHook.get_connection("spark_default").host == "local[2]"


def test_a_whole_run_publishes_and_draws_the_dashboard(dag, company, airflow_database):
    run = dag.test()
    states = {task.task_id: task.state for task in run.get_task_instances()}
    assert set(states.values()) == {"success"}, states
    published = needle(
        "sql", "--format", "json", "--warehouse", os.environ["NEEDLE_WAREHOUSE"],
        "select count(*) as programs from gold.programs",
    )
    assert json.loads(published)[0]["programs"] == 9
    page = Path(os.environ["NEEDLE_WAREHOUSE"]) / "dashboard.html"
    assert run.run_id in page.read_text()


def run_with_exit_code(code, tmp_path, monkeypatch):
    """Runs a task whose spark-submit ends with this exit code."""
    import needle_dag

    submit = tmp_path / "spark-submit"
    submit.write_text(f"#!/bin/sh\necho 'error: told by needle'\nexit {code}\n")
    submit.chmod(0o755)
    monkeypatch.setattr(needle_dag, "SPARK_SUBMIT", str(submit))
    needle_dag.needle("a_task", "run").execute({})


@pytest.mark.parametrize(("code", "is_final"), [(1, False), (2, True), (3, False), (4, False), (137, False)])
def test_only_wrong_input_is_not_tried_again(code, is_final, tmp_path, monkeypatch):
    with pytest.raises(AirflowException) as failure:
        run_with_exit_code(code, tmp_path, monkeypatch)
    assert isinstance(failure.value, AirflowFailException) == is_final


def test_a_command_that_succeeds_is_no_failure(tmp_path, monkeypatch):
    run_with_exit_code(0, tmp_path, monkeypatch)


@pytest.fixture
def empty_landing(tmp_path, monkeypatch):
    monkeypatch.setenv("NEEDLE_LANDING", str(tmp_path / "nothing"))
    monkeypatch.setenv("NEEDLE_WAREHOUSE", str(tmp_path / "warehouse"))


def test_a_run_without_deliveries_fails_with_the_reason_in_its_log(
    empty_landing, tmp_path, airflow_database, caplog, capfd
):
    from airflow.dag_processing.dagbag import DagBag

    dag = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"]).dags["needle"]
    for task in dag.tasks:
        task.retry_delay = timedelta(seconds=1)
    run = dag.test()
    states = {task.task_id: task.state for task in run.get_task_instances()}
    assert run.state == "failed"
    assert states["publish"] == "upstream_failed"
    assert {task.try_number for task in run.get_task_instances() if task.state == "failed"} == {1}
    output = caplog.text + "".join(capfd.readouterr())
    assert "There is no landing folder at" in output
    assert not list((tmp_path / "warehouse").glob("ops/publications"))
