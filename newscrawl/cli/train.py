"""`newscrawl rules train`: weights for the model, from pages that persons labelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from newscrawl import __version__
from newscrawl.cli.options import AsJson
from newscrawl.cli.summary import ProgressPrinter
from newscrawl.cli.terminal import CommandError, print_json, say, table, warn

if TYPE_CHECKING:
    from newscrawl.cli.training import Figures
    from newscrawl.strip.train import LabelledPage

EPILOG = "Example: newscrawl rules labels > mine.jsonl && newscrawl rules train mine.jsonl --out mine.json"


def train(
    labels: Annotated[list[Path], typer.Argument(metavar="LABELS.jsonl...", help="Pages, a JSON line each.")],
    out: Annotated[Path, typer.Option("--out", metavar="WEIGHTS.json", help="File to write.")] = Path("weights.json"),
    json: AsJson = False,
) -> None:
    """Train the model that weighs a block's evidence on pages of your own.

    A line is {url, outlet, language, title, html_b64, charset, blocks: [{text, label, kind}]}, as rules labels prints
    them: label is body, boilerplate or unsure; without html_b64 the blocks are the page. Six outlets are the least.

    The figures are of outlets that the model they are measured with has not seen. The same files give the same weights.
    To use them: NEWSCRAWL_WEIGHTS=WEIGHTS.json newscrawl reclean.
    """
    try:
        from newscrawl.cli.training import figures_of
        from newscrawl.strip.model import Model, dump_model
        from newscrawl.strip.train import TrainingError, cross_validate, fit, read_rows
    except ImportError as error:
        raise CommandError("training needs scikit-learn: pip install 'newscrawl[train]'") from error
    pages = _read(labels)
    rows = read_rows(pages)
    try:
        model, (scores, plain) = fit(rows), cross_validate(rows)
    except TrainingError as error:
        raise CommandError(f"too little to learn from: {error}") from error
    figures = {"markup": figures_of(pages, scores), "text": figures_of(pages, plain)}
    provenance = _provenance(labels, pages, figures)
    try:
        out.write_bytes(dump_model(Model(model.names, model.words, model.marked, model.plain, provenance)))
    except OSError as error:
        raise CommandError(f"{out}: cannot be written ({error.strerror}); name another file with --out") from error
    if json:
        print_json(provenance)
        return
    _show(provenance, figures["markup"])
    say(f"{out}: use it with NEWSCRAWL_WEIGHTS={out}")


def _read(files: Sequence[Path]) -> list[LabelledPage]:
    from newscrawl.cli.training import read_labels

    pages: list[LabelledPage] = []
    with ProgressPrinter() as printer:
        for file in files:
            try:
                for page in read_labels(file):
                    printer.tell(f"{len(pages)} pages read")
                    if isinstance(page, str):
                        warn(page)
                    else:
                        pages.append(page)
            except OSError as error:
                raise CommandError(f"{file}: cannot be read ({error.strerror})") from error
    return pages


def _provenance(files: Sequence[Path], pages: Sequence[LabelledPage], figures: Mapping[str, Figures]) -> dict[str, Any]:
    return {
        "newscrawl": __version__,
        "labels": {file.name: sha256(file.read_bytes()).hexdigest() for file in files},
        "pages": len(pages),
        "outlets": len({page.outlet for page in pages}),
        "boilerplate_blocks": figures["markup"].boilerplate,
        "body_blocks": figures["markup"].body,
        "recall_on_unseen_outlets": {
            name: {f"{floor:.1%} of the body kept": round(value, 3) for floor, value in own.recall_at.items()}
            for name, own in figures.items()
        },
    }


def _show(provenance: Mapping[str, Any], figures: Figures) -> None:
    say(
        f"{provenance['pages']} pages of {provenance['outlets']} outlets: {figures.boilerplate} blocks of boilerplate,"
        f" {figures.body} of body. Found on outlets that were not seen:"
    )
    for name, recall in provenance["recall_on_unseen_outlets"].items():
        say(f"  with {name}: " + ", ".join(f"{value:.1%} at {floor}" for floor, value in recall.items()))
    parts = (("kind", figures.by_kind), ("language", figures.by_language))
    for name, counts in parts:
        rows = [(key, found, count, f"{found / count:.0%}") for key, (found, count) in counts.items()]
        table([name, ">found", ">of", ">share"], rows)
