"""Fails a test that logs a warning nobody expected."""

from __future__ import annotations

import logging
import re


class LogWatch(logging.Handler):
    """Collects what is logged at WARNING or above, and knows what the test expects of it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self._seen: list[str] = []
        self._expected: list[re.Pattern[str]] = []

    def emit(self, record: logging.LogRecord) -> None:
        self._seen.append(f"{record.levelname} {record.name}: {record.getMessage()}")

    def expect(self, pattern: str) -> None:
        """The test logs at least one line that `pattern` is found in, and is wrong if it does not."""
        self._expected.append(re.compile(pattern))

    def complaints(self) -> list[str]:
        """What was logged unexpectedly, and what was expected in vain."""
        unexpected = [
            f"logged unexpectedly: {line}"
            for line in self._seen
            if not any(pattern.search(line) for pattern in self._expected)
        ]
        missing = [
            f"never logged: {pattern.pattern}"
            for pattern in self._expected
            if not any(pattern.search(line) for line in self._seen)
        ]
        return unexpected + missing
