"""A real private PulseAudio with a fake microphone and a fake speaker, for tests without a sound card."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.rig.keeper import Kept, keep, make_folder
from tests.rig.waiting import wait_until

# What PortAudio sees instead of the user's own ALSA settings.
_ALSA = """\
pcm.!default { type pulse }
ctl.!default { type pulse }
pcm.pulse { type pulse }
pcm.mic { type pulse device "mic.monitor" hint { show on description "fake microphone" } }
pcm.spk { type pulse device "spk" hint { show on description "fake speaker" } }
"""
# Without rewinds it makes sound in blocks of 50 ms like a real card; else it may sleep for two seconds.
_SINK = (
    "module-null-sink sink_name={0} rate=16000 channels=1 format=s16le norewinds=1 "
    "sink_properties=device.description=fake-{0}"
)


@dataclass(frozen=True, slots=True)
class Pulse:
    """A running sound server: what is played into the sink ``mic`` is what a recording program hears.

    Attributes:
        environment: the variables by which this and other programs find it.
    """

    kept: Kept
    environment: Mapping[str, str]

    def start_playing(self, wav: Path) -> subprocess.Popen[bytes]:
        """Begin to play a sound file into the fake microphone; the caller waits for the player's end."""
        return subprocess.Popen(["paplay", "--device=mic", str(wav)], env=self._surroundings())

    def play(self, wav: Path) -> None:
        """Play a sound file into the fake microphone and return at its end."""
        subprocess.run(
            ["paplay", "--device=mic", str(wav)], env=self._surroundings(), check=True, timeout=300
        )

    def control(self, *words: str) -> str:
        """Run ``pactl`` with these words and return what it prints."""
        done = subprocess.run(
            ["pactl", *words],
            env=self._surroundings(),
            capture_output=True,
            text=True,
            check=True,
            timeout=30,
        )
        return done.stdout

    @contextmanager
    def unplugged(self, name: str) -> Iterator[None]:
        """Take one of the fake devices away for a while."""
        modules = (line.split("\t") for line in self.control("list", "short", "modules").splitlines())
        number, _kind, words, *_rest = next(m for m in modules if f"sink_name={name} " in m[2])
        self.control("unload-module", number)
        try:
            yield
        finally:
            self.control("load-module", "module-null-sink", *words.split())

    def answers(self) -> bool:
        asked = subprocess.run(
            ["pactl", "info"], env=self._surroundings(), capture_output=True, check=False, timeout=30
        )
        return asked.returncode == 0

    def stop(self) -> None:
        self.kept.stop()

    def _surroundings(self) -> dict[str, str]:
        return {**os.environ, **self.environment}


def start_pulse(owner: int) -> Pulse:
    """Start a sound server that ends with the process `owner`.

    Raises:
        RuntimeError: it did not start; what it said is in the message.
    """
    folder = make_folder("pulse")
    alsa = folder / "asound.conf"
    alsa.write_text(_ALSA, "utf-8")
    environment = {
        "PULSE_RUNTIME_PATH": str(folder),
        "PULSE_STATE_PATH": str(folder),
        "PULSE_SERVER": f"unix:{folder}/native",
        "ALSA_CONFIG_PATH": str(alsa),
    }
    modules = [
        f"module-native-protocol-unix socket={folder}/native auth-anonymous=1",
        _SINK.format("mic"),
        _SINK.format("spk"),
    ]
    command = [
        "pulseaudio",
        "-n",
        "--daemonize=no",
        "--exit-idle-time=-1",
        "--disable-shm=yes",
        "--use-pid-file=no",
    ]
    command += ["--log-target=stderr", "--log-level=warn"]
    for module in modules:
        command += ["-L", module]
    pulse = Pulse(keep(command, folder, owner, environment={**os.environ, **environment}), environment)
    wait_until(lambda: pulse.answers() or not pulse.kept.running(), "PulseAudio to start")
    if not pulse.kept.running():
        raise RuntimeError(f"PulseAudio did not start:\n{pulse.kept.take_log()}")
    pulse.control("set-default-source", "mic.monitor")
    pulse.control("set-default-sink", "spk")
    return pulse


def speak(text: str, wav: Path, voice: str = "en") -> None:
    """Write a sound file of a synthetic voice reading `text`."""
    subprocess.run(["espeak-ng", "-v", voice, "-w", str(wav), text], check=True, timeout=60)
