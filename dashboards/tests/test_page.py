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
        "Works Hazard recognition lowered incidents by about 50% Detail of safety. Scale it up: it gave back more than it cost. Details",
        "Harms Speed calls raised reopened cases Detail of speed. Stop it: it does harm. Details",
        "No effect Inspiring talks did not move anything Detail of popular. Stop it: nothing moved. Details",
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
         "it is a time until something happens, and its file does not say what is waited for"],
    ]


def test_the_chart_of_effects_turns_every_kpi_so_that_right_is_better(open_page, results):
    page = open_page(results)
    label = page.locator("#effects [role=img]").get_attribute("aria-label")
    assert "Hazard recognition · incidents: 2.5, from 1.5 to 3.5" in label
    assert "Speed calls · reopened cases: −2, from −2.4 to −1.7" in label
    assert "Inspiring talks · incidents: 0.01, from −0.2 to 0.22" in label
    assert page.locator("#effects svg").get_by_text("no honest estimate yet").count() == 1
    assert page.locator("#effects svg g[aria-label]").count() == 0


@pytest.mark.parametrize("width", [360, 1200])
def test_the_chart_tells_verdicts_in_words_with_the_reason_of_every_doubt(open_page, results, width):
    page = open_page(results, width=width)
    drawn = page.locator("#effects figure svg").text_content()
    for told in ["▲ Works", "▼ Harms", "▬ No effect", "○ Can’t tell"]:
        assert told in drawn
    assert "no event is named" in drawn
    assert [text(page, f"#effects .legend li >> nth={i}") for i in range(4)] == ["Works", "Harms", "No effect", "Can’t tell"]
    places = page.locator("#effects figure svg text").evaluate_all("all => all.map(t => t.getBoundingClientRect().right)")
    assert len(places) > 10 and max(places) <= width


def test_a_kpi_of_which_neither_way_is_good_is_not_drawn_as_better_or_worse(open_page, results):
    results["tables"]["training_effects"][4] |= {"direction": "ambiguous"}
    page = open_page(results)
    judged, other = page.locator("#effects figure").all()
    assert "near misses" not in judged.locator("[role=img]").get_attribute("aria-label")
    assert "better" in judged.locator("svg").text_content()
    label = other.locator("[role=img]").get_attribute("aria-label")
    assert "Hazard recognition · near misses: −2.5, from −3.5 to −1.5" in label
    drawn = other.locator("svg").text_content()
    assert "less" in drawn and "more" in drawn and "better" not in drawn and "worse" not in drawn
    ends = [figure.locator("svg").get_by_text("+3×").count() for figure in (judged, other)]
    assert ends == [1, 1]
    assert "right is better" not in other.inner_text().lower()


def test_money_is_stated_only_where_an_effect_stands_the_verdicts_in_their_order(open_page, results):
    results["tables"]["training_roi"].reverse()
    page = open_page(results)
    assert text(page, "#money h2") == (
        "$750k went into training: $250k worked, $250k changed nothing that matters and $250k did harm"
    )
    assert rows(page, "Cost and benefit of each program") == [
        ["Hazard recognition", "Works", "Scale it up", "$250k", "$641k $272k to $1.01M", "156% 9% to 304%", "over 99%"],
        ["Speed calls", "Harms", "Stop it", "$250k", "– not priced", "–", "–"],
        ["Inspiring talks", "No effect", "Stop it", "$250k", "– not priced", "–", "–"],
        ["Leading teams", "Can’t tell", "Decide on other grounds: more data would not help", "–",
         "– no effect that could be priced", "–", "–"],
    ]
    assert "* Chance that the benefit in the first year exceeds the cost, counting the doubt about the effect alone" in text(page, "#money")


def test_a_success_that_costs_more_than_it_returns_says_so_everywhere(open_page, results):
    results["tables"]["training_roi"][0] |= {"roi_percent": -68.0}
    results["tables"]["findings"][1] |= {"decision": "redesign", "decision_reason": "it gave back less than it cost"}
    page = open_page(results)
    told = "Works, but cost more than it returned in the first year"
    assert text(page, "#answer h2").startswith("Of four programs, one worked (one at a loss in the first year), one did harm")
    assert text(page, "#answer .card >> nth=0").startswith(told)
    assert rows(page, "Cost and benefit of each program")[0][1:3] == [told, "Redesign it"]
    assert text(page, "#money h2").startswith("$750k went into training: $250k worked ($250k of it cost more than it returned in the first year), ")
    assert text(page, "#detail article >> nth=0").startswith(f"Incidents {told}")
    assert "Redesign it: it gave back less than it cost." in text(page, "#answer .card >> nth=0")
    assert "Recommended: Redesign it: it gave back less than it cost." in text(page, "#detail")
    assert "Agreed beforehand: Scale if it helps. Needle does not read this rule: what is recommended follows from the verdicts" in text(page, "#detail")


def test_the_time_that_a_benefit_counts_stands_beside_every_loss_and_return(open_page, results):
    results["tables"]["training_roi"][0] |= {"roi_percent": -68.0, "benefit_months": 6}
    page = open_page(results)
    assert "(one at a loss in the first 6 months)" in text(page, "#answer h2")
    assert "cost more than it returned in the first 6 months" in text(page, "#money h2")
    heads = [text(page, f"#money th[scope=col] >> nth={i}") for i in range(7)]
    assert heads[2:6] == ["Recommended", "Cost so far", "Benefit in the first 6 months", "ROI in the first 6 months"]
    assert "What comes later is not counted." in text(page, "#money")
    results["tables"]["training_roi"][1] |= {"benefit_usd": 1000.0, "benefit_low_usd": 500.0, "benefit_high_usd": 1500.0}
    page = open_page(results)
    assert [text(page, f"#money th[scope=col] >> nth={i}") for i in (4, 5)] == [
        "Benefit in the time that is counted", "ROI in the time that is counted"]
    assert rows(page, "Cost and benefit of each program")[0][4] == "$641k $272k to $1.01M in the first 6 months"


def test_a_benefit_below_zero_is_a_harm(open_page, results):
    results["tables"]["training_roi"][1] |= {"benefit_usd": -22_720.0, "benefit_low_usd": -27_540.0, "benefit_high_usd": -17_901.0}
    results["tables"]["training_roi"][2] |= {"benefit_usd": 400.0, "benefit_low_usd": -900.0, "benefit_high_usd": 1700.0}
    told = rows(open_page(results), "Cost and benefit of each program")
    assert [row[4] for row in told[1:3]] == ["$23k of harm $18k to $28k of harm", "$400 $900 of harm to $1,700 of benefit"]


def test_weak_evidence_is_told_in_the_headline_and_beside_the_chart(open_page, results):
    effects = results["tables"]["training_effects"]
    effects[0] |= {"grade": "weak"}
    page = open_page(results)
    assert text(page, "#answer h2").startswith("Of four programs, one worked (on weak evidence), one did harm, one changed")
    assert page.locator("#effects figure svg").text_content().count("weak evidence") == 1
    effects[1] |= {"verdict": "works"}
    assert "two worked (one on weak evidence)" in text(open_page(results), "#answer h2")
    effects[1] |= {"grade": "weak"}
    results["tables"]["training_roi"][0] |= {"roi_percent": -68.0}
    assert "two worked (all on weak evidence, one at a loss in the first year)" in text(open_page(results), "#answer h2")


def test_people_who_are_followed_from_training_on_are_not_said_to_be_compared_with_before(open_page, results):
    page = open_page(results)
    assert "not trained yet, before and after. 1× is" in text(page, "#effects")
    assert "Before training: 0.5" in text(page, "#detail") and "both sides" not in text(page, "#detail")
    results["tables"]["training_effects"][0] |= {"method": "cumulative_incidence", "kpi_title": "Exits"}
    results["tables"]["training_effects"][2] |= {"method": "weighted_survival", "kpi_title": "Start"}
    page = open_page(results)
    assert "before and after; of exits and start, from training on, as there is no before" in text(page, "#effects")
    exits = text(page, "#detail article >> nth=0")
    assert "90 teams. Who was trained later counts on both sides: among the others first, among the trained from then on. Strength" in exits
    assert "Untrained others like them: 0.5" in exits
    assert "Before training: 0.5" in text(page, "#detail article >> nth=1")
    page.get_by_text("Checks on the comparison").click()
    assert "is followed from each of them on, and counts here once for each." in text(page, "#detail article >> nth=0")


def test_days_are_told_as_days(open_page, results):
    results["tables"]["training_effects"][0] |= {"unit": "days until the first month, of at most 12 months"}
    page = open_page(results)
    page.locator("#effects summary").click()
    assert rows(page, "Effects")[0][3:5] == ["−0.25 days", "−0.35 to −0.15"]


def test_checks_are_told_without_names_of_columns(open_page, results):
    results["tables"]["diagnostics"][1] |= {
        "check": "balance", "statistic": "after_pay_grade=G5",
        "message": "The mean of pay_grade=G5, beside tenure_months, differs by 1.0E-4; fte=1."}
    page = open_page(results)
    page.get_by_text("Checks on the comparison").click()
    assert rows(page, "Checks")[1] == [
        "How alike trained and others are", "caution", "The mean of pay grade G5, beside tenure months, differs by 0.0001; fte 1."]


def test_the_money_of_each_verdict_is_named_and_adds_up(open_page, results):
    results["tables"]["programs"][3] |= {"cost_usd": 1_461_000.0}
    results["tables"]["programs"][1] |= {"cost_usd": 69_000.0}
    assert text(open_page(results), "#money h2") == (
        "$2.03M went into training: $250k worked, $250k changed nothing that matters, $69k did harm and $1.46M cannot be judged yet"
    )


def test_harm_has_a_card_and_every_program_its_decision_however_it_ranks(open_page, results):
    ranks = {"safety": 1, "popular": 2, "leading": 3, "speed": 4}
    for finding in results["tables"]["findings"]:
        finding["rank"] = ranks[finding["program_id"]]
    page = open_page(results)
    shown = [text(page, f"#answer .card >> nth={i} >> h3") for i in range(page.locator("#answer .card").count())]
    assert len(shown) == 4 and shown[-1] == "Speed calls raised reopened cases"
    decisions = {"safety": "Scale it up", "popular": "Stop it", "speed": "Stop it",
                 "leading": "Decide on other grounds: more data would not help"}
    for program_id, decision in decisions.items():
        page.locator("#choose").select_option(program_id)
        assert f"Recommended: {decision}: " in text(page, "#detail")


def test_the_page_rounds_as_the_tables_do(open_page, results):
    page = open_page(results)
    cases = [line.split(";") for line in (SOURCES / "tests" / "figures.csv").read_text(encoding="utf-8").splitlines()][1:]
    assert len(cases) > 10
    for value, unit, told in cases:
        assert page.evaluate("([value, unit]) => effect(value, unit)", [float(value), unit]).removesuffix(" points").removesuffix(" days") == told


def test_an_amount_is_not_broken_after_its_sign(open_page, results):
    results["tables"]["findings"][0] |= {"detail": "Benefit −$28k to −$18k."}
    page = open_page(results)
    assert "Benefit −\u2060$28k to −\u2060$18k." in page.locator("#answer").inner_text()


def test_the_grades_of_evidence_are_explained_where_they_are_first_used(open_page, results):
    assert "Evidence is strong when every check on the comparison is fine" in text(open_page(results), "#answer")


def test_a_program_is_opened_from_the_answer_with_its_checks_and_its_losses(open_page, results):
    page = open_page(results)
    page.get_by_role("button", name="Details of Speed calls").click()
    assert page.locator("#choose").input_value() == "speed"
    assert page.evaluate("document.activeElement.id") == "choose"
    page.locator("#choose").select_option("safety")
    assert "1,234 people trained, 91% of those enrolled completed it, participants rate it 4.8 of 5 and it cost $250k." in text(page, "#detail")
    page.get_by_text("Checks on the comparison").click()
    assert rows(page, "Checks") == [["Drift before training", "fine", "No drift."], ["Teams trained", "caution", "Few."]]
    page.get_by_text("Who was compared").first.click()
    assert [row[:2] for row in rows(page, "Who was compared")] == [["In the plan’s population", "1,300"], ["Compared", "under 10"]]


def test_the_curve_over_time_has_its_figures_beside_it(open_page, results):
    page = open_page(results)
    label = page.locator("#detail [role=img]").get_attribute("aria-label")
    assert "quarter 0: −0.05, quarter 1: −0.1, quarter 2: −0.15" in label and "quarter 3" not in label
    page.locator("#detail").get_by_text("The figures").click()
    shown = rows(page, "Effect by time since training")
    assert shown[4] == ["1", "after", "−0.1", "−0.3 to +0.1", "100"]
    assert shown[6] == ["3", "after", "–", "–", "under 10"]


def test_a_figure_without_its_interval_is_told_nowhere(open_page, results):
    bare = {"ci_low": None, "ci_high": None}
    results["tables"]["effect_curves"][4] |= bare | {"band_low": None, "band_high": None}
    results["tables"]["training_effects"][3] |= bare | {"estimate": -0.7}
    page = open_page(results)
    label = page.locator("#detail [role=img]").get_attribute("aria-label")
    assert "quarter 0: −0.05, quarter 2: −0.15" in label
    page.locator("#detail").get_by_text("The figures").click()
    assert rows(page, "Effect by time since training")[4] == ["1", "after", "–", "–", "100"]
    page.locator("#effects summary").click()
    assert rows(page, "Effects")[4][3:5] == ["–", "–"]
    assert "0.7" not in text(page, "#effects")
    assert "Leading" not in page.locator("#effects [role=img]").get_attribute("aria-label")


def test_zero_is_not_expected_where_the_plan_allows_for_a_reaction(open_page, results):
    page = open_page(results)
    assert text(page, "#detail figcaption").endswith(
        "Hollow: before training, where zero is expected. Grey diamond: just before training, where the plan allows for a reaction."
    )
    hollow = page.locator("#detail figure svg [fill=white]").count()
    page.locator("#detail").get_by_text("The figures").click()
    assert [row[1] for row in rows(page, "Effect by time since training")] == [
        "before", "before", "just before, when a reaction is allowed for", "after", "after", "after", "after"]
    assert hollow == 2


def test_a_curve_without_such_a_period_says_nothing_of_it(open_page, results):
    results["tables"]["effect_curves"][2] |= {"phase": "before"}
    assert text(open_page(results), "#detail figcaption").endswith("Hollow: before training, where zero is expected.")


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
    assert "Why: it is a time until something happens, and its file does not say what is waited for." in text(page, "#detail")


@pytest.mark.parametrize("code, words, short", [
    ("negligible_before_correction",
     "anything that matters is ruled out, but not surely enough once all questions of the run are counted",
     "not surely without effect"),
    ("untried_threshold", "what it has to withstand could not be tried", "not tried as asked"),
])
def test_a_reason_is_told_in_words_of_its_own(open_page, results, code, words, short):
    results["tables"]["training_effects"][3] |= {"reasons": code}
    page = open_page(results)
    assert short in page.locator("#effects figure svg").text_content()
    page.locator("#choose").select_option("leading")
    assert f"Why: {words}." in text(page, "#detail")


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
    assert len(cells) == 24
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
    for choice in ["speed", "popular"]:
        page.locator("#choose").select_option(choice)
        assert page.locator("#detail h3").inner_text() == page.locator(f"#choose option[value={choice}]").inner_text()
    levels = [int(level[1]) for level in page.locator("h1, h2, h3, h4").evaluate_all("all => all.map(h => h.tagName)")]
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:]))


def luminance(colour):
    channels = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


def test_focus_and_charts_stand_out_from_every_ground_they_are_on(open_page, results):
    page = open_page(results)
    page.keyboard.press("Tab")
    ring = page.evaluate("getComputedStyle(document.activeElement).outlineColor")
    grounds = ["rgb(255, 255, 255)", "rgb(244, 246, 248)", "rgb(227, 232, 237)"]
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
    assert min(contrast(ring, ground) for ground in grounds) >= 3
    lines = page.locator("#effects figure svg g[stroke-width]").evaluate_all(
        "all => all.flatMap(g => [...g.children].map(c => [getComputedStyle(c).stroke, getComputedStyle(g).strokeOpacity]))")
    drawn = [line for line in lines if line[0].startswith("rgb")]
    assert len(drawn) >= 12
    for stroke, opacity in drawn:
        assert float(opacity) == 1 and (stroke == "rgb(255, 255, 255)" or min(contrast(stroke, ground) for ground in grounds) >= 3)


def test_the_page_prints_on_a_few_sheets(open_page, results):
    page = open_page(results)
    sheets = page.pdf(tagged=True).count(b"/Type /Page\n")
    assert 1 <= sheets <= 6


# The printable width of A4 and Letter upright, with the browser's margins of a centimetre.
@pytest.mark.parametrize("width", [718, 740])
def test_nothing_is_cut_off_on_paper_and_nothing_is_there_to_click(open_page, results, width):
    page = open_page(results, width=width)
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cells = page.get_by_role("region", name="Cost and benefit of each program").locator("th, td").all()
    assert len(cells) == 5 * 7
    for cell in cells:
        box = cell.bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        assert cell.evaluate("cell => cell.scrollWidth <= cell.clientWidth + 1")
    assert page.locator(".scroll").evaluate_all("all => all.every(s => getComputedStyle(s).overflowX === 'visible')")
    assert not any(control.is_visible() for control in page.locator("#choose, .card button, summary").all())
    assert page.locator("#detail h3").is_visible()


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
    assert page.locator("#effects figure svg").count() == 2
    page.locator("#effects summary").click()
    assert len(rows(page, "Effects")) == 13
