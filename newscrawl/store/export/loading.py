"""How to load an export: a section of its card."""

from __future__ import annotations

from newscrawl.store.export.manifest import DATA
from newscrawl.store.export.names import Format

_SECTION = """\
## Loading

From the folder of this card, in pandas, DuckDB and Hugging Face datasets:

```python
{pandas}
duckdb.sql("FROM {duckdb}")
datasets.load_dataset("{hub}", data_files="{files}")
```
{note}"""
_PANDAS = {
    "parquet": "pandas.read_parquet({})",
    "jsonl": "pandas.read_json({}, lines=True)",
    "csv": "pandas.read_csv({})",
}
_DUCKDB = {
    "parquet": "read_parquet('{}')",
    "jsonl": "read_json('{}')",
    "csv": "read_csv('{}', max_line_size=20000000)",
}
_HUB = {"parquet": "parquet", "jsonl": "json", "csv": "csv"}
_CSV = """
In CSV, lists are JSON, and what is not known is empty. A cell that a spreadsheet would take for a formula (it begins
with `=`, `+`, `-`, `@`, their full-width forms, a tab or a line end) has an apostrophe in front; to take it off,
replace `^'('*[=+\\-@\\t\\r\\n＝＋－＠])` by `\\1`.
"""
_EXACT_CSV = """
In CSV, lists are JSON, and what is not known is empty. Texts stand as they are: a spreadsheet takes those that begin
with `=` for formulas, and runs them.
"""


def loading(format: Format, files: str, *, exact_csv: bool) -> str:
    """The section, in Markdown.

    Args:
        format: Of the files.
        files: As a pattern, from the folder of the card.
        exact_csv: Whether CSV holds what a spreadsheet would take for a formula.
    """
    kind = format.partition(".")[0]
    read = _PANDAS[kind]
    if "*" not in files:
        pandas = read.format(f'"{files}"')
    elif kind == "parquet":
        pandas = read.format(f'"{DATA}"')
    else:
        pandas = f'pandas.concat({read.format("path")} for path in glob.glob("{files}", recursive=True))'
    note = "" if kind != "csv" else _EXACT_CSV if exact_csv else _CSV
    return _SECTION.format(pandas=pandas, duckdb=_DUCKDB[kind].format(files), hub=_HUB[kind], files=files, note=note)
