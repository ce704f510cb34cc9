"""Where WARC files lie and parts go: local paths, or URLs of a file system that fsspec knows."""

from __future__ import annotations

import glob
import gzip
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC
from pathlib import Path
from types import ModuleType
from typing import Any, BinaryIO, cast
from uuid import uuid4

from newscrawl.store.engine import StoreError, disk_full
from newscrawl.store.targets import part_beside

LISTS = (".paths", ".paths.gz")
"""How the names of lists of WARC files end; Common Crawl's are called `warc.paths.gz`."""


class PlaceError(Exception):
    """A place cannot be read or written; the text says which, and what to do."""


def expand(names: Sequence[str], base: str | None) -> list[str]:
    """The WARC files that names mean, each once: local paths as absolute ones.

    Args:
        names: Files, globs, lists of files; paths or URLs.
        base: Folder or URL that the lines of lists are relative to; None: the folder of the list.

    Raises:
        PlaceError: A name means nothing, or a list cannot be read.
    """
    found: dict[str, None] = {}
    for name in names:
        for place in _matches(name):
            lines = _lines(place, base) if place.lower().endswith(LISTS) else [place]
            found.update(dict.fromkeys(lines))
    return list(found)


@contextmanager
def opened(place: str) -> Iterator[BinaryIO]:
    """A file to be read from its start.

    Raises:
        PlaceError: It cannot be opened.
    """
    try:
        file = _fsspec(place).open(place, "rb").open() if _is_url(place) else Path(place).open("rb")  # noqa: SIM115
    except PlaceError:
        raise
    except Exception as error:  # every file system raises its own
        raise PlaceError(f"{place}: cannot be opened ({told(error)})") from error
    with file:
        yield cast(BinaryIO, file)


class Folder:
    """Where parts go. A part appears when it is whole."""

    def __init__(self, place: str):
        """Make the folder.

        Raises:
            PlaceError: It cannot be made.
        """
        try:
            if _is_url(place):
                files, path = _fsspec(place).core.url_to_fs(place)
                files.makedirs(path, exist_ok=True)
            else:
                files, path = None, str(Path(place).resolve())
                Path(path).mkdir(parents=True, exist_ok=True)
        except PlaceError:
            raise
        except Exception as error:  # as above
            raise PlaceError(f"{place}: no folder for parts ({told(error)})") from error
        self._files: Any = files  # fsspec has no types
        self._path: str = path

    def names(self) -> set[str]:
        """Of the parts that are there.

        Raises:
            PlaceError: The folder cannot be listed.
        """
        if self._files is None:
            return {entry.name for entry in Path(self._path).iterdir()}
        try:
            listed = self._files.ls(self._path, detail=False, refresh=True)
        except FileNotFoundError:  # an object store has a folder when there is something in it
            return set()
        except Exception as error:  # every file system raises its own
            raise PlaceError(f"{self._path}: cannot be listed ({told(error)})") from error
        return {str(name).rpartition("/")[2] for name in listed}

    @contextmanager
    def part(self, name: str) -> Iterator[BinaryIO]:
        """A part to be written; it takes its name when all went well.

        Raises:
            StoreError: It cannot be written.
        """
        try:
            with self._part(name) as file:
                yield file
        except OSError as error:
            if error.errno in (ENOSPC, EDQUOT):
                raise disk_full(self._path) from error
            raise StoreError(f"{self._path}: cannot be written ({told(error)})") from error

    @contextmanager
    def _part(self, name: str) -> Iterator[BinaryIO]:
        if self._files is None:
            target = Path(self._path, name)
            with part_beside(target, "bulk", 0o666) as beside:
                with beside.open("wb") as file:
                    yield file
                    file.flush()
                    os.fsync(file.fileno())
                beside.replace(target)
            return
        path, beside_url = f"{self._path}/{name}", f"{self._path}/.{name}.{uuid4().hex}.part"
        try:
            with self._files.open(beside_url, "wb") as file:
                yield file
            self._files.mv(beside_url, path)
        except BaseException:
            if self._files.exists(beside_url):
                self._files.rm(beside_url)
            raise


def told(error: BaseException) -> str:
    """An error of others in one line."""
    return " ".join(f"{getattr(error, 'strerror', None) or error or type(error).__name__}".split())


def _matches(name: str) -> list[str]:
    """The files of a glob, or the one file."""
    is_glob = glob.has_magic(name.partition("://")[2] or name)
    if not _is_url(name):
        paths = sorted(glob.glob(name, recursive=True)) if is_glob and not Path(name).exists() else [name]  # noqa: PTH207
        places = [str(Path(path).resolve()) for path in paths if Path(path).is_file()]
    elif is_glob and "?" not in name:  # a question mark begins a query
        try:
            files, path = _fsspec(name).core.url_to_fs(name)
            places = [files.unstrip_protocol(match) for match in sorted(files.glob(path))]
        except PlaceError:
            raise
        except Exception as error:  # every file system raises its own
            raise PlaceError(f"{name}: cannot be listed ({told(error)})") from error
    else:
        places = [name]
    if not places:
        raise PlaceError(f"{name}: no such file{'; name the files in it: FOLDER/*.warc.gz' * Path(name).is_dir()}")
    return places


def _lines(place: str, base: str | None) -> list[str]:
    """The files that a list names."""
    with opened(place) as file:
        try:
            content = file.read()
            text = (gzip.decompress(content) if place.lower().endswith(".gz") else content).decode()
        except (OSError, EOFError, ValueError) as error:
            raise PlaceError(f"{place}: expected a WARC file's path a line ({told(error)})") from error
    root = base or place.rpartition("/")[0] + "/"
    if not _is_url(root):
        root = str(Path(root).resolve())
    root = f"{root.removesuffix('/')}/"
    lines = (line.strip() for line in text.splitlines())
    return [line if _is_url(line) or Path(line).is_absolute() else root + line for line in lines if line]


def _is_url(name: str) -> bool:
    return "://" in name


def _fsspec(place: str) -> ModuleType:
    try:
        import fsspec
    except ModuleNotFoundError as error:
        raise PlaceError(f"{place}: URLs need fsspec: pip install 'newscrawl[cluster]'") from error
    return cast(ModuleType, fsspec)
