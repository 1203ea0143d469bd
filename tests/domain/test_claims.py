"""What a report claims beside what is computed."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from cati.domain.claims import Amount, Claim, Compared, Correction, compared, read_amount
from cati.domain.report_claims import difference_words, settled_words


def claim(
    code: str, planned: str = "", done: str = "", figure: str = "", *of: str, measure: str = ""
) -> Claim:
    return Claim(code, {"zh": code}, measure, read_amount(planned), read_amount(done), figure, of)


def test_claims_are_compared_at_their_own_decimals_and_more_than_is_contradicted_only_by_less() -> None:
    claims = (
        claim("upgrade", "4.5"),
        claim("fees", "7.5", "7"),
        claim("budget", "12", "11.29", "sum", "upgrade", "fees"),
        claim("rate", "", "94.07", "completion", "budget", measure="%"),
        claim("rounded", "", "94.1", "completion", "budget", measure="%"),
        claim("part", "62.5", "", "share", "fees", "budget", measure="%"),
        claim("web", "1,200,000+", "1074000+", "web"),
        claim("fewer", "", "1074001+", "web"),
        claim("silent", "", "", "units"),
    )
    found = {
        one.claim.code: one
        for one in compared(
            claims, {"web": Decimal(1_074_000), "fewer": Decimal(1_074_000), "silent": Decimal(93)}
        )
    }
    assert (found["budget"].planned, found["budget"].done) == (Decimal(12), None)
    assert (found["rate"].done, found["rate"].done_differs) == (Decimal("94.08"), True)
    assert not found["rounded"].done_differs
    assert (found["part"].planned, found["part"].planned_differs) == (Decimal("62.50"), False)
    assert not found["web"].done_differs
    assert found["fewer"].done_differs
    assert found["web"].completion == Decimal("89.50")
    assert found["rate"].completion is None
    assert (found["silent"].done, found["silent"].done_differs) == (Decimal(93), False)
    # By how much: less than is computed is negative, and more than it is borne out by more.
    less = [found[code].done_difference for code in ("rate", "rounded", "web", "fewer", "silent")]
    assert less == [Decimal("-0.01"), 0, 0, 1, None]


def test_what_a_report_says_of_a_claim_that_was_noted_anew() -> None:
    one = Compared(claim("web", "200", "190", "web"), None, Decimal(190))
    assert (settled_words(one), difference_words(one)) == ("agrees", "0")
    high = replace(one, claim=claim("web", "200", "300+", "web"))
    assert (settled_words(high), difference_words(high)) == ("differs, not settled", "+110")
    assert settled_words(replace(one, done=None)) == "nothing to hold it against"
    first = Correction(None, Amount(Decimal(300), True), datetime(2024, 3, 1, 17, tzinfo=UTC), "李")
    noted = replace(one, corrected=first)
    assert settled_words(noted) == "noted anew by 李 on 2024-03-02, first 300+: "
    assert settled_words(replace(noted, done=Decimal(189))).endswith("; still differs")
    both = replace(one, planned=Decimal(210), done=Decimal(180))
    assert difference_words(both) == "done +10; planned -10"


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("15410", Amount(Decimal(15410))),
        ("1,074,000+", Amount(Decimal(1074000), True)),
        ("94.07", Amount(Decimal("94.07"))),
        ("300＋", Amount(Decimal(300), True)),
        ("about 300", None),
        ("-3", None),
        ("", None),
    ],
)
def test_amounts_are_read(text: str, amount: Amount | None) -> None:
    assert read_amount(text) == amount
