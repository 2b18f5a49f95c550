"""A run shown to a person: a line for what happens, and on a terminal one that says what goes on now."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TextIO

from mlci.engine.light import RLock
from mlci.engine.reporter import Outcome, State

if TYPE_CHECKING:
    from mlci.engine.execute import Result
    from mlci.planning.plan import Plan

CODES: Mapping[str, str] = {"good": "32", "bad": "31;1", "warn": "33", "dim": "2", "bold": "1"}
WORDS: Mapping[State, tuple[str, str]] = {
    "done": ("done", "good"),
    "restored": ("restored", "good"),
    "current": ("up to date", "dim"),
    "approved": ("approved", "good"),
    "skipped": ("skipped", "dim"),
    "failed": ("failed", "bad"),
    "allowed": ("failed, as it may", "warn"),
    "blocked": ("not run", "warn"),
    "waiting": ("waits for a yes", "warn"),
    "unstarted": ("not run", "warn"),
    "would-run": ("would run", "bold"),
}
SHOWN_METRICS = 4


class Terminal:
    """Shows a run as text.

    Parameters
    ----------
    stream : where to
    colour : whether to use ANSI colour
    live : whether the last line may be written over, as on a terminal
    wide : whether characters beyond ASCII can be shown
    """

    def __init__(
        self, stream: TextIO, *, colour: bool = False, live: bool = False, wide: bool = True
    ) -> None:
        self.stream, self.colour, self.live, self.wide = stream, colour, live, wide
        self.lock = RLock()
        self.running: dict[str, float] = {}
        self.total = self.settled_count = 0
        self.width = 0

    def began(self, plan: Plan, count: int) -> None:
        """Note how many jobs there are, and how long their names."""
        self.total = count
        self.width = max((len(one.id) for job in plan.jobs for one in job.instances()), default=0)

    def started(self, job: str, reasons: Sequence[str]) -> None:
        self.running[job] = time.monotonic()
        more = f" and {len(reasons) - 2} more" if len(reasons) > 2 else ""
        self.show(f"{self.name(job)} {self.paint('bold', 'runs')}: {'; '.join(reasons[:2])}{more}")

    def line(self, job: str, text: str) -> None:
        bar = "│" if self.wide else "|"
        self.show(f"{self.name(job)} {self.paint('dim', bar)} {text}")

    def settled(self, job: str, state: State, said: str, result: Result | None = None) -> None:
        self.running.pop(job, None)
        self.settled_count += 1
        word, kind = WORDS[state]
        took = ""
        if result is not None and state != "restored":
            took = f" in {result.record.timing.seconds:.1f} s"
        found = "" if result is None else self.metrics(result.record.metrics)
        first, _, rest = said.partition("\n")
        reason = f": {first}" if first else ""
        self.show(f"{self.name(job)} {self.paint(kind, word)}{took}{reason}{found}")
        for each in [*rest.splitlines(), *self.advice(result)]:
            self.show(f"{self.name('')} {each}")

    def advice(self, result: Result | None) -> list[str]:
        """Return what helps with a failure: the help, and where the log is."""
        if result is None or result.record.done:
            return []
        helped = [f"help: {result.help}"] if result.help else []
        return [*helped, f"log: .mlci/reports/{result.record.job}/log.txt"]

    def metrics(self, metrics: Mapping[str, float]) -> str:
        if not metrics:
            return ""
        shown = [f"{name} {value:.4g}" for name, value in list(metrics.items())[:SHOWN_METRICS]]
        more = ["…" if self.wide else "..."] if len(metrics) > SHOWN_METRICS else []
        return self.paint("dim", f" ({', '.join([*shown, *more])})")

    def warned(self, text: str) -> None:
        self.show(f"{self.paint('warn', 'warning:')} {text}")

    def tick(self) -> None:
        """Write the last line anew."""
        with self.lock:
            self.draw()

    def ask(self, approval: str) -> bool | None:
        if not (self.live and sys.stdin.isatty()):
            return None
        with self.lock:
            self.stream.write(f"\r\x1b[K{self.paint('bold', approval)}: go on? [y/N] ")
            self.stream.flush()
            return sys.stdin.readline().strip().lower() in ("y", "yes")

    def ended(self, outcome: Outcome) -> None:
        """Show how the run ended, in one line."""
        self.running.clear()
        order: list[tuple[str, str]] = list(dict.fromkeys(WORDS[state] for state in WORDS))
        counts = {word: 0 for word, _ in order}
        for state in outcome.states.values():
            counts[WORDS[state][0]] += 1
        parts = [self.paint(kind, f"{counts[word]} {word}") for word, kind in order if counts[word]]
        if set(outcome.states.values()) == {"current"}:
            parts = [self.paint("good", "everything is up to date")]
        with self.lock:
            self.erase()
            self.stream.write(f"{', '.join(parts)} in {outcome.seconds:.2f} s\n")
            self.stream.flush()

    def name(self, job: str) -> str:
        """Return a job's name, as wide as the widest."""
        return self.paint("bold", f"{job:<{self.width}}")

    def paint(self, kind: str, text: str) -> str:
        return f"\x1b[{CODES[kind]}m{text}\x1b[0m" if self.colour else text

    def show(self, text: str) -> None:
        with self.lock:
            self.erase()
            self.stream.write(f"{text}\n")
            self.draw()

    def erase(self) -> None:
        """Take the last line away."""
        if self.live:
            self.stream.write("\r\x1b[K")

    def draw(self) -> None:
        """Write the last line: how far the run is, and what runs for how long."""
        if self.live and self.running:
            now = time.monotonic()
            dot = " · " if self.wide else " - "
            each = [f"{job} {now - since:.0f} s" for job, since in list(self.running.items())]
            text = dot.join([f"[{self.settled_count}/{self.total}]", *each])
            self.stream.write(f"\r\x1b[K{self.paint('dim', text[: self.columns() - 1])}")
        self.stream.flush()

    def columns(self) -> int:
        import os

        try:
            return os.get_terminal_size(self.stream.fileno()).columns or 80  # 0 where nobody knows
        except (OSError, ValueError):
            return 80
