"""A throw-away Airflow, set up before anything imports it."""

import os
import sys
import tempfile
from pathlib import Path

import pytest
from command import HOME, needle

AIRFLOW_HOME = Path(tempfile.mkdtemp(prefix="needle-airflow-"))

os.environ.update(
    AIRFLOW_HOME=str(AIRFLOW_HOME),
    AIRFLOW__CORE__DAGS_FOLDER=str(HOME / "dags"),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{AIRFLOW_HOME}/airflow.db",
    AIRFLOW__LOGGING__BASE_LOG_FOLDER=str(AIRFLOW_HOME / "logs"),
    AIRFLOW_CONN_SPARK_DEFAULT='{"conn_type": "spark", "host": "local[2]", "extra": {"deploy-mode": "client"}}',
    NEEDLE_HOME=str(HOME),
    NEEDLE_LANDING=str(AIRFLOW_HOME / "company" / "landing"),
    NEEDLE_WAREHOUSE=str(AIRFLOW_HOME / "warehouse"),
    NEEDLE_PSEUDONYM_KEY="a key for the people of a test",
)
sys.path.insert(0, str(HOME / "dags"))


@pytest.fixture(scope="session")
def airflow_database():
    from airflow.utils.db import initdb

    initdb()


@pytest.fixture(scope="session")
def dag():
    from airflow.dag_processing.dagbag import DagBag

    bag = DagBag(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
    assert bag.import_errors == {}
    assert list(bag.dags) == ["needle"]
    return bag.dags["needle"]


@pytest.fixture(scope="session")
def company():
    """A small simulated company, delivered."""
    folder = AIRFLOW_HOME / "company"
    needle("simulate", "--employees", "120", "--months", "18", "--seed", "5", "--out", str(folder))
    return folder
