from dataclasses import replace
from datetime import date

import pytest

from cati.domain.copying import copied, next_code, proposals
from cati.domain.programmes import Programme
from tests.services.fieldwork import evaluation


def this_year() -> Programme:
    made = evaluation()
    settings = replace(
        made.settings,
        fieldwork_start=date(2024, 2, 29),
        fieldwork_end=date(2024, 3, 5),
        closed_days=(date(2024, 2, 9), date(2024, 2, 10)),
    )
    return replace(made, title="2023年度社会评价", settings=settings)


def test_everything_that_names_a_year_is_proposed_one_year_later() -> None:
    assert proposals(this_year()) == {
        "title": "2024年度社会评价",
        "fieldwork_start": "2025-02-28",
        "fieldwork_end": "2025-03-05",
        "deadline.lists": "2025-01-25",
        "closed_days": "2025-02-09,2025-02-10",
    }


def test_a_copy_differs_in_code_title_and_days_only() -> None:
    old = this_year()
    decided = proposals(old) | {"closed_days": "2025-01-28, 2025-01-29", "deadline.lists": "2025-01-20"}
    new = copied(old, "yazhou-2024", decided)
    assert (new.code, new.title, new.version) == ("yazhou-2024", "2024年度社会评价", "1")
    assert new.settings.closed_days == (date(2025, 1, 28), date(2025, 1, 29))
    assert new.settings.deadlines == {"lists": date(2025, 1, 20)}
    again = replace(new, code=old.code, title=old.title, version=old.version, settings=old.settings)
    assert again == old


def test_no_days_without_calling_are_proposed_as_none_and_may_be_decided() -> None:
    old = this_year()
    none = replace(old, settings=replace(old.settings, closed_days=()))
    assert proposals(none)["closed_days"] == ""
    assert copied(old, "x", proposals(old) | {"closed_days": ""}).settings.closed_days == ()


def test_what_is_no_day_is_refused() -> None:
    old = this_year()
    with pytest.raises(ValueError, match="out of range"):
        copied(old, "x", proposals(old) | {"fieldwork_start": "2025-02-30"})


@pytest.mark.parametrize(
    ("code", "proposed"), [("yazhou-2023", "yazhou-2024"), ("2099.a", "2100.a"), ("tiny", "tiny-2")]
)
def test_the_code_of_the_next_year_is_proposed(code: str, proposed: str) -> None:
    assert next_code(code) == proposed
