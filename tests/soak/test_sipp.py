"""Calls to sipp, a far end that others wrote: what it does is told in the same words."""

from __future__ import annotations

import socket
import subprocess
from contextlib import ExitStack
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from cati.domain.phone import CallState
from tests.rig.exchange import HOST
from tests.rig.pulse import Pulse
from tests.telephony.handset import Handset

CONTACT = "Contact: <sip:sipp@[local_ip]:[local_port]>\n"
SDP = (
    "v=0\no=- 1 1 IN IP4 [local_ip]\ns=-\nc=IN IP4 [media_ip]\nt=0 0\n"
    "m=audio [media_port] RTP/AVP 8\na=rtpmap:8 PCMA/8000\n"
)
# Who calls is named by the invitation; each side of a call has a name of its own.
NAMES = "".join(
    f'<ereg regexp="{what}" search_in="hdr" header="{header}:" assign_to="{place}"/>'
    for what, header, place in ((".*", "From", "3"), (".*", "To", "4"), ("sip:[^&gt;]*", "Contact", "5"))
)
INVITED = f'<recv request="INVITE" crlf="true"><action>{NAMES}</action></recv>'


def sent(first: str, rest: str, sdp: bool) -> str:
    kind = "Content-Type: application/sdp\n" if sdp else ""
    body = SDP if sdp else ""
    return f"<send><![CDATA[\n{first}\n{rest}{CONTACT}{kind}Content-Length: [len]\n\n{body}\n]]></send>"


def said(code: str, sdp: bool = False, tag: str = ";tag=[call_number]") -> str:
    """An answer to what came last."""
    rest = f"[last_Via:]\n[last_From:]\n[last_To:]{tag}\n[last_Call-ID:]\n[last_CSeq:]\n"
    return sent(f"SIP/2.0 {code}", rest, sdp)


def asked(method: str, number: int, sdp: bool = False) -> str:
    """A request of the far end within the call."""
    rest = (
        "Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]\nMax-Forwards: 70\n"
        f"From:[$4];tag=[call_number]\nTo:[$3]\nCall-ID: [call_id]\nCSeq: {number} {method}\n"
    )
    return sent(f"{method} [$5] SIP/2.0", rest, sdp)


def heard(what: str) -> str:
    return f'<recv {what} crlf="true"/>'


# It begins nothing in which a name is given and not used.
USED = '<Reference variables="3,4,5"/>'
ACK, OK = heard('request="ACK"'), heard('response="200"')
ANSWERED = INVITED + said("180 Ringing") + said("200 OK", sdp=True) + ACK + '<pause milliseconds="200"/>'
WAYS = {
    "busy": INVITED + said("486 Busy Here") + ACK,
    "not found": INVITED + said("404 Not Found") + ACK,
    "no answer": INVITED
    + said("180 Ringing")
    + heard('request="CANCEL"')
    + said("200 OK")
    + sent(
        "SIP/2.0 487 Request Terminated",
        "[last_Via:]\nFrom:[$3]\nTo:[$4];tag=[call_number]\n[last_Call-ID:]\nCSeq: [cseq] INVITE\n",
        sdp=False,
    )
    + ACK,
    "hangs up": ANSWERED + asked("BYE", 1) + OK,
    "invites again": ANSWERED
    + asked("INVITE", 1, sdp=True)
    + OK
    + asked("ACK", 1)
    # Only who was answered comes to this.
    + asked("BYE", 2)
    + OK,
}


@pytest.mark.parametrize(
    ("way", "end"),
    [
        ("busy", (486, None, False)),
        ("not found", (404, None, False)),
        ("no answer", (487, 19, False)),
        ("hangs up", (200, None, False)),
        ("invites again", (200, None, False)),
    ],
)
def test_what_sipp_does_is_told(
    way: str, end: tuple[int, int | None, bool], pulse: Pulse, tmp_path: Path
) -> None:
    scenario = tmp_path / "scenario.xml"
    scenario.write_text(
        f'<?xml version="1.0" encoding="UTF-8"?><scenario name="far end">{WAYS[way]}{USED}</scenario>'
    )
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    words = ["sipp", "-sf", str(scenario), "-i", HOST, "-mi", HOST, "-p", str(port), "-nostdin", "-trace_err"]
    with ExitStack() as stack:
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        sipp = stack.enter_context(subprocess.Popen(words, cwd=tmp_path, **quiet))  # type: ignore[call-overload]
        stack.callback(sipp.kill)
        # It is no registrar, and asks nobody who calls.
        far: Any = SimpleNamespace(server=f"{HOST}:{port}")
        handset = Handset(far, ring_seconds=10)
        stack.callback(handset.close)
        handset.dialler.dial("1000")
        over = handset.reached(CallState.ENDED)
        assert (over.code, over.cause, over.by_us) == end
        assert (CallState.RINGING in handset.states()) is (way not in ("busy", "not found"))
        assert (CallState.CONNECTED in handset.states()) is (over.code == 200)
