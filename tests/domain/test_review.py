"""Reasons come from a closed list, and the sample hears every operator."""

from __future__ import annotations

import pytest

from cati.base.errors import CatiError
from cati.domain.review import REASONS, Verdict, check_reason, sample


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        (Verdict.EXCLUDED, None),
        (Verdict.EXCLUDED, "because"),
        (Verdict.SENT_BACK, None),
        (Verdict.SENT_BACK, "invented"),
        (Verdict.ACCEPTED, "not_read"),
        (Verdict.SECOND, "not_read"),
    ],
)
def test_a_verdict_without_its_reason_is_refused(verdict: Verdict, reason: str | None) -> None:
    with pytest.raises(CatiError) as refused:
        check_reason(verdict, reason)
    assert refused.value.code == "review_reason"


def test_every_reason_of_the_lists_is_taken_and_fits_on_a_digit() -> None:
    for verdict, reasons in REASONS.items():
        assert 1 <= len(reasons) <= 9
        for reason in reasons:
            check_reason(verdict, reason)
    check_reason(Verdict.ACCEPTED, None)
    check_reason(Verdict.SECOND, None)


def test_the_sample_hears_every_operator_by_share_and_at_least_two() -> None:
    interviews = [(f"busy-{n}", 1) for n in range(100)] + [(f"new-{n}", 2) for n in range(3)] + [("one", 3)]
    chosen = sample(interviews, share=0.05, least=2)
    assert [sum(one.startswith(who) for one in chosen) for who in ("busy", "new", "one")] == [5, 2, 1]


def test_the_sample_is_the_same_for_whoever_looks_and_moves_little_as_interviews_come() -> None:
    interviews = [(f"i{n}", 1) for n in range(60)]
    before = sample(interviews)
    assert sample(reversed(interviews)) == before
    after = sample([*interviews, ("late", 1)])
    assert len(before - after) <= 1
