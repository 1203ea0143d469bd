"""Outcomes of attempts: codes as the standard has them, and what becomes of a case by them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cati.domain.dispositions import (
    DISPOSITIONS,
    PARTIAL_SHARE,
    RANK,
    Follow,
    PastAttempt,
    Section,
    by_key,
    delay,
    final_code,
    interview_state,
    non_contact_final,
    settlement,
    untrue,
)
from cati.domain.interview import Outcome
from cati.domain.programmes import CallHours, RetryRules, Settings
from cati.domain.queue import Settlement, next_opening

ZONE = ZoneInfo("Asia/Shanghai")
DAY = datetime(2024, 2, 19, 10, 0, tzinfo=ZONE)
"""A Monday."""
ANY_HOUR = CallHours((), tuple(range(7)), time(0), time.max)
SETTINGS = Settings("0898", True, call_hours=(ANY_HOUR,))
OFFICE = Settings("0898", True, call_hours=(CallHours((), (0, 1, 2, 3, 4), time(9), time(17)),))


def at(days: int, hour: int = 10) -> datetime:
    return DAY.replace(hour=hour) + timedelta(days=days)


def attempts(*when: datetime, code: str = "no_answer") -> list[PastAttempt]:
    return [PastAttempt(one, code) for one in when]


def settled(
    code: str,
    *,
    history: list[PastAttempt] | None = None,
    settings: Settings = SETTINGS,
    now: datetime = DAY,
    no_opinion: bool = False,
    not_before: datetime | None = None,
    mine: bool = True,
    firm: bool = True,
    colleague: int | None = None,
) -> Settlement:
    past = history if history is not None else [PastAttempt(now, code)]
    return settlement(
        code,
        history=past,
        settings=settings,
        group="g",
        now=now,
        user_id=7,
        no_opinion=no_opinion,
        not_before=not_before,
        mine=mine,
        firm=firm,
        colleague=colleague,
    )


# ---- the table -----------------------------------------------------------------------------------


def test_every_key_picks_one_outcome_in_either_case() -> None:
    picked = [d for d in DISPOSITIONS.values() if d.key]
    assert len({d.key for d in picked}) == len(picked)
    for disposition in picked:
        assert by_key(disposition.key) == by_key(disposition.key.lower()) == disposition
    assert by_key("") is None
    assert by_key("Z") is None


def test_what_the_system_notes_has_no_key() -> None:
    system = {d.code for d in DISPOSITIONS.values() if d.section is Section.SYSTEM}
    assert system == {"dropped", "interrupted", "dialling_cut_off", "person_taken"}
    assert {d.code for d in DISPOSITIONS.values() if not d.key} == system


@pytest.mark.parametrize(
    ("code", "aapor", "category"),
    [
        ("complete", "1.1", "I"),
        ("partial", "1.2", "P"),
        ("refusal", "2.11", "R"),
        ("break_off", "2.12", "R"),
        ("appointment", "2.21", "NC"),
        ("language", "2.33", "O"),
        ("busy", "3.12", "UH"),
        ("no_answer", "3.13", "UH"),
        ("machine", "3.14", "UH"),
        ("not_in_service", "4.31", "NE"),
        ("business", "4.51", "NE"),
        ("not_eligible", "4.70", "NE"),
    ],
)
def test_codes_are_those_of_the_standard(code: str, aapor: str, category: str) -> None:
    assert (DISPOSITIONS[code].aapor, DISPOSITIONS[code].category) == (aapor, category)


def test_codes_begin_with_the_number_of_their_category() -> None:
    first = {"I": "1", "P": "1", "R": "2", "NC": "2", "O": "2", "UH": "3", "UO": "3", "NE": "4"}
    for disposition in DISPOSITIONS.values():
        assert disposition.aapor[0] == first[disposition.category]


# ---- rests ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "rest"),
    [
        ("busy", timedelta(minutes=10)),
        ("no_answer", timedelta(hours=2)),
        ("unreachable", timedelta(hours=2)),
        ("silent", timedelta(days=3)),
        ("dropped", timedelta(0)),
        ("interrupted", timedelta(0)),
        ("dialling_cut_off", timedelta(0)),
        ("partial", timedelta(hours=2)),
    ],
)
def test_a_case_rests_as_long_as_its_outcome_asks(code: str, rest: timedelta) -> None:
    assert delay(code, RetryRules()) == rest


def test_a_rest_ends_in_call_hours() -> None:
    late = DAY.replace(hour=16, minute=58)
    next_morning = (late + timedelta(days=1)).replace(hour=9, minute=0)
    assert settled("busy", settings=OFFICE, now=late).not_before == next_morning


def test_after_the_last_call_hours_a_case_waits_for_what_will_not_come() -> None:
    ended = Settings("0898", True, call_hours=(ANY_HOUR,), expires=date(2024, 2, 18))
    assert next_opening(ended, ("g",), DAY) is None
    assert settled("busy", settings=ended).not_before == DAY + timedelta(minutes=10)


def test_who_was_reached_is_called_when_the_rest_is_over() -> None:
    found = settled("inconvenient")
    assert (found.kind, found.not_before) == ("callback", DAY + timedelta(hours=2))


@pytest.mark.parametrize(("code", "barred"), [("silent", 7), ("language", 7), ("busy", None)])
def test_another_operator_tries_where_this_one_could_not(code: str, barred: int | None) -> None:
    assert settled(code).barred_id == barred


def test_whom_a_colleague_goes_on_with_is_due_before_everybody_and_for_a_while_the_colleagues() -> None:
    named, anybody = settled("handed_over", colleague=9), settled("handed_over")
    assert (named.kind, named.owner_id, named.owner_until) == ("callback", 9, DAY + timedelta(minutes=15))
    assert (anybody.kind, anybody.owner_id, anybody.owner_until) == ("callback", None, None)
    for found in (named, anybody):
        assert found.not_before is not None
        assert found.not_before < DAY - timedelta(days=3)
        assert found.barred_id == 7


# ---- when a case nobody reached is over ------------------------------------------------------------

ENOUGH = attempts(at(0), at(0, 11), at(1), at(2, 19), at(5))
"""Five attempts over four days, one of them in the evening, one on a Saturday."""


def test_enough_attempts_end_a_case_nobody_reached() -> None:
    assert non_contact_final(ENOUGH, SETTINGS, "g")
    found = settled("no_answer", history=ENOUGH)
    assert (found.kind, found.disposition) == ("final", "no_answer")


@pytest.mark.parametrize(
    "history",
    [
        ENOUGH[:4],
        attempts(at(5), at(5, 11), at(5, 12), at(6, 19), at(6, 20)),
        attempts(at(0), at(1), at(2), at(3, 17), at(5)),
        attempts(at(0), at(1), at(2, 19), at(3), at(4)),
    ],
    ids=["too few", "too few days", "no evening", "no weekend"],
)
def test_less_than_enough_does_not(history: list[PastAttempt]) -> None:
    assert not non_contact_final(history, SETTINGS, "g")
    assert settled("no_answer", history=history).kind == "callback"


def test_evening_and_weekend_are_not_asked_of_groups_called_in_office_hours() -> None:
    history = attempts(at(0), at(1), at(2), at(3), at(4))
    assert non_contact_final(history, OFFICE, "g")
    assert not non_contact_final(history, SETTINGS, "g")


def test_evenings_are_those_of_local_time() -> None:
    as_utc = [PastAttempt(past.at.astimezone(UTC), past.disposition) for past in ENOUGH]
    assert non_contact_final(as_utc, SETTINGS, "g")


codes = st.sampled_from([d.code for d in DISPOSITIONS.values() if d.section is not Section.SYSTEM])
histories = st.lists(st.builds(PastAttempt, st.datetimes(timezones=st.just(UTC)), codes), min_size=1)


@given(histories, st.sampled_from([d.code for d in DISPOSITIONS.values() if d.contact]))
def test_a_case_in_which_somebody_was_reached_never_ends_as_not_reached(
    history: list[PastAttempt], reached: str
) -> None:
    history = [*history, PastAttempt(DAY, reached)]
    for order in itertools.islice(itertools.permutations(history), 6):
        assert not non_contact_final(order, SETTINGS, "g")


@given(histories)
def test_the_outcome_of_a_case_is_the_weightiest_of_its_attempts(history: list[PastAttempt]) -> None:
    found = final_code(history)
    given_codes = [past.disposition for past in history]
    assert found in given_codes
    weighty = [code for code in RANK if code in given_codes]
    if weighty:
        assert found == weighty[0]
    elif any(DISPOSITIONS[code].contact for code in given_codes):
        assert DISPOSITIONS[found].contact
    else:
        assert found == given_codes[-1]


def test_a_refusal_is_never_overwritten_by_later_silence() -> None:
    history = [PastAttempt(at(0), "refusal"), *attempts(at(1), at(2))]
    assert final_code(history) == "refusal"


def test_a_cut_off_call_says_nothing_of_the_person() -> None:
    history = [PastAttempt(at(0), "interrupted"), PastAttempt(at(1), "inconvenient"), *attempts(at(2))]
    assert final_code(history) == "inconvenient"
    assert final_code([PastAttempt(at(0), "interrupted"), *attempts(at(1))]) == "no_answer"


def test_a_case_without_attempts_has_no_outcome() -> None:
    with pytest.raises(ValueError, match="without attempts"):
        final_code([])


# ---- settlements ---------------------------------------------------------------------------------


def test_every_outcome_settles_a_case() -> None:
    kinds = {
        Follow.COMPLETE: "complete",
        Follow.FINAL: "final",
        Follow.APPOINTMENT: "appointment",
        Follow.AGAIN: "callback",
    }
    for disposition in DISPOSITIONS.values():
        found = settled(disposition.code, not_before=DAY + timedelta(hours=1))
        assert found.kind == kinds[disposition.follow]


def test_complete_without_opinion_is_its_own_kind() -> None:
    assert settled("complete", no_opinion=True).kind == "no_opinion"


@pytest.mark.parametrize(("mine", "owner"), [(True, 7), (False, None)])
@pytest.mark.parametrize("firm", [True, False])
def test_an_appointment_keeps_time_owner_and_firmness(mine: bool, owner: int | None, firm: bool) -> None:
    when = DAY + timedelta(hours=5)
    found = settled("appointment", not_before=when, mine=mine, firm=firm)
    assert (found.not_before, found.owner_id, found.firm) == (when, owner, firm)


def test_a_half_way_interview_may_be_finished_for_three_days() -> None:
    begun = PastAttempt(DAY, "partial")
    in_time, late = DAY + timedelta(days=3), DAY + timedelta(days=3, minutes=1)
    assert settled("no_answer", history=[begun, *attempts(in_time)], now=in_time).kind == "callback"
    over = settled("no_answer", history=[begun, *attempts(late)], now=late)
    assert (over.kind, over.disposition) == ("final", "partial")


# ---- interviews ----------------------------------------------------------------------------------


def outcome(answered: int, items: int = 10, state: str = "open") -> Outcome:
    share = Fraction(answered, items) if items else Fraction(0)
    return Outcome(state, "", answered, answered, items, False, share)


@pytest.mark.parametrize(
    ("code", "connected", "reached", "reason"),
    [
        ("not_eligible", True, outcome(0), None),
        ("not_eligible", True, replace(outcome(0), screened=True), "The screening was passed"),
        ("not_eligible", True, outcome(0, state="ended"), None),
        ("not_eligible", False, None, "Nobody answered"),
        ("refusal", True, replace(outcome(3), screened=True), None),
        ("silent", True, replace(outcome(3), screened=True), None),
        ("silent", False, None, None),
        ("busy", True, outcome(0), None),
        ("busy", True, outcome(1), "Somebody answered"),
        ("partial", True, outcome(0), "No question has been answered"),
        ("complete", True, outcome(3), "Questions are still unanswered"),
        ("refusal", True, outcome(10, state="complete"), "The interview is complete"),
    ],
)
def test_only_what_can_be_true_may_be_chosen(
    code: str, connected: bool, reached: Outcome | None, reason: str | None
) -> None:
    spoken = reached is not None and reached.answered > 0
    assert untrue(code, connected=connected, spoken=spoken, outcome=reached) == reason


@pytest.mark.parametrize(
    ("kind", "reached", "state"),
    [
        ("complete", outcome(10, state="complete"), "complete"),
        ("no_opinion", outcome(10, state="complete"), "no_opinion"),
        ("final", outcome(0), "ended"),
        ("final", outcome(3, state="ended"), "ended"),
        ("callback", outcome(0), "ended"),
        ("callback", outcome(1), "partial"),
        ("appointment", outcome(1), "partial"),
        ("final", outcome(4), "break_off"),
        ("final", outcome(5), "partial"),
    ],
)
def test_an_interview_is_what_was_answered_of_it(kind: str, reached: Outcome, state: str) -> None:
    settlement = Settlement(kind, "x")  # type: ignore[arg-type]
    assert interview_state(settlement, reached) == state


@given(st.integers(1, 40), st.integers(1, 40))
def test_half_of_the_items_make_a_partial_interview(answered: int, items: int) -> None:
    reached = outcome(min(answered, items), items)
    state = interview_state(Settlement("final", "break_off"), reached)
    assert (state == "partial") == (reached.share_answered >= PARTIAL_SHARE)
