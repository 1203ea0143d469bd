"""Steps of a benchmark in processes of their own, so that the largest memory of each can be told."""

from __future__ import annotations

import multiprocessing
import resource
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

Step: TypeAlias = Callable[[Path, str], float]
"""Does something with a file and a database; tells how many seconds it took."""


def _measured(step: Step, path: Path, url: str, answer: multiprocessing.Queue[tuple[float, int]]) -> None:
    seconds = step(path, url)
    answer.put((seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024))


def in_own_process(step: Step, path: Path, url: str) -> tuple[float, int]:
    """Seconds, and the most memory in MiB that a fresh process had while it worked."""
    fresh = multiprocessing.get_context("spawn")
    answer: multiprocessing.Queue[tuple[float, int]] = fresh.Queue()
    process = fresh.Process(target=_measured, args=(step, path, url, answer))
    process.start()
    found = answer.get()
    process.join()
    return found
