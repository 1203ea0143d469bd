"""A telephone exchange on loopback for tests: it knows who may call, and its numbers do as a test needs."""

from __future__ import annotations

import asyncio
import re
import secrets
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from tests.rig import alaw, srtp
from tests.rig.sip_words import Message, answer, pack, proves

HOST, REALM = "127.0.0.1", "exchange"
USERS = {"8001": "a-secret-of-8001"}
SHOWN = "077112345"

ECHO, SPEAKER, BUSY, RINGS, UNKNOWN, AWAY, REFUSED, HANGS_UP, EARLY, OVERLOADED, INVITES_AGAIN = (
    str(number) for number in range(1000, 1011)
)
_FINAL = {BUSY: (486, 17), UNKNOWN: (404, 1), AWAY: (480, 20), REFUSED: (603, 21), OVERLOADED: (503, None)}
_FRAME = 160
# Static payload types (RFC 3551); G.722 says 8000 there, by an old mistake.
KINDS = {0: "PCMU", 8: "PCMA", 9: "G722"}
Send = Callable[[bytes], None]


class Voice(asyncio.DatagramProtocol):
    """The sound of one call: what came, and what goes out.

    Args:
        says: samples at 8 kHz that are said once from the first packet on, in PCMA; None gives all back.
        kind: of `KINDS`, in both directions.
        keys: what comes and what goes out is encrypted with these; None in the open.
    """

    def __init__(
        self,
        says: NDArray[np.int16] | None,
        keys: tuple[srtp.Direction, srtp.Direction] | None,
        kind: int,
    ) -> None:
        self._says, self._at = says, 0
        self.kind = kind
        self.sealed = keys
        self._number = 0
        self.heard: list[bytes] = []
        self.keys: list[str] = []
        self._key_times: set[bytes] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)
        self.port: int = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, peer: tuple[str, int]) -> None:
        if self.sealed is not None:
            data = self.sealed[0].open(data) or b""
            if not data:
                return
        kind = data[1] & 0x7F
        if kind >= 96:
            self._press(data)
        elif kind == self.kind:
            # Each packet is answered by one: both directions go by the same clock.
            self.heard.append(data[12:])
            self.say(peer, data[12:])

    def say(self, peer: tuple[str, int], heard: bytes = b"") -> None:
        voice = heard
        if self._says is not None:
            piece = self._says[self._at : self._at + _FRAME]
            self._at += _FRAME
            voice = alaw.encode(np.pad(piece, (0, _FRAME - len(piece))))
        head = struct.pack("!BBHII", 0x80, self.kind, self._number, self._number * _FRAME, 7)
        self._number += 1
        packet = head + voice
        self.transport.sendto(packet if self.sealed is None else self.sealed[1].seal(packet), peer)

    def _press(self, data: bytes) -> None:
        # The end of a key is sent three times, under the same time (RFC 4733).
        if data[13] & 0x80 and data[4:8] not in self._key_times:
            self._key_times.add(data[4:8])
            self.keys.append("0123456789*#ABCD"[data[12]])


@dataclass
class Dialogue:
    """One call as the exchange knows it."""

    request: Message
    send: Send
    number: str
    tag: str = field(default_factory=lambda: secrets.token_hex(4))
    voice: Voice | None = None
    suite: str = ""
    up: bool = False
    over: bool = False
    directions: list[str] = field(default_factory=list)

    @property
    def keys(self) -> str:
        return "".join(self.voice.keys) if self.voice else ""


class Exchange:
    """Registrar and far end of every number, over UDP, and TCP or TLS."""

    def __init__(self, certificate: tuple[Path, Path] | None = None) -> None:
        self._certificate = certificate
        self.registered: list[str] = []
        self.calls: list[Dialogue] = []
        self.says: NDArray[np.int16] = np.zeros(0, np.int16)
        self._nonces: set[str] = set()
        self._loop = asyncio.new_event_loop()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def server(self) -> str:
        return f"{HOST}:{self.port}"

    def call(self) -> Dialogue:
        """The latest one."""
        return self.calls[-1]

    def hang_up(self) -> None:
        """End the latest call from the far end."""
        self._loop.call_soon_threadsafe(self._bye, self.call())

    # ---- coming and going ------------------------------------------------------------------------

    async def open(self) -> None:
        exchange = self

        class Datagrams(asyncio.DatagramProtocol):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                self.transport = cast(asyncio.DatagramTransport, transport)

            def datagram_received(self, data: bytes, peer: tuple[str, int]) -> None:
                if len(data) > 20:
                    exchange.take(Message.read(data), lambda words: self.transport.sendto(words, peer))

        tls = None
        if self._certificate is not None:
            tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            tls.load_cert_chain(*self._certificate)
        self._open: list[asyncio.DatagramTransport] = []
        while not self._open:
            transport, _ = await self._loop.create_datagram_endpoint(Datagrams, local_addr=(HOST, 0))
            self.port: int = transport.get_extra_info("sockname")[1]
            try:
                self._server = await asyncio.start_server(self._serve, HOST, self.port, ssl=tls)
            except OSError:
                # Somebody has that port's other half.
                transport.abort()
            else:
                self._open.append(transport)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if not head.strip():
                    continue  # a sign of life between messages
                size = re.search(rb"(?im)^(?:content-length|l)\s*:\s*(\d+)", head)
                body = await reader.readexactly(int(size[1]) if size else 0)
                self.take(Message.read(head.lstrip() + body), writer.write)
        except (asyncio.IncompleteReadError, OSError):
            pass  # the telephone has gone
        finally:
            writer.transport.abort()

    # ---- messages --------------------------------------------------------------------------------

    def take(self, message: Message, send: Send) -> None:
        if message.is_answer:
            if message.method and "INVITE" in message.get("cseq") and message.code == 200:
                self._acknowledge(message, send)
            return
        match message.method:
            case "REGISTER":
                self._register(message, send)
            case "INVITE":
                task = self._loop.create_task(self._invite(message, send))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)
            case "CANCEL":
                call = self._known(message)
                self._answer(message, send, 200)
                if call is not None and not call.up:
                    call.over = True
                    self._answer(call.request, send, 487, call)
            case "BYE":
                call = self._known(message)
                if call is not None:
                    call.over = True
                self._answer(message, send, 200)
            case "ACK":
                pass
            case _:
                self._answer(message, send, 200)

    def _known(self, message: Message) -> Dialogue | None:
        same = (call for call in self.calls if call.request.get("call-id") == message.get("call-id"))
        return next(same, None)

    def _answer(
        self,
        request: Message,
        send: Send,
        code: int,
        call: Dialogue | None = None,
        extra: list[str] | None = None,
        body: str = "",
    ) -> None:
        tag = call.tag if call is not None else "register"
        send(answer(request, code, tag, f"sip:exchange@{self.server}", extra or [], body))

    def _challenge(self, request: Message, send: Send, code: int, header: str) -> None:
        nonce = secrets.token_hex(8)
        self._nonces.add(nonce)
        words = f'{header}: Digest realm="{REALM}",nonce="{nonce}",algorithm=MD5,qop="auth"'
        self._answer(request, send, code, extra=[words])

    def _register(self, request: Message, send: Send) -> None:
        if not request.get("authorization"):
            self._challenge(request, send, 401, "WWW-Authenticate")
        elif not proves(request, "authorization", REALM, USERS, self._nonces):
            self._answer(request, send, 403)
        else:
            contact = request.get("contact")
            self.registered.append(contact)
            left = "0" if request.get("expires") == "0" else "300"
            known = [f"Contact: {contact};expires={left}", f"P-Associated-URI: <sip:{SHOWN}@{HOST}>"]
            send(
                answer(request, 200, "register", f"sip:exchange@{self.server}", known).replace(
                    f"Contact: <sip:exchange@{self.server}>\r\n".encode(), b""
                )
            )

    async def _invite(self, request: Message, send: Send) -> None:
        known = self._known(request)
        if known is not None and known.up:
            self._invited_again(known, request, send)
            return
        if known is not None:
            return
        if not proves(request, "proxy-authorization", REALM, USERS, self._nonces):
            self._challenge(request, send, 407, "Proxy-Authenticate")
            return
        call = Dialogue(request, send, request.number)
        self.calls.append(call)
        self._answer(request, send, 100, call)
        if call.number in _FINAL:
            code, cause = _FINAL[call.number]
            why = [] if cause is None else [f'Reason: Q.850;cause={cause};text="so"']
            call.over = True
            self._answer(request, send, code, call, why)
            return
        if call.number == RINGS:
            self._answer(request, send, 180, call)
            return
        await self._connect(call)

    async def _connect(self, call: Dialogue) -> None:
        says = self.says if call.number in (SPEAKER, EARLY) else None
        offer = srtp.offered(call.request.body)
        wished = re.search(r"m=audio \d+ \S+ ([\d ]+)", call.request.body)
        kind = next(int(one) for one in wished[1].split() if int(one) in KINDS) if wished else 8
        keys = (offer[1], srtp.fresh()) if offer else None
        call.suite = offer[0] if offer else ""
        _, voice = await self._loop.create_datagram_endpoint(
            lambda: Voice(says, keys, kind), local_addr=(HOST, 0)
        )
        call.voice = voice
        self._open.append(voice.transport)
        if call.number == EARLY:
            self._answer(call.request, call.send, 183, call, body=self._sdp(call))
            # It is answered when the caller has been heard for a fifth of a second.
            while len(voice.heard) < 10 and not call.over:
                await asyncio.sleep(0.01)
        else:
            self._answer(call.request, call.send, 180, call)
        if call.over:
            return
        call.up = True
        self._answer(call.request, call.send, 200, call, body=self._sdp(call))
        if call.number == HANGS_UP:
            while len(voice.heard) < 5:
                await asyncio.sleep(0.01)
            self._bye(call)
        if call.number == INVITES_AGAIN:
            while len(voice.heard) < 5:
                await asyncio.sleep(0.01)
            self._ask(call, "INVITE", self._sdp(call))

    def _invited_again(self, call: Dialogue, request: Message, send: Send) -> None:
        found = re.search(r"a=(sendonly|recvonly|inactive|sendrecv)", request.body)
        wished = found[1] if found else "sendrecv"
        call.directions.append(wished)
        gives = {"sendonly": "recvonly", "inactive": "inactive"}.get(wished, "sendrecv")
        self._answer(request, send, 200, call, body=self._sdp(call, gives))

    def _bye(self, call: Dialogue) -> None:
        call.over = True
        self._ask(call, "BYE", "")

    def _ask(self, call: Dialogue, method: str, body: str) -> None:
        """A request of the far end within the call."""
        self._send_request(call, method, 1 if method == "INVITE" else 2, body)

    def _send_request(self, call: Dialogue, method: str, number: int, body: str) -> None:
        via = re.split(r"[ ;]", call.request.get("via"))[0].rsplit("/", 1)[-1]
        lines = [
            f"{method} {call.request.contact} SIP/2.0",
            f"Via: SIP/2.0/{via} {self.server};branch=z9hG4bK{secrets.token_hex(5)}",
            "Max-Forwards: 70",
            f"From: {call.request.get('to')};tag={call.tag}",
            f"To: {call.request.get('from')}",
            f"Call-ID: {call.request.get('call-id')}",
            f"CSeq: {number} {method}",
            f"Contact: <sip:exchange@{self.server}>",
        ]
        call.send(pack(lines, body))

    def _acknowledge(self, message: Message, send: Send) -> None:
        call = self._known(message)
        if call is not None:
            call.directions.append("answered again")
            self._send_request(call, "ACK", 1, "")

    def _sdp(self, call: Dialogue, direction: str = "sendrecv") -> str:
        assert call.voice is not None
        named = re.search(r"a=rtpmap:(\d+) telephone-event/8000", call.request.body)
        keys = named[1] if named else "101"
        lines = ["v=0", f"o=- 1 1 IN IP4 {HOST}", "s=-", f"c=IN IP4 {HOST}", "t=0 0"]
        sealed = call.voice.sealed
        way = "AVP" if sealed is None else "SAVP"
        kind = call.voice.kind
        lines += [f"m=audio {call.voice.port} RTP/{way} {kind} {keys}", f"a=rtpmap:{kind} {KINDS[kind]}/8000"]
        lines += [
            f"a=rtpmap:{keys} telephone-event/8000",
            f"a=fmtp:{keys} 0-15",
            "a=ptime:20",
            f"a={direction}",
        ]
        if sealed is not None:
            lines.append(f"a=crypto:{call.suite} {sealed[1].words}")
        return "\r\n".join([*lines, ""])

    # ---- its thread ------------------------------------------------------------------------------

    def run(self, opened: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_until_complete(self.open())
        opened.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._put_away())
        self._loop.close()

    async def _put_away(self) -> None:
        self._server.close()
        tasks = asyncio.all_tasks() - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for transport in self._open:
            transport.abort()
        # Each tells its protocol in a turn of its own, one in another after another turn.
        for _turn in range(4):
            await asyncio.sleep(0)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)


@contextmanager
def an_exchange(certificate: tuple[Path, Path] | None = None) -> Iterator[Exchange]:
    """An exchange that is there for a while.

    Args:
        certificate: files of what it proves its name with, and of the key: then it speaks TLS instead of TCP.
    """
    exchange, opened = Exchange(certificate), threading.Event()
    thread = threading.Thread(target=exchange.run, args=(opened,), name="exchange", daemon=True)
    thread.start()
    assert opened.wait(10)
    try:
        yield exchange
    finally:
        exchange.stop()
        thread.join(10)
