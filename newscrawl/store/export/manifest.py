"""What a folder of an export holds: a line for each finished file, written as soon as it is there."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

from newscrawl.store.export.plan import Part
from newscrawl.store.targets import TargetError

NAME = "manifest.jsonl"
DATA = "data"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file that is there."""

    digest: str
    rows: int
    bytes: int


@dataclass(slots=True)
class Manifest:
    """The files of a folder, and what they were asked to be."""

    folder: Path
    terms: dict[str, object]  # format, filter, columns: the same for all files
    entries: dict[str, Entry] = field(default_factory=dict)  # by the name of the part

    @classmethod
    def open(cls, folder: Path, terms: dict[str, object]) -> Manifest:
        """The manifest of a folder that only we write; an empty one gets it.

        Raises:
            TargetError: The folder holds something else, or an export on other terms.
        """
        manifest = cls(folder, terms)
        path = folder / NAME
        if path.exists():
            manifest._read(path.read_text(encoding="utf-8").splitlines(keepends=True))
        elif any(not child.name.startswith(f"{DATA}.part") for child in folder.iterdir()):
            raise TargetError(f"{folder}: holds files that are no export; name a new folder")
        (folder / DATA).mkdir(exist_ok=True)
        manifest.save()
        return manifest

    def path(self, name: str) -> Path:
        """Where the file of a part is."""
        return self.folder / DATA / name / f"part-0.{self.terms['format']}"

    def has(self, part: Part) -> bool:
        """Whether the file of a part is there, and right."""
        entry, path = self.entries.get(part.name), self.path(part.name)
        return bool(entry and entry.digest == part.digest and path.is_file() and path.stat().st_size == entry.bytes)

    def note(self, part: Part) -> None:
        """A file is written."""
        entry = Entry(part.digest, len(part.ids), self.path(part.name).stat().st_size)
        self.entries[part.name] = entry
        with (self.folder / NAME).open("a", encoding="utf-8") as file:
            file.write(_line(part.name, entry))

    def drop(self, name: str) -> None:
        """Delete the file of a part that has no articles any more."""
        path = self.path(name)
        path.unlink(missing_ok=True)
        if path.parent.is_dir() and not any(path.parent.iterdir()):
            path.parent.rmdir()
        del self.entries[name]

    def save(self) -> None:
        """Write the manifest anew: each file once."""
        path = self.folder / f".{NAME}"
        lines = [json.dumps(self.terms) + "\n", *(_line(*pair) for pair in sorted(self.entries.items()))]
        path.write_text("".join(lines), encoding="utf-8")
        path.replace(self.folder / NAME)

    def _read(self, lines: list[str]) -> None:
        """Later lines go before earlier ones; a kill leaves at most the last one torn."""
        first, *rest = lines or [""]
        terms = json.loads(first) if first.endswith("\n") else {}
        if other := sorted(key for key in self.terms if terms.get(key) != self.terms[key]):
            which = ", ".join(other)
            raise TargetError(
                f"{self.folder}: holds an export with other terms ({which}); name another folder, or call it as before"
            )
        for line in rest:
            if line.endswith("\n"):
                facts = json.loads(line)
                self.entries[facts["part"]] = Entry(facts["digest"], facts["rows"], facts["bytes"])


def _line(name: str, entry: Entry) -> str:
    facts = {"part": name, "digest": entry.digest, "rows": entry.rows, "bytes": entry.bytes}
    return json.dumps(facts) + "\n"
