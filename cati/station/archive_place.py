"""The archive of recordings: a folder, a share, or a server that fsspec knows, and the way files go there.

Which it is stands in a file of the data folder that nobody but its owner may read, for it holds what opens
the place: a password, or where a key lies. A server of sftp is known by the fingerprint of its key: without
that, passwords and recordings would go to whoever answers in its place.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from cati.base.errors import CatiError, reason_of
from cati.base.i18n import mark as N_

FILE_NAME = "archive.json"
PARTIAL = ".partial"
"""Ends the name of a file that is not whole yet."""
BLOCK_BYTES = 65_536
_SECONDS = 20.0
_SFTP = ("sftp", "ssh")
_PATIENCE = ("timeout", "banner_timeout", "auth_timeout", "channel_timeout")

Step = Callable[[int], None]
"""Told of every so many bytes that were read or written; may raise to stop."""


@dataclass(frozen=True)
class Address:
    """Where the archive is, and how it is entered.

    Attributes:
        url: a folder's full path, or such as ``sftp://user@host/path``; no password in it.
        rate: KiB a second that may be written, 0 for as many as there is room for.
        options: what fsspec is given to open the place, such as ``password`` or ``key_filename``; for sftp
            also ``host_key``, the fingerprint of the server's key.
    """

    url: str
    rate: int = 0
    options: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def protocol(self) -> str:
        """``file`` for folders and shares."""
        return urlsplit(self.url).scheme if "://" in self.url else "file"


@dataclass(frozen=True, slots=True)
class Content:
    """What a file holds: bytes, and their SHA-256 in hexadecimal."""

    size: int
    sha256: str


def address(data_folder: Path) -> Address | None:
    """Where recordings of a station go; None when they stay.

    Raises:
        CatiError: ``archive_settings`` when that cannot be read or may be read by others.
    """
    file = data_folder / FILE_NAME
    try:
        if os.name == "posix" and file.stat().st_mode & 0o077:
            raise _bad_settings(file)
        return Address(**json.loads(file.read_text("utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        raise _bad_settings(file) from None


def keep_address(data_folder: Path, chosen: Address | None) -> None:
    """Write down where recordings go from now on; None lets them stay.

    Raises:
        CatiError: ``archive_settings``.
    """
    file = data_folder / FILE_NAME
    aside = file.with_suffix(".new")
    try:
        if chosen is None:
            file.unlink(missing_ok=True)
            return
        aside.unlink(missing_ok=True)
        aside.touch(0o600)
        aside.write_text(json.dumps(asdict(chosen)), "utf-8")
        aside.replace(file)
    except OSError:
        raise _bad_settings(file) from None


def _bad_settings(file: Path) -> CatiError:
    return CatiError(
        "archive_settings",
        N_(
            "What says where recordings are archived, {file}, cannot be read or written, or others may read "
            "it. Nothing was moved. Name the archive again: “cati recording place”."
        ),
        file=str(file),
    )


class ArchivePlace:
    """An archive that is open; for one thread.

    Attributes:
        name: its address without secrets.
        host_key: fingerprint of the server's key; empty where there is none.

    Args:
        where: its address.

    Raises:
        CatiError: ``archive_address``, ``archive_needs``, ``archive_stranger``, ``archive_away``.
    """

    def __init__(self, where: Address) -> None:
        parts = urlsplit(where.url) if where.protocol != "file" or "://" in where.url else None
        if (parts is None and not Path(where.url).is_absolute()) or (parts and parts.password):
            raise CatiError(
                "archive_address",
                N_(
                    "“{place}” is no address of an archive: write a folder's full path or such as "
                    "sftp://user@host/path; a password belongs into the options' file. Nothing was changed."
                ),
                place=where.url if parts is None else parts._replace(netloc=parts.hostname or "").geturl(),
            )
        self.name, self.host_key = where.url.rstrip("/"), ""
        self._where = where
        self._is_local = where.protocol == "file"
        # What packages of other kinds raise, such as one for s3 without a network, is known to them alone.
        known = self._is_local or where.protocol in _SFTP
        self._refusals: tuple[type[Exception], ...] = (OSError, EOFError) if known else (Exception,)
        with self._faults():
            self._files, root = self._open()
        self._root = root.rstrip("/")

    def _open(self) -> tuple[Any, str]:
        import fsspec

        options: dict[str, Any] = dict(self._where.options)
        if self._where.protocol in _SFTP:
            options = self._sftp_options(options)
        try:
            files, root = fsspec.core.url_to_fs(self._where.url, skip_instance_cache=True, **options)
        except ImportError as missing:
            raise CatiError(
                "archive_needs",
                N_(
                    "The program comes without what an archive of the kind {kind} needs ({reason}). Nothing "
                    "was moved. Name a folder, a share or a server by sftp://."
                ),
                kind=self._where.protocol,
                reason=str(missing),
            ) from None
        if self._where.protocol in _SFTP:
            # A server that falls silent in mid-transfer would be waited for without an end.
            files.ftp.get_channel().settimeout(_SECONDS)
        return files, str(root)

    def _sftp_options(self, given: dict[str, Any]) -> dict[str, Any]:
        # It takes a tenth of a second to load, and few need it.
        from cati.station.archive_keys import FAULTS, pinned

        self._refusals += FAULTS
        wanted = given.pop("host_key", "")
        policy = pinned(wanted, self._meet)
        patience = dict.fromkeys(_PATIENCE, _SECONDS)
        # Only what was named opens the place, no key that happens to lie on this computer.
        return {"host_key_policy": policy, "allow_agent": False, "look_for_keys": False, **patience, **given}

    def _meet(self, fingerprint: str) -> None:
        self.host_key = fingerprint

    def close(self) -> None:
        """Let the server go."""
        client = getattr(self._files, "client", None)
        if client is not None:
            with self._faults():
                client.close()

    # ---- files -----------------------------------------------------------------------------------

    def put(self, source: Path, name: str, step: Step) -> Content:
        """Write a file under a partial name, read it back there, and only then give it its name.

        What an earlier attempt left under the partial name is gone on with where the place can append; it is
        written anew where what is read back then is something else. A file that has the name already is never
        touched: what it holds is returned.

        Args:
            source: the file here.
            name: path below the archive's place.
            step: see `Step`.

        Raises:
            CatiError: ``archive_away``; ``archive_differs`` when what is read back is something else.
            OSError: the file here cannot be read.
        """
        there = self.content(name, step)
        if there is not None:
            return there
        with source.open("rb") as file, self._faults():
            partial = self._path(name) + PARTIAL
            self._files.makedirs(partial.rpartition("/")[0], exist_ok=True)
            left = self._left(partial, os.fstat(file.fileno()).st_size)
            written = self._write(file, partial, left, step)
            is_whole = self.content(name + PARTIAL, step) == written
            if left and not is_whole:
                written = self._write(file, partial, 0, step)
                is_whole = self.content(name + PARTIAL, step) == written
        if not is_whole:
            raise _differs(name)
        with self._faults():
            self._files.mv(partial, self._path(name))
            if self._is_local:
                _sync_folder(Path(partial).parent)
        return written

    def _left(self, partial: str, most: int) -> int:
        """How many bytes an earlier attempt left that may be the beginning of `most`."""
        try:
            size = int(self._files.info(partial)["size"])
        except FileNotFoundError:
            return 0
        return size if size <= most else 0

    def _append(self, partial: str) -> Any | None:
        """The partial file, open at its end; None where the place can only write whole ones."""
        try:
            return self._files.open(partial, "ab")
        except (NotImplementedError, ValueError):
            return None

    def _write(self, source: IO[bytes], partial: str, start: int, step: Step) -> Content:
        """Write a file from a place on, where the place can append, else from its beginning."""
        digest, size = sha256(), 0
        source.seek(0)
        target = self._append(partial) if start else None
        while target is not None and size < start and (block := source.read(min(BLOCK_BYTES, start - size))):
            digest.update(block)
            size += len(block)
        with target or self._files.open(partial, "wb") as target:
            if hasattr(target, "set_pipelined"):
                target.set_pipelined(True)
            while block := source.read(BLOCK_BYTES):
                target.write(block)
                digest.update(block)
                size += len(block)
                step(len(block))
            if self._is_local:
                target.flush()
                os.fsync(target.fileno())
        return Content(size, digest.hexdigest())

    def content(self, name: str, step: Step = lambda _bytes: None) -> Content | None:
        """What a file in the archive holds, all of it read; None when it is not there.

        Raises:
            CatiError: ``archive_away``.
        """
        digest, size = sha256(), 0
        found = self.blocks(name)
        if found is None:
            return None
        for block in found:
            digest.update(block)
            size += len(block)
            step(len(block))
        return Content(size, digest.hexdigest())

    def blocks(self, name: str) -> Iterator[bytes] | None:
        """A file's bytes, a little at a time; None when it is not there.

        Raises:
            CatiError: ``archive_away``, also while they are read.
        """
        with self._faults():
            try:
                source = self._files.open(self._path(name), "rb")
            except FileNotFoundError:
                return None
        return self._blocks(source)

    def _blocks(self, source: Any) -> Iterator[bytes]:
        with self._faults(), source:
            if hasattr(source, "prefetch"):
                source.prefetch()
            while block := source.read(BLOCK_BYTES):
                yield block

    def fetch(self, name: str, target: Path, step: Step) -> Content | None:
        """Bring a file here, readable by its owner alone; None when it is not in the archive.

        Args:
            name: path below the archive's place.
            target: where to; it is whole or not there.
            step: see `Step`.

        Raises:
            CatiError: ``archive_away``.
            OSError: the file here cannot be written.
        """
        found = self.blocks(name)
        if found is None:
            return None
        partial = target.with_name(target.name + PARTIAL)
        partial.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        digest, size = sha256(), 0
        try:
            with open(partial, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
                for block in found:
                    file.write(block)
                    digest.update(block)
                    size += len(block)
                    step(len(block))
            partial.replace(target)
        finally:
            partial.unlink(missing_ok=True)
        return Content(size, digest.hexdigest())

    def names(self) -> list[str]:
        """All files below the archive's place, in their order.

        Raises:
            CatiError: ``archive_away``.
        """
        with self._faults():
            found = self._files.find(self._root) if self._files.exists(self._root) else []
        return sorted(str(path)[len(self._root) + 1 :] for path in found)

    def try_out(self) -> None:
        """Write a small file, read it back and remove it.

        Raises:
            CatiError: ``archive_away``, ``archive_differs``.
        """
        name, text = f".cati-{os.urandom(4).hex()}", os.urandom(64)
        with self._faults():
            self._files.makedirs(self._root or "/", exist_ok=True)
            with self._files.open(self._path(name), "wb") as file:
                file.write(text)
        found = self.content(name)
        with self._faults():
            self._files.rm(self._path(name))
        if found != Content(len(text), sha256(text).hexdigest()):
            raise _differs(name)

    def _path(self, name: str) -> str:
        return f"{self._root}/{name}"

    @contextmanager
    def _faults(self) -> Iterator[None]:
        """What servers and disks refuse, in words."""
        try:
            yield
        except CatiError:
            raise
        except self._refusals as refused:
            told = str(refused) or type(refused).__name__
            raise self._away(reason_of(refused) if isinstance(refused, OSError) else told) from refused

    def _away(self, reason: str) -> CatiError:
        return CatiError(
            "archive_away",
            N_(
                "The archive {place} cannot be reached or refuses ({reason}). Recordings are kept where they "
                "are and are tried again. Have network, rights and space there looked at."
            ),
            place=self.name,
            reason=reason,
        )


def _differs(name: str) -> CatiError:
    return CatiError(
        "archive_differs",
        N_(
            "What the archive gave back of {file} is not what was written there. The recording was kept here "
            "and is tried again. If it happens again, have the archive's disk examined."
        ),
        file=name,
    )


def content_of(file: Path) -> Content:
    """What a file here holds, all of it read.

    Raises:
        OSError: it cannot be read.
    """
    digest, size = sha256(), 0
    with file.open("rb") as source:
        while block := source.read(BLOCK_BYTES):
            digest.update(block)
            size += len(block)
    return Content(size, digest.hexdigest())


def _sync_folder(folder: Path) -> None:
    # Shares and Windows have no folder that could be synchronised.
    if os.name == "posix":
        with suppress(OSError):
            handle = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)
