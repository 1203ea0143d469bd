"""A stand-in for the window, as a process to be stopped and killed: ``recording_window.py FILE KEY``.

Prints the recorder's process id once sound comes in; on a line of input it stops and prints the summary.
"""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from cati.audio.recorder import RecorderProcess
from tests.rig.waiting import wait_until


def main(path: Path, public_key: bytes) -> None:
    recorder = RecorderProcess(lambda event: None)
    recorder.devices()
    recorder.start(
        path=path,
        recording_id="recording",
        attempt_id="attempt",
        public_key=public_key,
        started_at=datetime.now(UTC),
    )
    wait_until(lambda: recorder.offset_ms() is not None, "the first sound")
    recorder.mark("question", item="work_style")
    recorder.devices()  # its answer tells that the marker was taken
    print(recorder.process_id, flush=True)
    sys.stdin.readline()
    summary = recorder.stop()
    assert summary is not None
    print(json.dumps({**asdict(summary), "path": str(summary.path)}), flush=True)
    recorder.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), bytes.fromhex(sys.argv[2]))
