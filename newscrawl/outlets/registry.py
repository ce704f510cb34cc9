"""All outlets that are configured: those of the package, and the user's own."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from reprlib import Repr
from typing import get_args

from pydantic import BaseModel, ValidationError

from newscrawl.items import Outlet
from newscrawl.outlets.schema import OutletConfig
from newscrawl.outlets.yamlfile import YamlError, dump_yaml, line_of, parse_yaml
from newscrawl.urls import host_of, registered_domain, safe_url

PACKAGED = Path(__file__).parent / "data"
FOLDERS_VARIABLE = "NEWSCRAWL_OUTLETS"


@dataclass(frozen=True, slots=True)
class OutletFault:
    """One thing that is wrong with an outlet file, so that a person can find and mend it."""

    file: str
    where: str  # `sources[1].url`; empty for the file as a whole
    message: str
    value: str = ""  # as Python writes it, shortened; empty where there is none to show
    slug: str = ""  # of the outlet that cannot be used
    line: int | None = None  # from 1

    def __str__(self) -> str:
        file = f"{self.file}:{self.line}" if self.line else self.file
        place = f"{file}: {self.where}" if self.where else file
        return f"{place}: {self.message}" + (f", got {self.value}" if self.value else "")


class OutletError(Exception):
    """Outlet files have faults; the text gives all of them, one a line."""

    def __init__(self, faults: Sequence[OutletFault]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = tuple(faults)

    def __reduce__(self) -> tuple[type[OutletError], tuple[tuple[OutletFault, ...]]]:
        return OutletError, (self.faults,)


@dataclass(frozen=True, slots=True)
class Registry:
    """The outlets that can be used, by slug, and what is wrong with the others."""

    outlets: dict[str, OutletConfig] = field(default_factory=dict)
    faults: tuple[OutletFault, ...] = ()
    others: frozenset[str] = frozenset()  # slugs of packaged outlets that were not asked for, and not read

    def problems(self, slugs: Iterable[str]) -> list[str]:
        """Why outlets are missing, one a line; none is well."""
        return [self.why_missing(slug) for slug in slugs if slug not in self.outlets]

    def why_missing(self, slug: str) -> str:
        """What to tell somebody who asks for an outlet that is not in `outlets`."""
        own = [str(fault) for fault in self.faults if fault.slug == slug]
        if own:
            return "\n".join(own)
        known = self.outlets.keys() | self.others
        near = get_close_matches(slug, sorted(known), n=3)
        advice = f"did you mean {' or '.join(near)}?" if near else f"newscrawl outlets list shows all {len(known)}"
        return f"unknown outlet {slug!r}; {advice}"


def user_folders(explicit: Sequence[Path] = ()) -> tuple[Path, ...]:
    """The folders of NEWSCRAWL_OUTLETS (separated as in PATH), then those that were named: later ones win."""
    named = os.environ.get(FOLDERS_VARIABLE, "").split(os.pathsep)
    return (*(Path(folder).expanduser() for folder in named if folder), *explicit)


def load_outlets(folders: Sequence[Path] = (), slugs: Collection[str] = ()) -> Registry:
    """Read the packaged outlets and those in `folders`.

    An outlet of a later folder takes the place of one with its slug. One with faults takes it too: it can then not be
    used, rather than be crawled by another's rules. One broken file does not take the others along.

    Args:
        folders: The user's, in the order in which they are believed.
        slugs: The only ones to read of the packaged outlets; all, where none are given, take half a second.
    """
    outlets: dict[str, OutletConfig] = {}
    faults: list[OutletFault] = []
    packaged = _files(PACKAGED)
    wanted = [path for path in packaged if not slugs or path.stem in slugs]
    others = frozenset(path.stem for path in packaged) - {path.stem for path in wanted}
    for folder in (PACKAGED, *folders):
        if not folder.is_dir():
            faults.append(OutletFault(str(folder), "", "expected a folder of outlet files"))
            continue
        good, bad = _load_files(wanted if folder == PACKAGED else _files(folder))
        for slug in {fault.slug for fault in bad}:
            outlets.pop(slug, None)
        outlets.update(good)
        faults = [fault for fault in faults if fault.slug not in good] + bad
    return Registry(outlets, tuple(faults), others)


def lint(folders: Sequence[Path] = ()) -> list[OutletFault]:
    """Every fault of the packaged outlets and of those in `folders`."""
    return list(load_outlets(folders).faults)


def load_file(path: Path) -> OutletConfig:
    """Read one outlet file.

    Raises:
        OutletError: With every fault of the file.
    """
    try:
        text = path.read_bytes()
    except OSError as error:
        raise OutletError([OutletFault(str(path), "", f"cannot be read: {error.strerror}", slug=path.stem)]) from None
    return read_outlet(text, path)


def read_outlet(text: bytes, path: Path) -> OutletConfig:
    """The outlet of a text that is, or may come to be, the file at `path`.

    Raises:
        OutletError: With every fault of the text.
    """
    slug = path.stem
    try:
        data = parse_yaml(text)
    except YamlError as error:
        raise OutletError([OutletFault(str(path), "", str(error), slug=slug, line=error.line)]) from None
    if not isinstance(data, dict):
        raise OutletError([OutletFault(str(path), "", "expected `key: value` lines", _shown(data), slug)])
    if isinstance(data.get("slug"), str):
        slug = data["slug"]
    try:
        config = OutletConfig.model_validate(data)
    except ValidationError as error:
        raise OutletError(_faults(str(path), slug, error, text)) from None
    config._path = path
    return config


def dump_outlet(config: OutletConfig) -> str:
    """The outlet as YAML that `load_file` reads back; what is as by default is left out."""
    data = config.model_dump(mode="json", exclude_defaults=True)
    if config.domains == ((registered_domain(config.homepage) or host_of(config.homepage)),):
        data.pop("domains")
    return dump_yaml(data)


def outlet_of(url: str, outlets: Mapping[str, OutletConfig]) -> Outlet:
    """Who publishes a URL: a configured outlet, else the implicit one of its domain.

    Raises:
        ValueError: `url` is no http(s) URL.
    """
    config = outlet_for(url, outlets)
    return config.outlet() if config else implicit_outlet(url)


def implicit_outlet(url: str) -> Outlet:
    """The outlet of a page that no configured outlet admits: named by its registered domain.

    Raises:
        ValueError: `url` is no http(s) URL.
    """
    safe = safe_url(url)
    if safe is None:
        raise ValueError(f"expected an http(s) URL, got {url!r}")
    domain = registered_domain(safe) or host_of(safe)
    scheme, _, rest = safe.partition("://")
    homepage = f"{scheme}://{rest.partition('/')[0]}/"
    return Outlet(slug=domain.replace(":", "-"), name=domain, homepage=homepage, domains=(domain,))


def outlet_for(url: str, outlets: Mapping[str, OutletConfig]) -> OutletConfig | None:
    """The outlet on whose domains a URL lies: the one with the longest such domain; of equals, the later."""
    host = host_of(url)
    best, length = None, 0
    for config in outlets.values():
        for domain in config.domains:
            if len(domain) >= length and (host == domain or host.endswith(f".{domain}")):
                best, length = config, len(domain)
    return best


def _files(folder: Path) -> list[Path]:
    paths = sorted(folder.iterdir())
    return [path for path in paths if path.suffix in (".yaml", ".yml") and not path.name.startswith(".")]


def _load_files(paths: Sequence[Path]) -> tuple[dict[str, OutletConfig], list[OutletFault]]:
    outlets: dict[str, OutletConfig] = {}
    faults: list[OutletFault] = []
    owners: dict[str, Path] = {}  # by domain
    for path in paths:
        try:
            config = load_file(path)
        except OutletError as error:
            faults.extend(error.faults)
            continue
        clashes = _clashes(config, outlets, owners)
        faults.extend(clashes)
        if not clashes:
            outlets[config.slug] = config
            owners.update(dict.fromkeys(config.domains, path))
    return outlets, faults


def _clashes(
    config: OutletConfig, outlets: Mapping[str, OutletConfig], owners: Mapping[str, Path]
) -> list[OutletFault]:
    """What another file of the folder has taken already."""
    file = str(config.path)
    if config.slug in outlets:
        return [OutletFault(file, "slug", f"taken by {outlets[config.slug].path}", repr(config.slug))]
    return [
        OutletFault(file, "domains", f"taken by {owners[domain]}", repr(domain), config.slug)
        for domain in config.domains
        if domain in owners
    ]


def _faults(file: str, slug: str, error: ValidationError, text: bytes) -> list[OutletFault]:
    faults = []
    for problem in error.errors(include_url=False):
        path = problem["loc"]
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path).lstrip(".")
        message = problem["msg"].removeprefix("Value error, ")
        value = _shown(problem["input"])
        if problem["type"] == "extra_forbidden":
            message = f"unknown field; {_advice(path)}"
        elif problem["type"] == "missing":
            message, value = "expected, but not given", ""
        message = message[:1].lower() + message[1:]
        faults.append(OutletFault(file, where, message, value, slug, line_of(text, path)))
    return faults


def _advice(path: Sequence[str | int]) -> str:
    """What may have been meant by an unknown field."""
    model: type[BaseModel] = OutletConfig
    for part in path[:-1]:
        if isinstance(part, str) and part in model.model_fields:
            model = next(_models(model.model_fields[part].annotation), model)
    near = get_close_matches(str(path[-1]).lower(), model.model_fields, n=1)
    if near:
        return f"did you mean {near[0]}?"
    return "newscrawl outlets schema lists all" if model is OutletConfig else f"known: {', '.join(model.model_fields)}"


def _models(kind: object) -> Iterator[type[BaseModel]]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        yield kind
    for part in get_args(kind):
        yield from _models(part)


def _shown(value: object) -> str:
    shortened = Repr()  # nested aliases would fill the memory
    shortened.maxlevel, shortened.maxstring, shortened.maxother = 2, 80, 80
    return shortened.repr(value)


def split_slugs(outlet: str) -> list[str]:
    """The slugs of a comma-separated list."""
    return [slug.strip() for slug in outlet.split(",") if slug.strip()]
