"""The page in a real browser, with results whose every figure the tests know."""

import json
import os
import shutil

import pytest
from places import SOURCES
from playwright.sync_api import sync_playwright



def chromium() -> str:
    candidates = [os.environ.get("NEEDLE_CHROMIUM"), "chromium", "chromium-browser", "google-chrome"]
    found = next((path for name in candidates if name and (path := shutil.which(name))), None)
    assert found, "there is no Chromium on PATH: run bin/require chromium"
    return found


@pytest.fixture(scope="session")
def browser():
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield running
        running.close()


def assembled(data: dict) -> str:
    """The page as Page.java puts it together; PageTest holds the two to the same slots."""
    parts = json.loads((SOURCES / "page.json").read_text())
    page = (SOURCES / "index.html").read_text()
    for slot, tag in (("css", "style"), ("vendor", "script"), ("scripts", "script")):
        texts = [(SOURCES / name).read_text().replace("</script", "<\\/script") for name in parts[slot]]
        page = page.replace(f"<!-- inline:{slot} -->", "".join(f"<{tag}>\n{text}\n</{tag}>" for text in texts))
    return page.replace("/* inline:data */", json.dumps(data).replace("<", "\\u003c"))


@pytest.fixture
def open_page(browser, tmp_path):
    """Opens data, or a finished file, from disk; any error or request of the page fails the test."""
    contexts = []
    problems = []

    def opened(data=None, file=None, width=1200):
        if file is None:
            file = tmp_path / "dashboard.html"
            file.write_text(assembled(data))
        context = browser.new_context(viewport={"width": width, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
        page.on("request", lambda sent: None if sent.url.startswith(("file:", "data:")) else problems.append(sent.url))
        page.goto(file.as_uri())
        page.wait_for_selector("#footer code")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert problems == []


def program(program_id, title, **more):
    return {
        "program_id": program_id, "title": title, "business_problem": "Something is wrong", "owner": "Head of it",
        "registered_on": "2024-01-15", "launch_on": "2024-04-01", "decision_rule": "Scale if it helps",
        "trained": 1234, "completion_share": 0.91, "satisfaction_mean": 4.75, "satisfaction_answers": 800,
        "hours_total": 9000.0, "cost_usd": 250_000.0,
    } | more


def effect(program_id, verdict, **more):
    return {
        "program_id": program_id, "kpi_id": "rate", "kpi_title": "Incidents", "unit": "incidents per 1,000 hours",
        "direction": "down", "is_primary": True, "verdict": verdict, "grade": "moderate", "reasons": None,
        "method": "staggered_did", "estimate": -0.25, "std_error": 0.05, "ci_low": -0.35, "ci_high": -0.15,
        "ci80_low": -0.31, "ci80_high": -0.19, "ci50_low": -0.28, "ci50_high": -0.22, "p_value": 0.001,
        "q_value": 0.002, "baseline": 0.5, "treated": 400, "control": 900, "clusters": 90,
        "smallest_effect_of_interest": 0.1, "sentence": "It moved incidents.",
    } | more


def roi(program_id, verdict, **more):
    return {
        "program_id": program_id, "kpi_id": "rate", "verdict": verdict, "cost_usd": 250_000.0, "people": 400,
        "exposure": 800.0, "benefit_months": 12, "benefit_usd": None, "benefit_low_usd": None, "benefit_high_usd": None, "net_usd": None,
        "bcr": None, "roi_percent": None, "roi_low_percent": None, "roi_high_percent": None, "probability_pays": None,
    } | more


def finding(rank, program_id, verdict, headline, decision, why):
    return {
        "rank": rank, "program_id": program_id, "kpi_id": "rate", "verdict": verdict, "headline": headline,
        "detail": f"Detail of {program_id}.", "decision": decision, "decision_reason": why,
    }


NOTHING = dict.fromkeys(
    ["estimate", "std_error", "ci_low", "ci_high", "ci80_low", "ci80_high", "ci50_low", "ci50_high", "p_value",
     "q_value", "baseline", "treated", "control", "clusters"]
)


@pytest.fixture
def results():
    unknown = NOTHING | {"reasons": "needs_duration_design", "grade": "none", "method": "none"}
    points = {"kpi_title": "Reopened cases", "unit": "share of closed cases", "estimate": 0.061, "ci_low": 0.05,
              "ci_high": 0.0725, "ci80_low": 0.054, "ci80_high": 0.068, "ci50_low": 0.058, "ci50_high": 0.064,
              "baseline": 0.103, "smallest_effect_of_interest": 0.03}
    null = {"direction": "up", "estimate": 0.001, "ci_low": -0.02, "ci_high": 0.022, "ci80_low": -0.01,
            "ci80_high": 0.012, "ci50_low": -0.006, "ci50_high": 0.008}
    curve = [
        {"program_id": "safety", "kpi_id": "rate", "event_time": time, "grain": "quarter",
         "phase": "after" if time >= 0 else "anticipation" if time == -1 else "before", "estimate": -0.05 * max(0, time + 1), "ci_low": -0.3,
         "ci_high": 0.1, "band_low": -0.4, "band_high": 0.2, "treated": 100}
        for time in range(-3, 4)
    ]
    curve[-1] |= {"estimate": None, "ci_low": None, "ci_high": None, "band_low": None, "band_high": None, "treated": None}
    return {
        "run": {"run_id": "run-7", "published_at": "2026-01-05T06:00:00Z", "as_of": "2025-12-31", "code_version": "0.1.0",
                "company": "Smith & Sons <Ltd>", "period_start": "2023-01-01", "period_end": "2025-12-31", "employees": 2854},
        "tables": {
            "programs": [program("safety", "Hazard recognition"), program("speed", "Speed calls"),
                         program("popular", "Inspiring talks"),
                         program("leading", "Leading teams", trained=None, satisfaction_mean=None, cost_usd=None)],
            "training_effects": [effect("safety", "works"), effect("speed", "harms", **points),
                                 effect("popular", "no_effect", **null), effect("leading", "cant_tell", **unknown),
                                 effect("safety", "no_effect", kpi_id="other", is_primary=False, kpi_title="Near misses")],
            "effect_curves": curve,
            "training_roi": [
                roi("safety", "works", benefit_usd=640_962.0, benefit_low_usd=271_632.0, benefit_high_usd=1_010_292.0,
                    roi_percent=156.4, roi_low_percent=8.7, roi_high_percent=304.1, probability_pays=0.9951),
                roi("speed", "harms"), roi("popular", "no_effect"), roi("leading", "cant_tell", cost_usd=None)],
            "kpi_trends": [],
            "findings": [finding(2, "speed", "harms", "Speed calls raised reopened cases", "stop", "it does harm"),
                         finding(1, "safety", "works", "Hazard recognition lowered incidents by about 50%", "scale", "it gave back more than it cost"),
                         finding(3, "popular", "no_effect", "Inspiring talks did not move anything", "stop", "nothing moved"),
                         finding(4, "leading", "cant_tell", "Nobody can tell yet", "judge_otherwise", "no event is named")],
            "diagnostics": [{"program_id": "safety", "kpi_id": "rate", "position": 0, "check": "pre_trend",
                             "statistic": "wald", "value": 3.1, "p_value": 0.4, "status": "pass", "message": "No drift."},
                            {"program_id": "safety", "kpi_id": "rate", "position": 1, "check": "clusters",
                             "statistic": "treated", "value": 12.0, "p_value": None, "status": "warning", "message": "Few."}],
            "attrition": [{"program_id": "safety", "kpi_id": "rate", "position": 0, "step": "read", "units": 1300,
                           "rows": 9000, "reason": "in the plan's population"},
                          {"program_id": "safety", "kpi_id": "rate", "position": 1, "step": "analysed", "units": None,
                           "rows": None, "reason": "observed before and after"}],
        },
    }
