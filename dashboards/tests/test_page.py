import copy
import re

import pytest
from places import REAL_PAGE, SOURCES


def text(page, selector):
    return re.sub(r"\s+", " ", page.locator(selector).inner_text()).strip()


def rows(page, region):
    return [
        [re.sub(r"\s+", " ", cell.inner_text()).strip() for cell in row.locator("th, td").all()]
        for row in page.get_by_role("region", name=region, exact=True).locator("tbody tr").all()
    ]


def test_the_answer_comes_first_and_counts_every_verdict_once(open_page, results):
    page = open_page(results)
    assert text(page, "#answer h2") == (
        "Of four programs, one worked, one did harm, one changed nothing that matters and one cannot be judged yet."
    )
    assert page.title() == "Smith & Sons <Ltd>: which training moved the needle"
    assert text(page, "#header p") == "January 2023 to December 2025, 2,854 people. Published on 5 January 2026."


def test_the_three_findings_that_matter_most_stand_in_their_order_with_their_decision(open_page, results):
    page = open_page(results)
    cards = [re.sub(r"\s+", " ", card.inner_text()) for card in page.locator("#answer .card").all()]
    assert cards == [
        "Works Hazard recognition lowered incidents by about 50% Detail of safety. Scale it up. Details",
        "Harms Speed calls raised reopened cases Detail of speed. Stop it. Details",
        "No effect Inspiring talks did not move anything Detail of popular. Stop it. Details",
    ]


def test_every_effect_is_shown_with_its_interval_or_with_the_reason_for_none(open_page, results):
    page = open_page(results)
    page.locator("#effects summary").click()
    assert rows(page, "Effects") == [
        ["Hazard recognition", "Incidents incidents per 1,000 hours", "Works", "−0.25", "−0.35 to −0.15", "moderate", "–"],
        ["Speed calls", "Reopened cases share of closed cases", "Harms", "+6.1 points", "+5 to +7.3", "moderate", "–"],
        ["Inspiring talks", "Incidents incidents per 1,000 hours", "No effect", "+0.001", "−0.02 to +0.022", "moderate", "–"],
        ["Hazard recognition", "Near misses incidents per 1,000 hours", "No effect", "−0.25", "−0.35 to −0.15", "moderate", "–"],
        ["Leading teams", "Incidents incidents per 1,000 hours", "Can’t tell", "–", "–", "none",
         "a time until something happens needs a design for durations"],
    ]


def test_the_chart_of_effects_turns_every_kpi_so_that_right_is_better(open_page, results):
    page = open_page(results)
    label = page.locator("#effects [role=img]").get_attribute("aria-label")
    assert "Hazard recognition · incidents: 2.5, from 1.5 to 3.5" in label
    assert "Speed calls · reopened cases: −2, from −2.4 to −1.7" in label
    assert "Inspiring talks · incidents: 0.01, from −0.2 to 0.22" in label
    assert page.locator("#effects svg").get_by_text("no honest estimate yet").count() == 1
    assert page.locator("#effects svg g[aria-label]").count() == 0


def test_money_is_stated_only_where_an_effect_stands_the_verdicts_in_their_order(open_page, results):
    results["tables"]["training_roi"].reverse()
    page = open_page(results)
    assert text(page, "#money h2") == "$250k of $750k went into programs that work"
    assert rows(page, "Cost and benefit of each program") == [
        ["Hazard recognition", "Works", "$250k", "$641k $272k to $1.01M", "156% 9% to 304%", "over 99%"],
        ["Speed calls", "Harms", "$250k", "– not priced", "–", "–"],
        ["Inspiring talks", "No effect", "$250k", "– not priced", "–", "–"],
        ["Leading teams", "Can’t tell", "–", "– no effect that could be priced", "–", "–"],
    ]


def test_a_program_is_opened_from_the_answer_with_its_checks_and_its_losses(open_page, results):
    page = open_page(results)
    page.get_by_role("button", name="Details of Speed calls").click()
    assert page.locator("#choose").input_value() == "speed"
    assert page.evaluate("document.activeElement.id") == "choose"
    page.locator("#choose").select_option("safety")
    assert "1,234 people trained, 91% of those enrolled completed it, participants rate it 4.8 of 5 and it cost $250k." in text(page, "#detail")
    page.get_by_text("Checks on the comparison").click()
    assert rows(page, "Checks") == [["pre trend", "pass", "No drift."]]
    page.get_by_text("Who was compared").first.click()
    assert [row[:2] for row in rows(page, "Who was compared")] == [["read", "1,300"], ["analysed", "under 10"]]


def test_the_curve_over_time_has_its_figures_beside_it(open_page, results):
    page = open_page(results)
    label = page.locator("#detail [role=img]").get_attribute("aria-label")
    assert "quarter 0: −0.05, quarter 1: −0.1, quarter 2: −0.15" in label and "quarter 3" not in label
    page.locator("#detail").get_by_text("The figures").click()
    shown = rows(page, "Effect by time since training")
    assert shown[4] == ["1", "after", "−0.1", "−0.3 to +0.1", "100"]
    assert shown[6] == ["3", "after", "–", "–", "under 10"]


def test_a_point_without_its_interval_is_in_the_figures_and_not_in_the_picture(open_page, results):
    results["tables"]["effect_curves"][4] |= {"ci_low": None, "ci_high": None, "band_low": None, "band_high": None}
    page = open_page(results)
    label = page.locator("#detail [role=img]").get_attribute("aria-label")
    assert "quarter 0: −0.05, quarter 2: −0.15" in label
    page.locator("#detail").get_by_text("The figures").click()
    assert rows(page, "Effect by time since training")[4] == ["1", "after", "−0.1", "–", "100"]


def test_a_curve_without_any_interval_is_not_drawn(open_page, results):
    for point in results["tables"]["effect_curves"]:
        point |= {"ci_low": None, "ci_high": None, "band_low": None, "band_high": None}
    page = open_page(results)
    assert page.locator("#detail [role=img]").count() == 0
    assert page.locator("#detail").get_by_text("The figures").count() == 1


def test_what_weakens_a_verdict_is_a_caution_and_what_prevents_one_is_the_reason(open_page, results):
    results["tables"]["training_effects"][0]["reasons"] = "pre_trend_power"
    page = open_page(results)
    assert "Caution: a drift before training might have gone unnoticed." in text(page, "#detail")
    page.locator("#choose").select_option("leading")
    assert "Why: a time until something happens needs a design for durations." in text(page, "#detail")


def test_a_program_below_ten_people_shows_no_figure(open_page, results):
    page = open_page(results)
    page.locator("#choose").select_option("leading")
    assert "Fewer than 10 people trained and 91% of those enrolled completed it." in text(page, "#detail")
    assert "$" not in text(page, "#detail")


def test_text_from_the_tables_is_never_markup(open_page, results):
    attack = "<img src=x onerror='window.pwned=1'></script><script>window.pwned=1</script>"
    for rows_of_table in results["tables"].values():
        for row in rows_of_table:
            for key, value in row.items():
                if isinstance(value, str) and key in {"title", "headline", "detail", "sentence", "message", "reason", "owner", "kpi_title"}:
                    row[key] = attack
    results["run"]["company"] = attack
    page = open_page(results)
    assert page.evaluate("window.pwned") is None
    assert page.locator("img").count() == 0
    assert attack in page.locator("#answer .card").first.inner_text()


def test_nothing_evaluated_yet_is_said_and_not_drawn(open_page, results):
    empty = copy.deepcopy(results)
    empty["tables"] = {name: [] for name in results["tables"]}
    page = open_page(empty)
    assert text(page, "#answer h2") == "No program has been evaluated yet."


@pytest.mark.parametrize("width", [360, 768])
def test_a_small_screen_needs_no_sideways_scrolling(open_page, results, width):
    page = open_page(results, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_small_screen_shows_every_cell_beside_its_heading(open_page, results):
    page = open_page(results, width=360)
    cells = page.get_by_role("region", name="Cost and benefit of each program").locator("td").all()
    assert len(cells) == 20
    for cell in cells:
        assert cell.evaluate("td => getComputedStyle(td, '::before').content") == f'"{cell.get_attribute("data-heading")}"'
        box = cell.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 360


def test_a_reader_without_eyes_finds_names_for_everything(open_page, results):
    page = open_page(results)
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == "en"
    assert all(image.get_attribute("aria-label") for image in page.locator("[role=img]").all())
    assert all(head.get_attribute("scope") for head in page.locator("th").all())
    named = page.locator("section").evaluate_all("all => all.map(s => document.getElementById(s.getAttribute('aria-labelledby'))?.textContent)")
    assert len(named) == 5 and all(named)


def test_the_page_prints_on_a_few_sheets(open_page, results):
    page = open_page(results)
    sheets = page.pdf(tagged=True).count(b"/Type /Page\n")
    assert 1 <= sheets <= 6


def test_the_vendored_libraries_are_the_ones_that_were_reviewed():
    import hashlib

    listed = dict(re.findall(r"\| `(\S+\.js)` \|.*\| `([0-9a-f]{64})` \|", (SOURCES / "vendor" / "README.md").read_text()))
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in (SOURCES / "vendor").glob("*.js")}
    assert found == listed


def test_the_page_of_a_real_run_shows_every_program_of_that_run(open_page):
    assert REAL_PAGE.exists(), f"{REAL_PAGE} is missing: WalkTest writes it, so run make test"
    page = open_page(file=REAL_PAGE)
    assert page.locator("#choose option").count() == 9
    for choice in page.locator("#choose option").all():
        page.locator("#choose").select_option(choice.get_attribute("value"))
        assert page.locator("#detail article").count() >= 1
    assert page.locator("#effects figure svg").count() == 1
    page.locator("#effects summary").click()
    assert len(rows(page, "Effects")) == 13
