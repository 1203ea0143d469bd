"""Rows on their way into the database, kept on disk when they are many."""

from __future__ import annotations

import pickle
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, Generic, TypeVar

Row = TypeVar("Row", bound=tuple[object, ...])

BATCH = 20_000
_IN_MEMORY = 8 * 1024**2


class Spool(Generic[Row]):
    """Rows in the order they were added, in a nameless temporary file once they outgrow a few megabytes.

    What is put in must be fit to lie on a disk: sealed, or no secret.

    Args:
        file: an empty file of bytes, see `spool`.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._batch: list[Row] = []
        self._batches = 0

    def add(self, row: Row) -> None:
        """Put in one row."""
        self._batch.append(row)
        if len(self._batch) == BATCH:
            self._flush()

    def batches(self) -> Iterator[list[Row]]:
        """All rows in order, in lists of at most `BATCH`."""
        self._flush()
        self._file.seek(0)
        for _ in range(self._batches):
            yield pickle.load(self._file)

    def _flush(self) -> None:
        if self._batch:
            pickle.dump(self._batch, self._file, protocol=pickle.HIGHEST_PROTOCOL)
            self._batches += 1
            self._batch = []


@contextmanager
def spool() -> Iterator[Spool[Any]]:
    """A spool that is gone, and its file with it, at the end of the block."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        yield Spool(file)
