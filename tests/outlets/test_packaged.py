"""The outlets that come with the package."""

import json
import re
import subprocess
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from newscrawl.outlets.jsonschema import field_rows, json_schema
from newscrawl.outlets.registry import PACKAGED, Registry, lint, load_outlets, outlet_for
from newscrawl.outlets.schema import OutletConfig
from tests import commands

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def registry() -> Registry:
    return load_outlets()


def test_none_has_a_fault(registry: Registry) -> None:
    assert lint() == []
    for slug, config in registry.outlets.items():
        assert config.path is not None
        assert config.path.stem == slug  # else it cannot be read alone
        assert config.country
        assert config.timezone
        assert config.languages
        assert "not checked live" in (config.checked or "")


def test_each_has_something_to_read_on_any_day_and_admits_its_own_pages(registry: Registry) -> None:
    for slug, config in registry.outlets.items():
        assert config.items(TODAY), slug
        assert config.leads_to(config.homepage), slug
        found = outlet_for(config.homepage, registry.outlets)
        assert found is not None
        assert found.slug == slug


def test_names_and_addresses_are_of_one_outlet(registry: Registry) -> None:
    configs = registry.outlets.values()
    sources = Counter(source.url for config in configs for source in config.sources if not source.archive)
    assert [url for url, count in sources.items() if count > 1] == []
    homepages = Counter(config.homepage for config in configs)
    assert [url for url, count in homepages.items() if count > 1] == []


def test_a_first_run_over_sitemaps_alone_has_a_budget(registry: Registry) -> None:
    listing = [
        one for one in registry.outlets.values() if {s.kind for s in one.sources if not s.archive} == {"sitemap"}
    ]
    assert [one.slug for one in listing if one.budget.pages_per_run is None] == []
    assert listing


def test_the_readme_says_how_many_there_are(registry: Registry) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    said = re.search(r"(\d+) outlets of (\d+) countries in (\d+) languages", readme)
    assert said is not None
    configs = registry.outlets.values()
    languages = {tag.split("-")[0] for config in configs for tag in config.languages}
    counts = (len(configs), len({config.country for config in configs}), len(languages))
    assert tuple(map(int, said.groups())) == counts


def test_one_can_be_read_without_the_others(registry: Registry) -> None:
    alone = load_outlets(slugs=["bbc", "no-such-outlet"])
    assert alone.outlets == {"bbc": registry.outlets["bbc"]}
    assert len(alone.others) == len(registry.outlets) - 1
    assert alone.why_missing("bcc").startswith("unknown outlet 'bcc'; did you mean ")


def test_the_published_schema_is_the_models() -> None:
    published = (PACKAGED.parent / "outlet.schema.json").read_text(encoding="utf-8")
    assert json.loads(published) == json_schema(), "newscrawl outlets schema > newscrawl/outlets/outlet.schema.json"
    assert set(json_schema()["properties"]) == set(OutletConfig.model_fields)
    assert [name for name, meaning in field_rows() if not meaning] == []


def test_every_file_names_the_schema_for_editors() -> None:
    for path in PACKAGED.glob("*.yaml"):
        first = path.read_text(encoding="utf-8").split("\n", 1)[0]
        schema = first.removeprefix("# yaml-language-server: $schema=")
        assert (path.parent / schema).is_file(), path


def test_the_command_prints_the_schema(tmp_path: Path) -> None:
    def schema(*options: str) -> subprocess.CompletedProcess[str]:
        return commands.run("outlets", "schema", *options, cwd=tmp_path)

    assert json.loads(schema().stdout) == json_schema()
    assert "pages.byline" in schema("--fields").stdout
