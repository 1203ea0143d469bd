"""The telephone: pjsua2 (PJSIP) as a line of the recorder's process, with PyAudio as its sound card.

All of pjsua2 is called in one thread, and its own news come in that one too; sound alone comes in a thread of
the library, every 20 ms by its clock, with both directions of the same moment one after the other.
"""

from __future__ import annotations

import queue
import re
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

import pjsua2 as pj

from cati.audio.codec import BLOCK_FRAMES, SAMPLE_RATE, Samples
from cati.audio.line import Joined, LineReport, Passed, Released, Seized
from cati.domain.phone import CallNews, CallState, EarNews, LineNews, PhoneAccount, PhoneNews, Transport
from cati.telephony import messages
from cati.telephony.messages import account_of
from cati.telephony.voices import BLOCK_BYTES, SILENCE, Ear, Mouth, side_by_side

_POLL_MS = 20
# Q.850: nobody answered in the time that was given them.
NO_ANSWER = 19
_CAUSE = re.compile(r"^Reason\s*:.*?Q\.850\s*;\s*cause\s*=\s*(\d+)", re.IGNORECASE | re.MULTILINE)
_SHOWN = re.compile(
    r"^P-Associated-URI\s*:[^\r\n]*?(?:sip:|tel:)(\+?[\w.*#-]+)", re.IGNORECASE | re.MULTILINE
)
_TRANSPORTS = {
    Transport.UDP: pj.PJSIP_TRANSPORT_UDP,
    Transport.TCP: pj.PJSIP_TRANSPORT_TCP,
    Transport.TLS: pj.PJSIP_TRANSPORT_TLS,
}
_ENCRYPTED = (pj.PJMEDIA_TP_PROTO_RTP_SAVP, pj.PJMEDIA_TP_PROTO_RTP_SAVPF)
_STATES = {
    pj.PJSIP_INV_STATE_CALLING: CallState.DIALLING,
    pj.PJSIP_INV_STATE_EARLY: CallState.RINGING,
    pj.PJSIP_INV_STATE_CONFIRMED: CallState.CONNECTED,
    pj.PJSIP_INV_STATE_DISCONNECTED: CallState.ENDED,
}


class _Sound(pj.AudioMediaPort):  # type: ignore[misc]
    """Where the library fetches and brings a block of each direction, in this order, every 20 ms."""

    def __init__(self, mouth: Mouth, passed: Callable[[bytes, bytes], None]) -> None:
        super().__init__()
        self._mouth, self._passed = mouth, passed
        self._said = self._before = SILENCE

    def onFrameRequested(self, frame: Any) -> None:
        self._said = self._mouth.take()
        frame.type = pj.PJMEDIA_FRAME_TYPE_AUDIO
        frame.buf = pj.ByteVector(self._said)
        frame.size = BLOCK_BYTES

    def onFrameReceived(self, frame: Any) -> None:
        # What was fetched a turn ago was on the line while this came. Without a far end, as on hold, nothing
        # is fetched either: nothing was said to anybody.
        said, self._before, self._said = self._before, self._said, SILENCE
        is_sound = frame.type == pj.PJMEDIA_FRAME_TYPE_AUDIO
        self._passed(said, bytes(frame.buf)[:BLOCK_BYTES].ljust(BLOCK_BYTES, b"\0") if is_sound else SILENCE)


class _Account(pj.Account):  # type: ignore[misc]
    def __init__(self, tell: Callable[[LineNews], None]) -> None:
        super().__init__()
        self._tell = tell

    def onRegState(self, state: Any) -> None:
        shown = _SHOWN.search(state.rdata.wholeMsg)
        registered = state.code // 100 == 2 and state.expiration > 0
        self._tell(LineNews(registered, state.code, state.reason, shown[1] if shown else ""))


class _Call(pj.Call):  # type: ignore[misc]
    """One call.

    Args:
        number: that it has in its news.
        tell: takes them.
        sound: what is joined with it.
    """

    def __init__(
        self, account: _Account, number: int, tell: Callable[[CallNews], None], sound: _Sound
    ) -> None:
        super().__init__(account)
        self.number, self._tell, self._sound = number, tell, sound
        self.by_us = self.rang_out = False
        self.give_up_at = 0.0
        self._cause: int | None = None
        self.state = CallState.DIALLING

    def onCallState(self, news: Any) -> None:
        info = self.getInfo()
        state = _STATES.get(info.state)
        if news.e.type == pj.PJSIP_EVENT_TSX_STATE:
            self._note_cause(news.e.body.tsxState)
        if state is None:
            return
        if state is CallState.RINGING and info.lastStatusCode == 183:
            state = CallState.EARLY
        self.state = state
        codec, secure = self._media()
        cause = NO_ANSWER if self.rang_out else self._cause
        self._tell(CallNews(self.number, state, info.lastStatusCode, cause, self.by_us, codec, secure))

    def onCallMediaState(self, _state: Any) -> None:
        info = self.getInfo()  # what it holds is gone when it is
        for place in range(len(info.media)):
            media = info.media[place]
            if media.type == pj.PJMEDIA_TYPE_AUDIO and media.status == pj.PJSUA_CALL_MEDIA_ACTIVE:
                voice = self.getAudioMedia(place)
                self._sound.startTransmit(voice)
                voice.startTransmit(self._sound)

    def _note_cause(self, transaction: Any) -> None:
        if transaction.type == pj.PJSIP_EVENT_RX_MSG:
            found = _CAUSE.search(transaction.src.rdata.wholeMsg)
            if found is not None:
                self._cause = int(found[1])

    def _media(self) -> tuple[str, bool]:
        """What carries the voice, and whether it is encrypted."""
        if not self.hasMedia():
            return "", False
        info = self.getInfo()
        for place in range(len(info.media)):
            if info.media[place].type == pj.PJMEDIA_TYPE_AUDIO:
                # Before both sides agree there is no stream.
                with suppress(pj.Error):
                    stream = self.getStreamInfo(place)
                    return stream.codecName, stream.proto in _ENCRYPTED
        return "", False


class _Quit:
    pass


class Softphone:
    """A line over SIP; it is started by the first account it is given.

    Args:
        tell: takes news; at once.
    """

    def __init__(self, tell: Callable[[PhoneNews], None]) -> None:
        self._tell = tell
        self._commands: queue.SimpleQueue[Mapping[str, Any] | _Quit] = queue.SimpleQueue()
        self._deliver: Callable[[LineReport], None] = lambda report: None
        self._mouth = Mouth()
        self._ear: Ear | None = None
        self._account: _Account | None = None
        self._call: _Call | None = None
        # Not to be let go while its own news is told.
        self._last: _Call | None = None
        self._is_joined = False
        # A call to be made as soon as the one before has ended.
        self._next: tuple[int, str] | None = None

    def take(self, command: Mapping[str, Any]) -> None:
        """Take a command; does not wait."""
        self._commands.put(command)

    def speak(self, samples: Samples) -> None:
        """What the microphone heard goes to the line, frames × 1."""
        self._mouth.give(samples)

    def quit(self) -> None:
        """Have the call ended and `run` return."""
        self._commands.put(_Quit())

    def run(self, deliver: Callable[[LineReport], None]) -> None:
        """Serve until told to quit."""
        self._deliver = deliver
        self._start()
        while not self._is_over():
            self._endpoint.libHandleEvents(_POLL_MS)
            if self._next is not None and self._call is None:
                (number, digits), self._next = self._next, None
                self.take(messages.dial(number, digits))
            self._watch_ringing()
        self._end()

    def _is_over(self) -> bool:
        while True:
            try:
                command = self._commands.get_nowait()
            except queue.Empty:
                return False
            if isinstance(command, _Quit):
                return True
            try:
                self._obey(command)
            except pj.Error as refused:
                self._refused(command, refused.reason)

    def _start(self) -> None:
        config = pj.EpConfig()
        config.logConfig.level = config.logConfig.consoleLevel = 0
        config.uaConfig.threadCnt = 0
        config.uaConfig.mainThreadOnly = True
        config.uaConfig.maxCalls = 2
        config.medConfig.clockRate = config.medConfig.sndClockRate = SAMPLE_RATE
        config.medConfig.audioFramePtime = 1000 * BLOCK_FRAMES // SAMPLE_RATE
        config.medConfig.noVad = True
        # The headset's microphone does not hear its loudspeaker.
        config.medConfig.ecTailLen = 0
        self._endpoint = pj.Endpoint()
        self._endpoint.libCreate()
        self._endpoint.libInit(config)
        self._endpoint.libStart()
        self._endpoint.audDevManager().setNullDev()
        form = pj.MediaFormatAudio()
        form.init(pj.PJMEDIA_FORMAT_PCM, SAMPLE_RATE, 1, 1_000_000 * BLOCK_FRAMES // SAMPLE_RATE, 16)
        self._sound = _Sound(self._mouth, self._passed)
        self._sound.createPort("operator", form)

    def _end(self) -> None:
        if self._call is not None:
            self._hang_up()
        # One that was never let in, or has lost its line, cannot take leave.
        with suppress(pj.Error):
            if self._account is not None:
                self._account.setRegistration(False)
        # Both go out before the process ends; nobody waits for what is answered.
        until = time.monotonic() + 0.2
        while time.monotonic() < until:
            self._endpoint.libHandleEvents(_POLL_MS)

    # ---- commands --------------------------------------------------------------------------------

    def _obey(self, command: Mapping[str, Any]) -> None:
        match command["do"]:
            case "register":
                self._register(account_of(dict(command)))
            case "dial":
                self._dial(command["call"], command["number"])
            case "hang_up" if self._call is not None:
                self._next = None
                self._hang_up()
            case "press" if self._call is not None:
                self._call.dialDtmf(command["digits"])
            case "mute":
                self._mouth.muted = command["on"]
            case "hold" if self._call is not None and command["on"]:
                self._call.setHold(pj.CallOpParam(True))
            case "hold" if self._call is not None:
                taken_up = pj.CallOpParam(True)
                taken_up.opt.flag = pj.PJSUA_CALL_UNHOLD
                self._call.reinvite(taken_up)

    def _refused(self, command: Mapping[str, Any], reason: str) -> None:
        """What the library would not do is told like what the network would not."""
        match command["do"]:
            case "register":
                self._tell(LineNews(False, 0, reason))
            case "dial":
                self._over(CallNews(command["call"], CallState.ENDED))

    def _register(self, account: PhoneAccount) -> None:
        self._given = account
        self._make_transport(account)
        for codec in self._endpoint.codecEnum2():
            name = codec.codecId.split("/")[0]
            wished = account.codecs.index(name) if name in account.codecs else None
            self._endpoint.codecSetPriority(codec.codecId, 0 if wished is None else 200 - wished)
        config = pj.AccountConfig()
        config.idUri = f"sip:{account.user}@{account.server}"
        config.regConfig.registrarUri = self._uri("")
        config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", account.user, 0, account.secret))
        config.mediaConfig.transportConfig.boundAddress = account.address
        if account.encrypted:
            config.mediaConfig.srtpUse = pj.PJMEDIA_SRTP_MANDATORY
            config.mediaConfig.srtpSecureSignaling = 1
        if self._account is not None:
            # Its place is given to the next one, which would go with it if it were let go of later.
            self._account.shutdown()
            self._account = None
        self._account = _Account(self._tell)
        self._account.create(config)

    def _make_transport(self, account: PhoneAccount) -> None:
        config = pj.TransportConfig()
        config.boundAddress = account.address
        if account.transport is Transport.TLS:
            config.tlsConfig.CaListFile = account.authority
            config.tlsConfig.verifyServer = True
            config.tlsConfig.method = pj.PJSIP_TLSV1_2_METHOD
        self._endpoint.transportCreate(_TRANSPORTS[account.transport], config)

    def _uri(self, user: str) -> str:
        given = self._given
        name = f"{user}@" if user else ""
        way = "" if given.transport is Transport.UDP else f";transport={given.transport}"
        return f"sip:{name}{given.server}{way}"

    def _dial(self, number: int, digits: str) -> None:
        if self._call is not None and self._call.by_us:
            self._next = number, digits
            return
        if self._call is not None or self._account is None:
            # Never two at once.
            self._tell(CallNews(number, CallState.ENDED))
            return
        self._mouth.muted = False
        self._deliver(Seized())
        self._ear = Ear(lambda there: self._tell(EarNews(there)))
        self._ear.start()
        self._call = _Call(self._account, number, self._follow, self._sound)
        self._call.give_up_at = time.monotonic() + self._given.ring_seconds
        self._call.makeCall(self._uri(digits), pj.CallOpParam(True))

    def _hang_up(self) -> None:
        assert self._call is not None
        if self._call.by_us:
            return
        self._call.by_us = True
        self._call.hangup(pj.CallOpParam())

    def _watch_ringing(self) -> None:
        call = self._call
        if call is None or call.rang_out or call.state in (CallState.CONNECTED, CallState.ENDED):
            return
        if time.monotonic() > call.give_up_at:
            call.rang_out = True
            call.hangup(pj.CallOpParam())

    # ---- news ------------------------------------------------------------------------------------

    def _follow(self, news: CallNews) -> None:
        match news.state:
            case CallState.CONNECTED if not self._is_joined:
                self._is_joined = True
                self._deliver(Joined())
            case CallState.ENDED:
                self._over(news)
                return
        self._tell(news)

    def _over(self, news: CallNews) -> None:
        self._is_joined = False
        self._deliver(Released())
        if self._ear is not None:
            self._ear.close()
        self._last, self._ear, self._call = self._call, None, None
        self._tell(news)

    def _passed(self, said: bytes, heard: bytes) -> None:
        """In the library's thread of sound."""
        ear = self._ear
        if ear is not None:
            ear.hear(heard)
        if self._is_joined:
            self._deliver(Passed(side_by_side(said, heard)))
