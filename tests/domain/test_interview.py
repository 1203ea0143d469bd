from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cati.base.errors import CatiError
from cati.domain.interview import Offer, Piece, Script
from tests.domain.questionnaires import FACTS, ask, calculate, fact, item, note, programme_of

PLAIN = Script.of(programme_of(ask("first"), ask("second"), item("style"), note("bye")))
SCREENED = Script.of(
    programme_of(
        ask("adult", required=True),
        note("too_young", relevant="${adult} = 'no'", disposition="not_eligible"),
        ask("member"),
        ask("rank", relevant="${member} = 'yes'"),
        ask("badge", "integer", relevant="${rank} = 'yes'", constraint=". < 100"),
        calculate("senior", "if(${badge} < 10, 'yes', 'no')"),
        item("style", relevant="${senior} = 'no'"),
        item("duties"),
        ask("words", "text"),
    )
)


def walk(script: Script, answers: Mapping[str, str]) -> tuple[str, ...]:
    return script.path(FACTS, answers)


def test_questions_are_asked_in_the_order_of_the_sheet() -> None:
    assert walk(PLAIN, {}) == ("first", "second", "style", "bye")


def test_a_question_is_asked_only_where_its_condition_holds() -> None:
    assert "rank" not in walk(SCREENED, {"adult": "yes"})
    assert "rank" in walk(SCREENED, {"adult": "yes", "member": "yes"})


def test_the_path_ends_at_the_first_ending_row() -> None:
    assert walk(SCREENED, {"adult": "no", "member": "yes"}) == ("adult", "too_young")


def test_an_answer_off_the_path_reads_as_empty_in_conditions() -> None:
    answers = {"adult": "yes", "member": "no", "rank": "yes"}
    assert "badge" not in walk(SCREENED, answers)
    assert SCREENED.off_path(FACTS, answers) == {"rank"}


def test_a_fact_given_from_outside_steers_the_path() -> None:
    script = Script.of(
        programme_of(
            fact("source"),
            ask("self", relevant="${source} = 'list'"),
            ask("here", relevant="${source} = 'pool'"),
        )
    )
    assert script.path({**FACTS, "source": "list"}, {}) == ("self",)
    assert script.path({**FACTS, "source": "pool"}, {}) == ("here",)


def test_the_next_question_is_the_first_without_an_answer() -> None:
    assert PLAIN.next_open(FACTS, {}) == "first"
    assert PLAIN.next_open(FACTS, {"first": "yes", "style": "satisfied"}) == "second"
    assert PLAIN.next_open(FACTS, {"first": "yes", "second": "", "style": "satisfied"}) == "bye"
    everything = {"first": "yes", "second": "", "style": "satisfied", "bye": "read"}
    assert PLAIN.next_open(FACTS, everything) is None


def test_answers_that_were_changed_where_they_lie_are_walked_anew() -> None:
    answers: dict[str, str] = {}
    before = SCREENED.items(FACTS, answers)
    answers["adult"] = "no"
    assert SCREENED.items(FACTS, answers) == () != before
    del answers["adult"]
    assert SCREENED.items(FACTS, answers) == before


def test_one_can_step_forth_and_back_along_the_path() -> None:
    answers = {"adult": "yes", "member": "no"}
    assert SCREENED.after("member", FACTS, answers) == "style"
    assert SCREENED.before("style", FACTS, answers) == "member"
    assert SCREENED.before("adult", FACTS, answers) is None
    assert SCREENED.after("words", FACTS, answers) is None
    assert SCREENED.before("rank", FACTS, answers) == "member"


def test_items_are_the_evaluated_questions_on_the_path() -> None:
    assert SCREENED.items(FACTS, {"adult": "yes"}) == ("style", "duties")
    few = {"adult": "yes", "member": "yes", "rank": "yes", "badge": "5"}
    assert SCREENED.items(FACTS, few) == ("duties",)
    assert SCREENED.items(FACTS, {"adult": "no"}) == ()


@pytest.mark.parametrize(
    ("name", "raw", "value"),
    [
        ("style", "satisfied", "satisfied"),
        ("style", "1", "satisfied"),
        ("style", "２", "dissatisfied"),
        ("first", "", ""),
        ("bye", "", "read"),
        ("several", "c  a c", "a c"),
        ("several", "3 1", "a c"),
        ("several", "", ""),
        ("count", "００7", "7"),
        ("count", "-3", "-3"),
        ("count", "1,200", "1200"),
        ("share", "2.50", "2.5"),
        ("share", "100", "100"),
        ("share", "0.0", "0"),
        ("words", "  好\r\n谢谢\x00 ", "好\n谢谢"),
    ],
)
def test_an_answer_takes_its_canonical_form(name: str, raw: str, value: str) -> None:
    script = Script.of(
        programme_of(
            ask("first"),
            item("style"),
            note("bye"),
            ask("several", "select_multiple", "things"),
            ask("count", "integer"),
            ask("share", "decimal"),
            ask("words", "text"),
        )
    )
    assert script.check(name, raw, FACTS, {}) == value


@pytest.mark.parametrize(
    ("name", "raw", "code"),
    [
        ("style", "", "answer_required"),
        ("words", "  ", "answer_required"),
        ("style", "fair", "answer_unknown"),
        ("style", "5", "answer_unknown"),
        ("style", "8", "answer_unknown"),
        ("style", "not_applicable", "answer_unknown"),
        ("several", "a d", "answer_unknown"),
        ("count", "2.5", "answer_number"),
        ("count", "ten", "answer_number"),
        ("share", "1e5", "answer_number"),
        ("share", "nan", "answer_number"),
        ("count", "9" * 5000, "answer_number"),
        ("count", "101", "answer_constraint"),
    ],
)
def test_an_impossible_answer_is_refused(name: str, raw: str, code: str) -> None:
    script = Script.of(
        programme_of(
            item("style"),
            ask("several", "select_multiple", "things"),
            ask("count", "integer", constraint=". <= 100"),
            ask("share", "decimal"),
            ask("words", "text", required=True),
        )
    )
    with pytest.raises(CatiError) as refusal:
        script.check(name, raw, FACTS, {})
    assert refusal.value.code == code
    assert str(refusal.value)


def test_a_constraint_speaks_in_the_words_of_the_workbook() -> None:
    script = Script.of(
        programme_of(
            ask("limit", "integer"),
            ask(
                "count",
                "integer",
                constraint=". <= ${limit}",
                constraint_message={"zh": "不能多于${limit}个{}"},
            ),
        )
    )
    with pytest.raises(CatiError, match=r"^不能多于3个\{\}$"):
        script.check("count", "4", FACTS, {"limit": "3"})
    assert script.check("count", "3", FACTS, {"limit": "3"}) == "3"


def test_a_digit_records_the_answer_that_has_it() -> None:
    assert PLAIN.by_key("style", "1", FACTS) == "satisfied"
    assert PLAIN.by_key("style", "0", FACTS) == "dont_know"
    assert PLAIN.by_key("style", "5", FACTS) is None
    assert PLAIN.by_key("bye", "1", FACTS) is None
    assert PLAIN.by_key("style", "", FACTS) is None


def test_not_applicable_is_offered_only_for_the_declared_unit_and_item() -> None:
    script = Script.of(programme_of(item("style"), item("duties"), not_applicable=(("u2", "style"),)))
    there = {**FACTS, "unit_code": "u2"}
    assert script.by_key("style", "8", there) == "not_applicable"
    assert script.check("style", "8", there, {}) == "not_applicable"
    assert script.by_key("duties", "8", there) is None
    assert script.by_key("style", "8", FACTS) is None
    assert "not_applicable" not in {offer.name for offer in script.offers("style", FACTS, "zh")}


def test_answers_that_are_never_read_out_stand_aside() -> None:
    offers = PLAIN.offers("style", FACTS, "en")
    assert offers[0] == Offer("satisfied", "1", "Satisfied", aside=False)
    assert [o.name for o in offers if o.aside] == ["dont_know", "unclear", "refused"]
    assert PLAIN.offers("bye", FACTS, "zh") == ()


def test_piped_words_stand_apart() -> None:
    assert PLAIN.text("style", FACTS, {}, "zh_CN") == (
        Piece("您对"),
        Piece("甲局", piped=True),
        Piece("的"),
        Piece("style方面", piped=True),
        Piece("满意吗？"),
    )


def test_text_comes_in_the_language_asked_for_with_unit_and_item_in_it() -> None:
    text = "".join(piece.text for piece in PLAIN.text("style", FACTS, {}, "en"))
    assert text == "Are you satisfied with the style of Bureau A?"
    assert "".join(piece.text for piece in PLAIN.text("bye", FACTS, {}, "en")) == "bye。"


def test_answers_and_calculations_are_piped_as_words() -> None:
    script = Script.of(
        programme_of(
            fact("surname"),
            fact("group"),
            calculate("who", "concat(${surname}, '女士')"),
            ask("first"),
            ask("second", hint={"zh": "${who}，${group}，${first}，${bureau}"}),
            card="打${hotline}，${unit}",
        )
    )
    spoken = "".join(p.text for p in script.hint("second", FACTS, {"first": "yes"}, "zh"))
    assert spoken == "孔女士，服务对象，是，统计局"
    assert script.hint("second", FACTS, {}, "zh")[-1] == Piece("统计局", piped=True)
    assert script.hint("first", FACTS, {}, "zh") == ()
    assert script.card(FACTS, {}, "zh") == (
        Piece("打"),
        Piece("热线", True),
        Piece("，"),
        Piece("甲局", True),
    )


def test_of_a_sentence_that_is_piped_in_only_the_unit_is_strong() -> None:
    script = Script.of(
        programme_of(
            fact("unit"),
            calculate("given_by", "concat('号码由', ${unit}, '报给统计局。')"),
            ask("first"),
            card="${given_by}可以打${hotline}。",
        )
    )
    assert script.card(FACTS, {}, "zh") == (
        Piece("号码由"),
        Piece("甲局", True),
        Piece("报给统计局。"),
        Piece("可以打"),
        Piece("热线", True),
        Piece("。"),
    )
    nameless = script.card({**FACTS, "unit": "", "unit_code": ""}, {}, "zh")
    assert nameless[0] == Piece("号码由报给统计局。")


@pytest.mark.parametrize(
    ("name", "answers", "on"),
    [
        ("recording", {"recording": "yes"}, True),
        ("recording", {"recording": "no"}, False),
        ("explained", {"recording": "no", "explained": "yes"}, True),
        ("explained", {"recording": "no", "explained": "no"}, False),
        ("adult", {"recording": "yes", "adult": "yes"}, True),
        ("adult", {"recording": "yes", "adult": "no"}, False),
        ("local", {"recording": "yes", "adult": "yes", "local": "yes"}, False),
        ("local", {"recording": "yes", "adult": "yes", "local": "no"}, False),
    ],
)
def test_only_the_answer_that_passes_a_gate_lets_the_interview_on(
    name: str, answers: dict[str, str], on: bool
) -> None:
    script = Script.of(
        programme_of(
            ask("recording"),
            ask("explained", relevant="${recording} = 'no'"),
            note("no_recording", relevant="${explained} = 'no'", disposition="recording_refused"),
            ask("adult"),
            note("too_young", relevant="${adult} = 'no'", disposition="not_eligible"),
            ask("local"),
            item("style"),
        )
    )
    assert script.lets_on(name, FACTS, answers) is on


def test_an_answer_can_be_said_in_words() -> None:
    script = Script.of(
        programme_of(item("style"), ask("several", "select_multiple", "things"), ask("n", "integer"))
    )
    assert script.answer_label("style", "satisfied", "en") == "Satisfied"
    assert script.answer_label("several", "a c gone", "zh") == "a、c、gone"
    assert script.answer_label("n", "12", "zh") == "12"
    assert script.short("style", "zh") == "style方面"
    assert script.short("n", "zh") == "n"


class TestOutcome:
    script = Script.of(programme_of(*(item(f"i{n}") for n in range(4)), note("bye"), minimum_counted=2))

    def of(self, **answers: str) -> tuple[str, str, int, int, int, bool, Fraction]:
        outcome = self.script.outcome(FACTS, answers)
        return (
            outcome.state,
            outcome.disposition,
            outcome.counted,
            outcome.answered,
            outcome.items,
            outcome.no_opinion,
            outcome.share_answered,
        )

    def test_an_interview_is_open_until_the_last_question_is_answered(self) -> None:
        assert self.of(i0="satisfied", i1="dont_know") == ("open", "", 1, 2, 4, False, Fraction(1, 2))

    def test_it_is_complete_when_everything_on_the_path_is_answered(self) -> None:
        done = self.of(i0="satisfied", i1="dissatisfied", i2="refused", i3="unclear", bye="read")
        assert done == ("complete", "complete", 2, 3, 4, False, Fraction(3, 4))

    def test_it_is_complete_although_the_closing_words_were_not_read(self) -> None:
        done = self.of(i0="satisfied", i1="dissatisfied", i2="refused", i3="unclear")
        assert done[:2] == ("complete", "complete")

    def test_a_question_that_need_not_be_answered_does_not_hold_it_open(self) -> None:
        script = Script.of(programme_of(item("style"), ask("opinion", "text")))
        assert script.outcome(FACTS, {"style": "satisfied"}).state == "complete"
        assert script.next_open(FACTS, {"style": "satisfied"}) == "opinion"

    def test_where_nothing_must_be_answered_everything_must(self) -> None:
        script = Script.of(programme_of(ask("a"), ask("b")))
        assert script.outcome(FACTS, {"a": "yes"}).state == "open"
        assert script.outcome(FACTS, {"a": "yes", "b": "no"}).state == "complete"

    def test_with_too_few_counted_answers_it_holds_no_opinion(self) -> None:
        done = self.of(i0="satisfied", i1="dont_know", i2="refused", i3="unclear", bye="read")
        assert done == ("complete", "complete", 1, 3, 4, True, Fraction(3, 4))

    def test_items_that_were_declined_are_counted_apart(self) -> None:
        assert self.script.outcome(FACTS, {"i0": "refused", "i1": "satisfied", "i2": "refused"}).refused == 2

    def test_an_item_that_does_not_apply_is_no_item(self) -> None:
        assert self.of(i0="not_applicable", i1="satisfied")[2:5] == (1, 1, 3)

    def test_an_ending_row_ends_it_once_all_before_it_is_answered(self) -> None:
        ended = SCREENED.outcome(FACTS, {"adult": "no"})
        assert (ended.state, ended.disposition, ended.items) == ("ended", "not_eligible", 0)
        assert ended.share_answered == 0
        assert not ended.no_opinion
        assert SCREENED.next_open(FACTS, {"adult": "no"}) == "too_young"
        after = SCREENED.outcome(FACTS, {"adult": "no", "too_young": "read"})
        assert after.state == "ended"

    def test_an_ending_row_behind_an_open_question_does_not_end_it(self) -> None:
        script = Script.of(programme_of(ask("a"), note("stop", disposition="refusal")))
        assert script.outcome(FACTS, {}).state == "open"

    def test_whoever_is_asked_an_item_has_passed_the_screening(self) -> None:
        assert not SCREENED.outcome(FACTS, {"adult": "yes"}).screened
        assert not SCREENED.outcome(FACTS, {"adult": "no"}).screened
        assert SCREENED.outcome(FACTS, {"adult": "yes", "member": "no"}).screened
        assert not Script.of(programme_of(ask("first"))).outcome(FACTS, {"first": "yes"}).screened

    def test_an_answer_off_the_path_never_counts(self) -> None:
        answers = {"adult": "no", "style": "satisfied", "duties": "satisfied"}
        outcome = SCREENED.outcome(FACTS, answers)
        assert (outcome.counted, outcome.answered, outcome.items) == (0, 0, 0)

    def test_a_questionnaire_without_items_always_holds_an_opinion(self) -> None:
        assert not Script.of(programme_of(ask("a"))).outcome(FACTS, {"a": "yes"}).no_opinion


VALUES = {
    "adult": ["yes", "no"],
    "too_young": ["read"],
    "member": ["yes", "no", ""],
    "rank": ["yes", "no"],
    "badge": ["5", "50"],
    "style": ["satisfied", "dont_know", "refused"],
    "duties": ["dissatisfied", "unclear"],
    "words": ["好", ""],
}
answer_sets = st.fixed_dictionaries({}, optional={name: st.sampled_from(v) for name, v in VALUES.items()})


@given(answer_sets, st.randoms(use_true_random=False))
def test_the_path_depends_on_the_answers_and_not_on_their_order(
    answers: dict[str, str], random: Random
) -> None:
    shuffled = list(answers.items())
    random.shuffle(shuffled)
    assert walk(SCREENED, dict(shuffled)) == walk(SCREENED, answers)
    assert SCREENED.outcome(FACTS, dict(shuffled)) == SCREENED.outcome(FACTS, answers)


@given(answer_sets, st.sampled_from(sorted(VALUES)), st.data())
def test_changing_an_answer_and_changing_it_back_loses_nothing(
    answers: dict[str, str], name: str, data: st.DataObject
) -> None:
    changed = {**answers, name: data.draw(st.sampled_from(VALUES[name]))}
    assert set(answers) <= set(changed)
    back = {n: answers.get(n, value) for n, value in changed.items() if n in answers}
    assert walk(SCREENED, back) == walk(SCREENED, answers)
    assert SCREENED.outcome(FACTS, back) == SCREENED.outcome(FACTS, answers)


@given(answer_sets, st.sampled_from(sorted(VALUES)), st.data())
def test_an_answer_changes_only_what_comes_after_it(
    answers: dict[str, str], name: str, data: st.DataObject
) -> None:
    changed = {**answers, name: data.draw(st.sampled_from(VALUES[name]))}
    order = [q.name for q in SCREENED.programme.questions]
    upto = order[: order.index(name) + 1]
    before, after = (walk(SCREENED, these) for these in (answers, changed))
    assert [n for n in before if n in upto] == [n for n in after if n in upto]


@given(answer_sets)
def test_answers_on_and_off_the_path_are_all_there_is(answers: dict[str, str]) -> None:
    path, off = walk(SCREENED, answers), SCREENED.off_path(FACTS, answers)
    assert off | (set(path) & set(answers)) == set(answers)
    assert not off & set(path)
    assert SCREENED.outcome(FACTS, {k: v for k, v in answers.items() if k not in off}) == SCREENED.outcome(
        FACTS, answers
    )


@given(st.data())
def test_answering_what_is_open_always_comes_to_an_end(data: st.DataObject) -> None:
    answers: dict[str, str] = {}
    asked = []
    while (name := SCREENED.next_open(FACTS, answers)) is not None:
        asked.append(name)
        answers[name] = SCREENED.check(name, data.draw(st.sampled_from(VALUES[name])), FACTS, answers)
    assert asked == list(walk(SCREENED, answers))
    assert SCREENED.outcome(FACTS, answers).state in ("complete", "ended")
    assert SCREENED.off_path(FACTS, answers) == frozenset()


@given(answer_sets)
def test_stepping_back_and_forth_returns(answers: dict[str, str]) -> None:
    path = walk(SCREENED, answers)
    for here, following in pairwise(path):
        assert SCREENED.after(here, FACTS, answers) == following
        assert SCREENED.before(following, FACTS, answers) == here
