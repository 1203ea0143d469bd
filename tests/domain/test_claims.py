"""What a report claims beside what is computed."""

from decimal import Decimal

import pytest

from cati.domain.claims import Amount, Claim, compared, read_amount


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
