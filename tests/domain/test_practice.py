"""Practice: scenarios that any questionnaire can play, and the record compared with what was told."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cati.base import i18n, paths
from cati.domain.clearances import pledge_of
from cati.domain.interview import Facts, Script
from cati.domain.practice import Difference, Keyed, differences, scenario
from cati.files.programmes import load_workbook


@pytest.fixture(scope="module")
def script() -> Script:
    return Script.of(load_workbook(paths.resources() / "programmes" / "yazhou-2023.xlsx"))


@pytest.fixture
def facts(script: Script) -> Facts:
    return {"unit_code": script.programme.units[0].code, "group_code": "managed", "source": "list"}


def test_every_scenario_is_a_complete_interview_of_its_own(script: Script, facts: Facts) -> None:
    told = [scenario(script, facts, number) for number in range(1, 9)]
    assert {script.outcome(facts, one.answers).state for one in told} == {"complete"}
    assert [one.lines for one in told[:4]] == [("busy",), (), ("no_answer",), ()]
    assert told[0] == scenario(script, facts, 1)
    assert len({tuple(one.answers.items()) for one in told}) == len(told)


def test_the_first_respondent_is_content_and_refuses_the_third_item(script: Script, facts: Facts) -> None:
    told = scenario(script, facts, 1)
    items = {name: told.answers[name] for name in script.items(facts, told.answers)}
    assert items.pop("service") == "refused"
    assert set(items.values()) == {"satisfied"} == {told.usual}
    assert told.outcomes == ("busy", "complete")


def test_what_was_recorded_as_told_has_no_differences(script: Script, facts: Facts) -> None:
    told = scenario(script, facts, 1)
    keyed = Keyed(("busy", "dropped", "complete"), {**told.answers, "opinion": "words of their own"})
    assert differences(script, told, keyed) == ()


def test_each_thing_recorded_otherwise_is_found(script: Script, facts: Facts) -> None:
    told = scenario(script, facts, 1)
    answers = {**told.answers, "service": "satisfied"}
    del answers["duties"]
    found = differences(script, told, Keyed(("no_answer",), answers))
    assert found == (
        Difference("", "busy", "no_answer"),
        Difference("", "complete", ""),
        Difference("duties", "satisfied", ""),
        Difference("service", "refused", "satisfied"),
    )


def test_the_pledge_names_what_the_programme_collects(script: Script) -> None:
    programme = script.programme
    pledge = pledge_of(programme)
    assert programme.title in pledge.lead
    assert "recordings of the calls" in pledge.lead
    assert "in their own words" in pledge.lead
    closed = replace(programme, questions=tuple(q for q in programme.questions if q.type != "text"))
    assert "in their own words" not in pledge_of(closed).lead
    assert pledge.text.count("\n") == len(pledge.points) + 1


def test_the_hash_of_the_pledge_is_of_its_words(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    pledge = pledge_of(script.programme)
    assert pledge_of(script.programme).digest == pledge.digest
    assert replace(pledge, heading="else").digest != pledge.digest
    monkeypatch.setattr(i18n, "_language", "zh_CN")
    assert pledge_of(script.programme).language == "zh_CN"
