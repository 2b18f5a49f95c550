"""Records made by hand, for what no small run leaves, and readers of what reports show."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from mlci.engine.record import Record, Timing, write_record
from mlci.report.assembly import Assembled, Request, assemble

CONTEXT = {
    "vendor": "github",
    "commit": "0123456789abcdef0123456789abcdef01234567",
    "branch": "change",
    "event": "push",
    "run_url": "https://github.com/acme/model/actions/runs/9",
}


def record(job: str = "train", **more: Any) -> Record:
    """A job that was done."""
    at = f"2026-01-01T00:00:0{more.pop('second', 0)}.000Z"
    base = Record(
        workflow="main",
        stage=more.pop("stage", job),
        job=job,
        command={"run": "python train.py"},
        params={},
        inputs={},
        outputs={},
        metrics={},
        status="done",
        exit_status=0,
        key=f"key of {job}",
        context=CONTEXT,
        timing=Timing(at, at.replace(".000", ".500"), 0.5),
    )
    return base._replace(**more)


def lay(folder: Path, *records: Record) -> Path:
    """Write records as a run leaves them."""
    for each in records:
        write_record(each, folder / each.job)
    return folder


def made(root: Path, *records: Record, **request: Any) -> Assembled:
    """Make the report of some records."""
    return assemble(Request(root, (lay(root / "records", *records),), **request))


class Seen(HTMLParser):
    """The elements, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.extend((name, value or "") for name, value in attrs)
        if tag not in ("meta", "i"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.open:
            while self.open.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not {"style", "title"} & set(self.open):
            self.words.append(data)

    @property
    def text(self) -> str:
        """What people read, spaces run together."""
        return " ".join(" ".join(self.words).split())


def history(**series: list[float | None]) -> str:
    """A training's history as Keras has it."""
    return json.dumps(series)
