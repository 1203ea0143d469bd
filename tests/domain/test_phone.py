"""Accounts of a telephone, and the outcomes that the network's words propose."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cati.base import paths
from cati.base.errors import CatiError
from cati.domain.phone import CallNews, CallState, PhoneAccount, Transport, check_account, dialled
from cati.domain.proposals import proposed, read_proposals

ACCOUNT = PhoneAccount("127.0.0.1", "8001")
SHIPPED = read_proposals((paths.resources() / "telephony/outcomes.csv").read_text("utf-8"))


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("server", "two words"),
        ("server", "127.0.0.1:99999"),
        ("user", "a b"),
        ("codecs", ()),
        ("codecs", ("opus",)),
        ("outside", "nine"),
        ("test_number", "the boss"),
        ("pause_seconds", 1),
        ("ring_seconds", 5),
        ("encrypted", True),
        ("authority", "some.pem"),
        ("transport", Transport.TLS),
    ],
)
def test_what_cannot_be_an_account_is_refused_by_name(name: str, value: object) -> None:
    check_account(ACCOUNT)
    with pytest.raises(CatiError, match="“"):
        check_account(replace(ACCOUNT, **{name: value}))  # type: ignore[arg-type]


def test_the_outside_line_comes_before_the_number_and_nothing_else_is_dialled() -> None:
    assert dialled(replace(ACCOUNT, outside="9"), "013800000000") == "9013800000000"
    for number in ("", "sip:x", "1000@elsewhere", "12 34"):
        with pytest.raises(CatiError) as refused:
            dialled(ACCOUNT, number)
        assert refused.value.code == "phone_number"


@pytest.mark.parametrize(
    ("code", "cause", "by_us", "outcome"),
    [
        (486, None, False, "busy"),
        (404, None, False, "not_in_service"),
        (480, 20, False, "unreachable"),
        (503, 17, False, "busy"),
        (503, None, False, ""),
        (487, 19, False, "no_answer"),
        (487, None, True, ""),
        (200, 16, False, ""),
    ],
)
def test_the_nearest_word_proposes(code: int, cause: int | None, by_us: bool, outcome: str) -> None:
    assert proposed(SHIPPED, CallNews(1, CallState.ENDED, code, cause, by_us)) == outcome


@pytest.mark.parametrize("row", ["sip,486,engaged", "sip,busy,busy", "fax,1,busy", "sip,486,refusal"])
def test_a_table_that_cannot_be_is_refused_with_its_line(row: str) -> None:
    with pytest.raises(CatiError) as refused:
        read_proposals(f"says,code,outcome\nsip,404,not_in_service\n{row}\n")
    assert refused.value.params["line"] == 3
