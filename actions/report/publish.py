"""Shows a report: in the job's summary, and as one comment on the pull request, written anew at every run.

MLCI_REPORT, MLCI_PAGE, MLCI_DATA   the report as Markdown, HTML and JSON
MLCI_COMMENT        true or false: whether to comment
MLCI_MARK           what tells this comment from another report's on the same pull request
MLCI_PULL_REQUEST   the pull request's number; the event's when empty
MLCI_KEEP           the artifact that holds the whole report
MLCI_TOKEN          a token with `pull-requests: write`
GITHUB_STEP_SUMMARY, GITHUB_OUTPUT   files of the job that are added to
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import runner
from api import Api, Refused, Uncertain

MAX_COMMENT = 65_536 - 1536
"""Characters; GitHub takes no more, and the mark, the note and open folds need some."""
MAX_SUMMARY = 1_000_000
"""Bytes; of a step's summary GitHub takes a MiB or nothing."""
MAX_REPORT = 16 * 2**20
BOT = "github-actions[bot]"
"""Who a job's own token is, should GitHub not say it."""
TRIES = 3


def main() -> int:
    """Show the report; return the exit status."""
    paths = {name: runner.variable(f"MLCI_{name.upper()}") for name in ("report", "page", "data")}
    with Path(paths["report"]).open("rb") as file:
        report = file.read(MAX_REPORT).decode("utf-8", "replace")
    runner.answer(**paths)
    summarise(report)
    if runner.variable("MLCI_COMMENT").lower() not in ("true", "1", "yes", "on"):
        runner.answer(comment="")
        return 0
    number = runner.variable("MLCI_PULL_REQUEST") or number_of(runner.event())
    if not number.isdecimal():
        runner.annotate("notice", "this run is of no pull request: the report is in the job's summary alone")
        runner.answer(comment="")
        return 0
    return comment(number, report)


def summarise(report: str) -> None:
    """Add the report to the job's summary."""
    path = runner.variable("GITHUB_STEP_SUMMARY")
    if path:
        begins = report.encode()[:MAX_SUMMARY].decode("utf-8", "ignore")
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(report if begins == report else cut(begins, len(begins) - 1))


def number_of(event: dict[str, Any]) -> str:
    """Return the number of the event's pull request, "" when it is of none."""
    pull = event.get("pull_request")
    return str(pull.get("number", "")) if isinstance(pull, dict) else ""


def comment(number: str, report: str) -> int:
    """Leave the comment; return the exit status. A token that may not comment is no failure of the run."""
    repository = runner.variable("GITHUB_REPOSITORY")
    mark = mark_of(runner.variable("MLCI_MARK"))
    try:
        url = upsert(runner.api(), repository, number, mark, f"{mark}\n{cut(report, MAX_COMMENT)}")
    except Refused as error:
        runner.answer(comment="")
        said = f"cannot comment on pull request {number}: {error}"
        if error.answer.status not in (403, 404):
            runner.annotate(
                "error", f"{said} (status {error.answer.status}); the report is in the job's summary"
            )
            return 1
        runner.annotate("warning", f"{said}. {reason(repository)} The report is in the job's summary.")
        return 0
    sys.stdout.write(f"{url}\n")
    runner.answer(comment=url)
    return 0


def reason(repository: str) -> str:
    """Say why a token may not comment, and what helps."""
    pull = runner.event().get("pull_request")
    head = pull.get("head") if isinstance(pull, dict) else None
    home = head.get("repo") if isinstance(head, dict) else None
    if isinstance(head, dict) and (not isinstance(home, dict) or home.get("full_name") != repository):
        return "It comes from a fork, whose runs are given a token that can only read."
    return "Give the job `permissions: pull-requests: write`."


def mark_of(name: str) -> str:
    """Return the hidden line that a report's comment begins with."""
    return f"<!-- mlci report: {re.sub('[^A-Za-z0-9_. -]', '-', name)} -->"


def upsert(api: Api, repository: str, number: str, mark: str, body: str) -> str:
    """Write the comment anew if it is there, else make it; return its address.

    Raises
    ------
    Refused : GitHub does neither
    """
    start = f"/repos/{repository}/issues"
    me = who(api)
    for left in reversed(range(TRIES)):
        found = mine(api, f"{start}/{number}/comments?per_page=100", me, mark)
        method = "POST" if found is None else "PATCH"
        path = f"{start}/{number}/comments" if found is None else f"{start}/comments/{found}"
        try:
            return address(api.ask(method, path, {"body": body}).data)
        except Uncertain:
            # It may have been made: what is there now tells.
            if not left:
                raise
        except Refused as error:
            gone = method == "PATCH" and error.answer.status in (404, 410)
            if not left or not gone:
                raise
    raise AssertionError("the last try returns or raises")


def mine(api: Api, path: str, me: str, mark: str) -> int | None:
    """Return the number of our comment: made by this token's owner, and with the mark at its start."""
    for each in api.every(path):
        author = each.get("user") if isinstance(each, dict) else None
        ours = isinstance(author, dict) and str(author.get("login")).lower() == me.lower()
        if ours and str(each.get("body")).startswith(mark) and isinstance(each.get("id"), int):
            return int(each["id"])
    return None


def who(api: Api) -> str:
    """Return whose token it is; REST tells it of people alone, GraphQL of apps, too."""
    try:
        place = runner.variable("GITHUB_GRAPHQL_URL")
        path = place if api.own(place) else "/graphql"
        said = api.ask("POST", path, {"query": "{viewer{login}}"}).data
        login = said["data"]["viewer"]["login"]
    except (Refused, KeyError, TypeError):
        return BOT
    return login if isinstance(login, str) and login else BOT


def address(said: Any) -> str:
    """Return a comment's address."""
    return str(said.get("html_url", "")) if isinstance(said, dict) else ""


def cut(text: str, longest: int) -> str:
    """Return a report's beginning, whole lines of it, with a word that there is more."""
    if len(text) <= longest:
        return text
    kept = text[: max(0, longest - 1000)]
    kept = kept[: kept.rfind("\n") + 1]
    folds = "\n</details>\n" * max(0, kept.count("<details>") - kept.count("</details>"))
    artifact = runner.variable("MLCI_KEEP")
    whole = f"; the whole of it is in the run's artifact {artifact}" if artifact else ""
    return f"{kept}{folds}\n*The report is longer than GitHub shows, and cut here{whole}.*\n"


if __name__ == "__main__":
    sys.exit(main())
