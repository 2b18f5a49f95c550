"""What all formats of a report say alike: numbers, changes, where a run was."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mlci.engine.attempt import duration
from mlci.findings import harmless
from mlci.report.model import Against, Curve, Job, Line, Metric, Package, Report

LONGEST = 160
LONGEST_MESSAGE = 1200
COMMIT = 7
REASONS = 8
"""How many changes of a job are named."""
BARS = "▁▂▃▄▅▆▇█"
BROAD = 24
"""How many bars a sparkline has at most."""


def line(text: str, longest: int = LONGEST) -> str:
    """Return a text on one line, cut, without what could command a terminal or turn a line around."""
    flat = harmless(" ".join(text[: 4 * longest].split()))
    return flat if len(flat) <= longest else f"{flat[: longest - 1]}…"


def number(value: float | None) -> str:
    return "" if value is None else f"{value:.6g}"


def change(metric: Metric) -> str:
    """Return a change: with an arrow and a word only where it is known which way is better."""
    found = metric.change
    if found is None:
        return "" if metric.value is None or metric.before is None else "?"
    if metric.value == metric.before:
        return "="
    moved = f"{found:+.4g}" if abs(found) != float("inf") else "?"
    return f"{moved} {'↑' if found > 0 else '↓'} {metric.verdict}" if metric.verdict else moved


def gate(metric: Metric) -> str:
    if not metric.gate:
        return ""
    return f"{metric.gate} {'✗ missed' if metric.passed is False else '✓' if metric.passed else '?'}"


def took(job: Job) -> str:
    return "" if job.seconds is None else duration(job.seconds)


def took_before(job: Job) -> str:
    return "" if job.before is None else duration(job.before)


def remark(job: Job) -> str:
    tries = f"{job.attempts} tries" if job.attempts > 1 else ""
    earlier = f"of an earlier run: {job.earlier}" if job.earlier else ""
    why = job.message if job.state in ("skipped", "damaged") else ""
    same = "unchanged" if job.same else ""
    return line("; ".join(part for part in (same, tries, earlier, why) if part), LONGEST_MESSAGE)


def facts(context: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield where a run was, as names and values."""
    if context.get("commit"):
        yield "commit", line(context["commit"])[:COMMIT]
    named = (("branch", "branch"), ("tag", "tag"), ("pr", "pull request"))
    # Of a run at somebody's desk, neither is worth a word.
    apart = () if context.get("vendor") in (None, "", "local") else (("event", "event"), ("vendor", "on"))
    for name, shown in (*named, *apart):
        if context.get(name):
            yield shown, line(context[name])


def link(context: Mapping[str, str]) -> str:
    """Return the address of a run's page, "" when there is none that a browser may open."""
    url = context.get("run_url", "")
    plain = url.startswith(("https://", "http://")) and len(url) < 2000
    return url if plain and all(32 < ord(each) < 127 and each not in "<>\"'`()[]|\\" for each in url) else ""


def other(against: Against) -> str:
    """Name the baseline: "main at 1a2b3c4"."""
    context = against.context
    name = line(context.get("branch") or context.get("tag") or against.name)
    commit = line(context.get("commit", ""))[:COMMIT]
    return name if not commit or name.startswith(commit) else f"{name} at {commit}"


def heading(report: Report) -> str:
    return "" if report.against is None else other(report.against)


def reasons(given: Sequence[str]) -> list[str]:
    shown = [line(each) for each in given[:REASONS]]
    return [*shown, f"{len(given) - REASONS} more"] if len(given) > REASONS else shown


def spark(drawn: Line) -> str:
    """Return a series as bars, from its lowest value to its highest."""
    values = drawn.values
    count = min(BROAD, len(values))
    picks = [values[round(at * (len(values) - 1) / max(1, count - 1))] for at in range(count)]
    known = [value for value in picks if value is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    scale = (high / 2 - low / 2) or 1.0
    top = len(BARS) - 1
    bars = (None if value is None else round((value / 2 - low / 2) / scale * top) for value in picks)
    return "".join(" " if bar is None else BARS[bar] for bar in bars)


def ends(drawn: Line) -> str:
    return f"{short(drawn.first)} → {short(drawn.last)}"


def short(value: float | None) -> str:
    """Return a number in four digits; one that is none is said to be so."""
    return "no number" if value is None else f"{value:.4g}"


def epochs(curve: Curve) -> str:
    return str(max((each.epochs for each in curve.lines), default=0))


def blessing(package: Package) -> str:
    """Say whether a test has blessed a model."""
    return {True: "yes", False: "no", None: "was not asked"}[package.blessed]


def beside(package: Package) -> str:
    """Say how a package stands to the baseline's."""
    if not package.before:
        return ""
    return f"{package.before}, {'the same model' if package.same else 'another model'}"


def failures(report: Report) -> list[Job]:
    return [job for job in report.jobs if job.state == "failed"]


def missed(report: Report) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for check in report.checks:
        if not check.passed:
            found.setdefault(check.job, []).append(line(check.name))
    return found


def tally(report: Report) -> dict[str, tuple[int, int]]:
    found: dict[str, tuple[int, int]] = {}
    for check in report.checks:
        passed, count = found.get(check.job, (0, 0))
        found[check.job] = (passed + check.passed, count + 1)
    return found


def ranked(metrics: Sequence[Metric]) -> list[Metric]:
    """Return metrics as they are looked for: those with a gate, then those that changed."""
    return sorted(metrics, key=lambda each: (not each.gate, each.detail, not each.verdict, not moved(each)))


def moved(metric: Metric) -> bool:
    return metric.before is not None and metric.before != metric.value
