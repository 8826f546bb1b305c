"""The monthly run: every stage of the job graph, then publication, then the dashboard.

Where things are comes from the worker's environment; docs/operations.md lists the variables.
"""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from airflow.providers.apache.spark.operators.spark_submit import SparkSubmitOperator
from airflow.sdk import DAG, CronDataIntervalTimetable
from airflow.sdk.exceptions import AirflowException, AirflowFailException

from needle_stages import stages

HOME = Path(os.environ.get("NEEDLE_HOME", Path(__file__).resolve().parent.parent))
LANDING = os.environ.get("NEEDLE_LANDING", str(HOME / "landing"))
WAREHOUSE = os.environ.get("NEEDLE_WAREHOUSE", str(HOME / "warehouse"))
SPARK_SUBMIT = os.environ.get("NEEDLE_SPARK_SUBMIT", str(HOME / "bin" / "spark-submit"))
JAR = os.environ.get("NEEDLE_JAR", str(HOME / "pipelines" / "target" / "needle.jar"))
# One run is one publication, however often its tasks are retried.
RUN = "{{ dag_run.run_id }}"
# The day of running, not of the interval: pulled rows are dated by it, and deliveries are late by it.
TODAY = "{{ macros.time.strftime('%Y-%m-%d', macros.time.gmtime()) }}"


# The needle command's exit code for wrong input or configuration.
WRONG_INPUT = 2


class NeedleOperator(SparkSubmitOperator):
    """A needle command; wrong input is not tried again, because it stays wrong until somebody puts it right."""

    def execute(self, context):
        try:
            super().execute(context)
        except AirflowException as failure:
            # The hook tells the exit code in its message only.
            if f"Error code is: {WRONG_INPUT}." in str(failure):
                raise AirflowFailException(f"{failure}\nThe input is wrong: see the remedy, then clear this task.") from failure
            raise


def needle(task_id: str, verb: str, *arguments: str) -> NeedleOperator:
    return NeedleOperator(
        task_id=task_id,
        conn_id="spark_default",
        name=f"needle {task_id}",
        spark_binary=SPARK_SUBMIT,
        application=JAR,
        java_class="needle.pipelines.Main",
        application_args=[verb, "--warehouse", WAREHOUSE, *arguments],
    )


with DAG(
    dag_id="needle",
    description="Which training moved the needle? Extracts to published results.",
    # More than 31 days after the month's files of before: by then contracts call a missing delivery late.
    schedule=CronDataIntervalTimetable("0 6 7 * *", timezone="UTC"),
    start_date=datetime(2025, 1, 1),
    catchup=False,
    # A warehouse has one writer at a time: tasks that met there would fail, not wait.
    max_active_runs=1,
    max_active_tasks=1,
    default_args={
        "owner": "needle",
        "retries": 2,
        "retry_delay": timedelta(minutes=5),
        "execution_timeout": timedelta(hours=6),
    },
    tags=["needle"],
    doc_md=__doc__,
) as dag:
    tasks = {}
    for stage in stages(Path(__file__).with_name("job_graph.json")):
        tasks[stage.name] = needle(
            stage.name,
            "run",
            *("--landing", LANDING, "--run-id", RUN, "--today", TODAY),
            *("--tables", ",".join(stage.tables)),
        )
        for name in sorted(stage.upstream):
            tasks[name] >> tasks[stage.name]

    publish = needle("publish", "publish", "--run-id", RUN)
    dashboard = needle("dashboard", "dashboard")
    [task for task in tasks.values() if not task.downstream_list] >> publish >> dashboard
