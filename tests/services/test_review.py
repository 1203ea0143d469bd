"""What a supervisor finds to review, and what a verdict does at once to quota, queue, score and export."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import select, update

from cati.base.clock import VirtualClock
from cati.base.errors import CatiError
from cati.domain.interview import Outcome
from cati.domain.messages import Kind, Stretch
from cati.domain.ports import AnswerEvent, RecordingSummary
from cati.domain.queue import CaseState
from cati.domain.review import Verdict
from cati.domain.signals import SignalKind
from cati.domain.users import Role
from cati.services import (
    audit,
    behind,
    calls,
    exports,
    interviews,
    messages,
    programmes,
    queue,
    quotas,
    recordings,
    review,
    scoring,
    users,
    verdicts,
)
from cati.services.calls import Closing
from cati.services.context import Context
from cati.services.interviews import DatabaseAnswerLog
from cati.services.reasons import given_reason
from cati.services.review import Choice
from cati.services.verdicts import Effect
from cati.store import tables as t
from cati.store.engine import Database
from tests.rig.furnished import Furnished
from tests.services.cleared import cleared
from tests.station.office import PASSWORD, START, Office, open_office

ITEMS = ("item1", "item2", "item3")


@dataclass
class House:
    """An office whose operators have done interviews, and a supervisor."""

    office: Office
    clock: VirtualClock
    chief: Context
    operators: list[Context]
    done: list[str] = field(default_factory=list)

    def talk(
        self,
        who: int = 0,
        *,
        pace: float = 9.0,
        answers: Sequence[str] = ("satisfied", "fair", "poor"),
        disposition: str = "complete",
        recorded: bool = True,
        prompted: bool = False,
        problem: str | None = None,
    ) -> str:
        """An operator takes the next case and interviews; gives the interview's id."""
        ctx, n = self.operators[who], len(self.done) + 1
        case = queue.claim_next(ctx, self.office.programme)
        assert case is not None
        attempt = f"attempt-{n}"
        interview = case.interview.id if case.interview else f"interview-{n:04}"
        begun = self.clock.now()
        calls.begin_attempt(
            ctx, self.office.programme, attempt_id=attempt, case_id=case.case_id, epoch=case.epoch,
            alternate=0, at=begun,
        )  # fmt: skip
        self.clock.advance(5)
        connected = self.clock.now()
        interviews.open_interview(
            ctx,
            interview_id=interview,
            case_id=case.case_id,
            cell_id=case.cell_id,
            language="zh",
            at=connected,
        )
        if recorded:
            recordings.register(
                ctx, recording_id=f"rec-{n:04}", attempt_id=attempt, file=f"small/{n}.crec", at=connected
            )
        log, given = DatabaseAnswerLog(ctx), {"opening": "yes"}
        given |= dict(zip(ITEMS, answers, strict=False))
        seq = case.interview.seq if case.interview else 0
        for item, value in given.items():
            if case.interview and item in case.interview.answers:
                continue
            self.clock.advance(pace)
            seq += 1
            now = self.clock.now()
            offset = round((now - connected).total_seconds() * 1000) if recorded else None
            log.append(
                AnswerEvent(
                    f"{attempt}-{seq}",
                    interview,
                    seq,
                    case.epoch,
                    item,
                    value,
                    self.clock.now(),
                    attempt,
                    offset,
                )
            )
        ended = self.clock.now()
        if recorded:
            length = round((ended - connected).total_seconds() * 1000)
            recordings.finish(
                ctx, RecordingSummary(f"rec-{n:04}", None, length, 1, 900, not problem, False, problem)
            )
        state = "complete" if disposition == "complete" else "open"
        asked = len(answers)
        outcome = Outcome(state, "", asked, asked, 3, False, Fraction(asked, 3))
        calls.close(
            ctx,
            self.office.programme,
            Closing(
                attempt_id=attempt,
                case_id=case.case_id,
                group=case.group_code,
                epoch=case.epoch,
                disposition=disposition,
                ended_at=ended,
                connected_at=connected,
                note="在车上",
                prompted=prompted,
                interview_id=interview,
                outcome=outcome,
                answers=given,
            ),
        )
        self.done.append(interview)
        return interview

    def decide(self, interview: str, verdict: Verdict, reason: str | None = None, **given: Any) -> Effect:
        ctx = given.pop("ctx", self.chief)
        programme = given.pop("programme", self.office.programme)
        if verdict in (Verdict.EXCLUDED, Verdict.SENT_BACK) and reason is None:
            reason = "not_read"
        return verdicts.decide(ctx, programme, interview, verdict, reason=reason, **given)

    def listed(self, choice: Choice = Choice.OPEN) -> list[str]:
        found = review.worklist(self.chief, self.office.programme, choice)
        return [line.interview.interview_id for line in found]

    def cell(self) -> tuple[int, int, int, bool]:
        c = t.cells.c
        with self.office.database.read() as connection:
            row = connection.execute(select(c.completed, c.reserved, c.overshoot, c.exhausted)).one()
        return (row.completed, row.reserved, row.overshoot, bool(row.exhausted))

    def case_of(self, interview: str) -> Any:
        with self.office.database.read() as connection:
            return connection.execute(
                select(t.cases)
                .join(t.interviews, t.interviews.c.case_id == t.cases.c.id)
                .where(t.interviews.c.id == interview)
            ).one()

    def is_excluded(self, interview: str) -> bool:
        with self.office.database.read() as connection:
            return bool(
                connection.scalar(select(t.interviews.c.excluded).where(t.interviews.c.id == interview))
            )

    def refused(self, call: Callable[[], object]) -> str:
        """The code with which a call is refused; nothing is written by it."""
        before = self.everything()
        with pytest.raises(CatiError) as refusal:
            call()
        assert self.everything() == before
        return refusal.value.code

    def everything(self) -> list[Any]:
        with self.office.database.read() as connection:
            return [
                sorted(map(tuple, connection.execute(select(table))), key=repr)
                for table in (t.reviews, t.interviews, t.cases, t.cells)
            ]

    def audited(self, action: str) -> list[tuple[str, dict[str, Any]]]:
        with self.office.database.read() as connection:
            rows = connection.execute(
                select(t.audit.c.subject, t.audit.c.detail).where(t.audit.c.action == action)
            )
            return [(row.subject, row.detail) for row in rows]


@pytest.fixture
def house(furnished: Furnished) -> House:
    return furnished(house_in)


def house_in(database: Database, clock: VirtualClock, folder: Path) -> House:
    office = open_office(database, clock, folder)
    users.add_user(office.ctx, "chief", "主管", {Role.SUPERVISOR}, PASSWORD)
    operators = [office.hire("zhou"), office.hire("wu")]
    return House(office, clock, office.sign_in("chief"), operators)


# ---- looking -------------------------------------------------------------------------------------


def test_interviews_with_signals_come_first_then_the_oldest(house: House) -> None:
    plain = house.talk()
    hurried = house.talk(pace=0.1)
    assert house.listed() == [hurried, plain]
    assert house.listed(Choice.SIGNALS) == [hurried]
    (first, _second) = review.worklist(house.chief, house.office.programme)
    assert first.signals[0].kind is SignalKind.UNREAD


def test_what_is_decided_leaves_the_list_and_is_found_among_all(house: House) -> None:
    first, second = house.talk(), house.talk()
    house.decide(first, Verdict.ACCEPTED)
    assert house.listed() == [second]
    assert house.listed(Choice.ALL) == [second, first]
    house.decide(second, Verdict.SECOND)
    assert house.listed(Choice.SECOND) == [second]
    assert house.listed() == [second]


def test_the_sample_hears_every_operator(house: House) -> None:
    by_first, by_second = house.talk(0), house.talk(1)
    assert set(house.listed(Choice.SAMPLE)) == {by_first, by_second}


def test_one_interview_shows_answers_places_times_notes_and_signals(house: House) -> None:
    interview = house.talk(prompted=True, problem="cut_off")
    found = review.look_up(house.chief, house.office.programme, interview)
    assert [(time.item, time.value, time.seconds) for time in found.times] == [
        ("opening", "yes", 9.0),
        ("item1", "satisfied", 9.0),
        ("item2", "fair", 9.0),
        ("item3", "poor", 9.0),
    ]
    assert [(time.start_ms, time.end_ms) for time in found.times][1:3] == [(9000, 18_000), (18_000, 27_000)]
    assert [signal.kind for signal in found.signals] == [SignalKind.INCOMPLETE, SignalKind.PROMPTED]
    assert (found.notes, found.duration_ms, found.history) == (("在车上",), 36_000, ())
    assert found.interview.operator == "话务员zhou"


def test_an_interview_over_two_calls_has_one_line_of_time(house: House) -> None:
    interview = house.talk(answers=("satisfied",), disposition="partial")
    house.clock.advance(3 * 3600)
    assert house.talk(1) == interview
    found = review.look_up(house.chief, house.office.programme, interview)
    assert [(s.recording_id, s.start_ms, s.duration_ms) for s in found.sounds] == [
        ("rec-0001", 0, 18_000),
        ("rec-0002", 18_000, 18_000),
    ]
    assert [time.end_ms for time in found.times] == [9000, 18_000, 27_000, 36_000]
    assert [time.seconds for time in found.times] == [9.0] * 4


def test_what_a_complaint_marks_is_the_first_signal_at_its_place(house: House) -> None:
    plain = house.talk()
    interview = house.talk(answers=("satisfied",), disposition="partial")
    house.clock.advance(3 * 3600)
    house.talk(1)
    programme = house.office.programme
    for stretch in (Stretch("rec-0003", 3000, 15_000), Stretch("rec-0002", 10_000, 70_000)):
        sent = messages.send(
            house.operators[1], programme, Kind.COMPLAINT, "打来三次", attempt_id="attempt-3", stretch=stretch
        )
    assert messages.stretch_of(house.chief, programme, sent) == stretch
    assert house.listed(Choice.ALL) == [interview, plain]
    found = review.look_up(house.chief, programme, interview)
    # On the line of both calls, and never beyond what was recorded.
    assert [
        (one.kind, one.start_ms, one.end_ms, one.note, one.by)
        for one in found.signals
        if one.kind is SignalKind.COMPLAINT
    ] == [
        (SignalKind.COMPLAINT, 21_000, 33_000, "打来三次", "话务员wu"),
        (SignalKind.COMPLAINT, 10_000, 18_000, "打来三次", "话务员wu"),
    ]
    assert found.signals[0].kind is SignalKind.COMPLAINT
    assert house.listed() == [interview, plain]
    assert review.interview_of(house.chief, "rec-0003") == interview
    assert house.refused(lambda: review.interview_of(house.chief, "rec-0009")) == "call_goes_on"
    other = messages.send(house.operators[1], programme, Kind.HELP, "来")
    assert house.refused(lambda: messages.stretch_of(house.chief, programme, other)) == "nothing_marked"


def test_an_unknown_interview_is_said(house: House) -> None:
    assert (
        house.refused(lambda: review.look_up(house.chief, house.office.programme, "x")) == "interview_unknown"
    )


def test_what_was_heard_is_written_down_with_from_and_to(house: House) -> None:
    house.talk()
    review.listened(house.chief, "rec-0001", 1500, 9000)
    assert house.audited("recording_heard") == [("recording rec-0001", {"from_ms": 1500, "to_ms": 9000})]
    assert audit.verify(house.office.ctx) is None


def test_a_marked_place_is_kept_in_its_recording_and_shown_to_everybody(house: House) -> None:
    interview = house.talk(answers=("satisfied",), disposition="partial")
    house.clock.advance(3 * 3600)
    house.talk(1)
    programme = house.office.programme
    before = house.everything()
    (mark,) = review.add_mark(house.chief, programme, interview, 20_500, " suggests\n an answer ")
    assert (mark.place_ms, mark.note, mark.own) == (20_500, "suggests an answer", True)
    review.add_mark(house.chief, programme, interview, 1000)
    users.add_user(house.office.ctx, "deputy", "副主管", {Role.SUPERVISOR}, PASSWORD)
    found = review.look_up(house.office.sign_in("deputy"), programme, interview)
    assert [(m.place_ms, m.name, m.own) for m in found.marks] == [
        (1000, "主管", False),
        (20_500, "主管", False),
    ]
    with house.office.database.read() as connection:
        rows = connection.execute(select(t.review_marks.c.recording_id, t.review_marks.c.offset_ms)).all()
    assert sorted(map(tuple, rows)) == [("rec-0001", 1000), ("rec-0002", 2500)]
    assert house.everything() == before, "nothing else is changed"
    assert house.refused(lambda: review.add_mark(house.chief, programme, interview, 99_000)) == "mark_nowhere"
    assert (
        house.refused(lambda: review.add_mark(house.operators[0], programme, interview, 0)) == "not_allowed"
    )
    assert [detail["place_ms"] for _subject, detail in house.audited("review_mark")] == [20_500, 1000]


def test_operators_and_observers_neither_look_nor_decide(house: House) -> None:
    interview = house.talk()
    users.add_user(house.office.ctx, "guest", "观察", {Role.OBSERVER}, PASSWORD)
    programme = house.office.programme
    for ctx in (house.operators[0], house.office.sign_in("guest")):
        for call in (
            partial(review.worklist, ctx, programme),
            partial(review.look_up, ctx, programme, interview),
            partial(review.listened, ctx, "rec-0001", 0, 1),
            partial(verdicts.decide, ctx, programme, interview, Verdict.ACCEPTED),
        ):
            assert house.refused(call) == "not_allowed"


# ---- excluding and accepting ---------------------------------------------------------------------


def test_an_exclusion_frees_the_place_at_once_and_the_cell_calls_again(house: House) -> None:
    first, second = house.talk(), house.talk()
    assert queue.claim_next(house.operators[0], house.office.programme) is None
    assert house.decide(first, Verdict.EXCLUDED, "invented", note=" 听 \n 不到 ") is Effect.PLACE_FREE
    assert house.is_excluded(first)
    assert not house.is_excluded(second)
    assert house.cell() == (1, 0, 0, False)
    assert house.case_of(first).state == CaseState.CLOSED
    (progress,) = quotas.cells(house.office.ctx, house.office.programme)
    assert progress.completed == 1
    assert queue.claim_next(house.operators[0], house.office.programme) is not None
    (verdict,) = review.look_up(house.chief, house.office.programme, first).history
    assert (verdict.verdict, verdict.reason, verdict.note, verdict.name) == (
        "excluded",
        "invented",
        "听 不到",
        "主管",
    )
    assert house.audited("review") == [
        (
            f"interview {first}",
            {"verdict": "excluded", "reason": "invented", "effect": "place_free", "own": False},
        )
    ]


def test_an_exhausted_cell_is_served_again_and_callbacks_put_aside_come_back(house: House) -> None:
    waiting = house.talk(answers=("satisfied",), disposition="partial")
    first, _second = house.talk(), house.talk()
    assert house.case_of(waiting).state == CaseState.PARKED
    with house.office.database.write() as connection:
        connection.execute(update(t.cells).values(exhausted=True))
    house.decide(first, Verdict.EXCLUDED)
    assert house.cell() == (1, 0, 0, False)
    assert house.case_of(waiting).state == CaseState.CALLBACK


def test_answers_and_recordings_stay_as_they_were(house: House) -> None:
    interview = house.talk()

    def collected() -> list[Any]:
        with house.office.database.read() as connection:
            return [
                list(map(tuple, connection.execute(select(table))))
                for table in (t.answers, t.responses, t.recordings, t.attempts)
            ]

    before = collected()
    for verdict in (Verdict.EXCLUDED, Verdict.ACCEPTED, Verdict.SENT_BACK):
        house.decide(interview, verdict)
    assert collected() == before


def test_excluding_twice_frees_one_place(house: House) -> None:
    first, _second = house.talk(), house.talk()
    house.decide(first, Verdict.EXCLUDED)
    assert house.decide(first, Verdict.EXCLUDED, "led") is Effect.NONE
    assert house.cell()[0] == 1
    assert len(review.look_up(house.chief, house.office.programme, first).history) == 2


def test_accepting_again_brings_it_back_while_there_is_a_place(house: House) -> None:
    first = house.talk()
    house.decide(first, Verdict.EXCLUDED)
    assert house.decide(first, Verdict.ACCEPTED) is Effect.COUNTED_AGAIN
    assert not house.is_excluded(first)
    assert house.cell()[:3] == (1, 0, 0)
    assert house.case_of(first).state == CaseState.COMPLETE
    assert [v.verdict for v in review.look_up(house.chief, house.office.programme, first).history] == [
        "excluded",
        "accepted",
    ]


@pytest.mark.parametrize("taken_by", ["interview", "call"])
def test_accepting_again_is_refused_when_others_took_the_place(house: House, taken_by: str) -> None:
    first, _second = house.talk(), house.talk()
    house.decide(first, Verdict.EXCLUDED)
    if taken_by == "interview":
        house.talk()
    else:
        assert queue.claim_next(house.operators[0], house.office.programme) is not None
    assert house.refused(lambda: house.decide(first, Verdict.ACCEPTED)) == "cell_full_again"
    assert house.is_excluded(first)


def test_an_interview_beyond_the_quota_moves_up_into_the_free_place(house: House) -> None:
    first, _second = house.talk(), house.talk()
    with house.office.database.write() as connection:
        connection.execute(update(t.cells).values(overshoot=1))
    assert house.decide(first, Verdict.EXCLUDED) is Effect.OVERSHOOT_MOVED_UP
    assert house.cell()[:3] == (2, 0, 0)


def test_when_fieldwork_is_over_the_cell_stays_short_and_that_is_said(house: House) -> None:
    first, second = house.talk(), house.talk()
    over = house.office.settings(fieldwork_end=START.date() - timedelta(days=1))
    assert house.decide(first, Verdict.EXCLUDED, programme=over) is Effect.STAYS_SHORT
    programmes.close_fieldwork(house.office.ctx, "small")
    assert house.decide(second, Verdict.EXCLUDED) is Effect.STAYS_SHORT
    assert house.cell()[0] == 0
    assert house.decide(second, Verdict.ACCEPTED) is Effect.COUNTED_AGAIN
    assert house.refused(lambda: house.decide(first, Verdict.SENT_BACK)) == "send_back_over"


def test_a_reason_is_needed_to_exclude(house: House) -> None:
    first = house.talk()
    programme = house.office.programme
    assert (
        house.refused(lambda: verdicts.decide(house.chief, programme, first, Verdict.EXCLUDED))
        == "review_reason"
    )


def test_an_interview_without_opinion_frees_no_place(house: House) -> None:
    first = house.talk()
    with house.office.database.write() as connection:
        connection.execute(update(t.interviews).values(state="no_opinion"))
        connection.execute(update(t.cells).values(completed=0))
        connection.execute(update(t.cases).where(t.cases.c.state == 4).values(state=int(CaseState.CLOSED)))
    assert house.decide(first, Verdict.EXCLUDED) is Effect.NONE
    assert house.cell()[0] == 0
    assert house.decide(first, Verdict.ACCEPTED) is Effect.NONE
    assert not house.is_excluded(first)


# ---- sending back --------------------------------------------------------------------------------


def test_who_is_sent_back_is_asked_anew_and_the_old_interview_is_kept_out(house: House) -> None:
    first = house.talk()
    assert house.decide(first, Verdict.SENT_BACK, "missed") is Effect.CALLED_AGAIN
    assert house.case_of(first).state == CaseState.CALLBACK
    assert house.cell()[:3] == (0, 0, 0)
    again = house.talk(1)
    assert again != first
    assert house.case_of(again).id == house.case_of(first).id
    assert house.cell()[:3] == (1, 0, 0)
    assert [house.is_excluded(one) for one in (first, again)] == [True, False]
    assert house.refused(lambda: house.decide(first, Verdict.ACCEPTED)) == "case_counted_already"
    assert house.refused(lambda: house.decide(first, Verdict.SENT_BACK)) == "case_counted_already"


def test_each_interview_of_one_person_has_its_own_calls(house: House) -> None:
    first = house.talk()
    house.decide(first, Verdict.SENT_BACK)
    again = house.talk()
    for interview, recording in ((first, "rec-0001"), (again, "rec-0002")):
        found = review.look_up(house.chief, house.office.programme, interview)
        assert [sound.recording_id for sound in found.sounds] == [recording]


def test_an_interview_stopped_half_way_goes_on_when_it_is_sent_back(house: House) -> None:
    first = house.talk(answers=("satisfied",), disposition="partial")
    assert house.refused(lambda: house.decide(first, Verdict.EXCLUDED)) == "interview_unfinished"
    with house.office.database.write() as connection:
        connection.execute(update(t.cases).where(t.cases.c.state == 2).values(state=int(CaseState.CLOSED)))
    assert house.decide(first, Verdict.SENT_BACK, "missed") is Effect.CALLED_AGAIN
    assert not house.is_excluded(first)
    assert house.talk() == first
    assert house.cell()[:3] == (1, 0, 0)


def test_nobody_who_ended_the_interview_is_sent_back(house: House) -> None:
    first = house.talk(answers=("satisfied",), disposition="break_off")
    assert house.refused(lambda: house.decide(first, Verdict.SENT_BACK)) == "send_back_refused"


def test_nothing_is_decided_while_the_person_is_called_again(house: House) -> None:
    first = house.talk()
    house.decide(first, Verdict.SENT_BACK)
    assert queue.claim_next(house.operators[0], house.office.programme) is not None
    assert house.refused(lambda: house.decide(first, Verdict.ACCEPTED)) == "case_in_call"


# ---- second opinion ------------------------------------------------------------------------------


def test_a_second_opinion_is_somebody_elses_and_changes_nothing_until_then(house: House) -> None:
    first = house.talk()
    house.decide(first, Verdict.EXCLUDED)
    assert house.decide(first, Verdict.SECOND) is Effect.NONE
    assert house.is_excluded(first)
    for verdict in (Verdict.ACCEPTED, Verdict.EXCLUDED, Verdict.SECOND):
        assert house.refused(partial(house.decide, first, verdict)) == "second_by_same"
    assert house.decide(first, Verdict.ACCEPTED, ctx=house.office.ctx) is Effect.COUNTED_AGAIN


def test_nobody_decides_on_the_own_interview_while_somebody_else_may(house: House) -> None:
    users.add_user(house.office.ctx, "both", "两职", {Role.OPERATOR, Role.SUPERVISOR}, PASSWORD)
    both = cleared(house.office.sign_in("both"))
    house.operators[0] = both
    first = house.talk()
    for verdict in (Verdict.ACCEPTED, Verdict.EXCLUDED):
        assert house.refused(partial(house.decide, first, verdict, ctx=both)) == "own_interview"
    assert house.decide(first, Verdict.SECOND, ctx=both) is Effect.NONE
    second = house.talk()
    with house.office.ctx.database.write() as connection:
        connection.execute(update(t.users).where(t.users.c.login != "both").values(active=False))
    house.decide(second, Verdict.ACCEPTED, ctx=both)
    assert house.audited("review")[-1][1]["own"] is True


def test_a_note_longer_than_can_be_read_is_refused_whole(house: House) -> None:
    first = house.talk()
    decide = partial(verdicts.decide, house.chief, house.office.programme, first, Verdict.ACCEPTED)
    assert house.refused(lambda: decide(note="字" * 501)) == "words_too_long"
    assert house.refused(lambda: given_reason("字" * 501)) == "words_too_long"
    assert given_reason(" 字\n字 ") == "字 字"
    decide(note="字" * 500)


# ---- score and export ----------------------------------------------------------------------------


def closed(house: House, **settings: object) -> Any:
    programmes.close_fieldwork(house.office.ctx, "small")
    programme = programmes.get(house.office.ctx)
    changed = replace(programme.programme.settings, **settings)  # type: ignore[arg-type]
    return replace(programme, programme=replace(programme.programme, settings=changed))


def phone_n(house: House, programme: Any) -> int:
    (line,) = scoring.score(house.office.ctx, programme)
    phone = line.channels["phone"].behind
    assert phone is not None
    return phone.n


def test_scores_see_an_exclusion_at_once(house: House) -> None:
    first, _second = house.talk(), house.talk()
    programme = closed(house)
    assert phone_n(house, programme) == 2
    house.decide(first, Verdict.EXCLUDED)
    assert phone_n(house, programme) == 1
    house.decide(first, Verdict.ACCEPTED)
    assert phone_n(house, programme) == 2


def test_a_programme_may_score_only_what_was_accepted(house: House) -> None:
    first, second = house.talk(), house.talk()
    programme = closed(house, accepted_only=True)
    assert phone_n(house, programme) == 0
    house.decide(first, Verdict.ACCEPTED)
    house.decide(second, Verdict.ACCEPTED)
    assert phone_n(house, programme) == 2
    house.decide(second, Verdict.SECOND)
    assert phone_n(house, programme) == 1


def test_an_export_lists_the_excluded_apart_with_the_reason(house: House, tmp_path: Path) -> None:
    first, second = house.talk(), house.talk()
    programme = closed(house)
    house.decide(first, Verdict.EXCLUDED, "led")
    house.decide(first, Verdict.SECOND)
    target = tmp_path / "out.xlsx"
    assert exports.export_interviews(house.office.ctx, programme, target) == 1
    book = CalamineWorkbook.from_path(target)
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    assert list(sheets) == ["interviews", "excluded"]
    (heading, row) = sheets["excluded"]
    found = dict(zip(heading, row, strict=True))
    assert (found["interview"], found["excluded_because"], found["excluded_by"]) == (first, "led", "主管")
    assert str(found["excluded_at"]).startswith("2024-02-21 10:")
    assert [row[heading.index("interview")] for row in sheets["interviews"][1:]] == [second]


# ---- races ---------------------------------------------------------------------------------------


def test_supervisors_and_operators_at_once_never_lose_or_double_a_place(house: House) -> None:
    first, second = house.talk(), house.talk()
    chiefs = [house.chief, house.office.ctx]
    faults: list[str] = []

    def judge(ctx: Context, interview: str) -> None:
        for verdict in (Verdict.EXCLUDED, Verdict.ACCEPTED) * 6:
            try:
                house.decide(interview, verdict, ctx=ctx)
            except CatiError as refusal:
                if refusal.code not in ("cell_full_again", "case_counted_already"):
                    faults.append(refusal.code)

    def call(ctx: Context) -> None:
        for _ in range(10):
            case = queue.claim_next(ctx, house.office.programme)
            if case is not None:
                queue.hand_over(ctx, case.case_id, case.epoch)

    threads = [threading.Thread(target=judge, args=(c, i)) for c in chiefs for i in (first, second)]
    threads += [threading.Thread(target=call, args=(ctx,)) for ctx in house.operators]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    counted = sum(not house.is_excluded(one) for one in (first, second))
    completed, reserved, overshoot, _exhausted = house.cell()
    assert (completed, reserved, overshoot) == (counted, 0, 0)


def test_from_a_score_to_the_second_at_which_an_answer_was_given(house: House) -> None:
    interview = house.talk()
    house.talk(recorded=False)
    programme = closed(house)
    unit = programme.programme.units[0].code
    first, second = behind.interviews_behind(house.office.ctx, programme, unit, item="item1")
    assert (first.interview_id, first.answer) == (interview, "satisfied")
    assert (first.asked_ms, first.answered_ms) == (9000, 18_000)
    assert (second.answer, second.answered_ms) == ("satisfied", None)
    house.decide(interview, Verdict.EXCLUDED)
    assert behind.interviews_behind(house.office.ctx, programme, unit, item="item1") == (second,)
