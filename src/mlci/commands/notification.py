"""Telling people how a workflow ended: one POST to Slack or to a webhook, whose address is a secret."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit

from mlci.engine.secrets import CHANNELS, FILE, Secrets
from mlci.planning.context import Context
from mlci.planning.plan import Plan

How = Literal["failure", "success"]
TIMEOUT = 10.0
"""Seconds; a job's end does not wait longer for a chat."""
LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Sent(NamedTuple):
    """What became of one message."""

    channel: str
    problem: str = ""
    """Why it was not delivered, "" when it was."""


def notify(
    how: How, plan: Plan, context: Context, secrets: Secrets, warn: Callable[[str], None]
) -> tuple[Sent, ...]:
    """Tell a workflow's channels how it ended. A message that cannot be delivered is a warning, no failure.

    Parameters
    ----------
    how : "failure" or "success"
    plan : the workflow
    context : the run
    secrets : hold the channels' addresses, SLACK_WEBHOOK_URL and WEBHOOK_URL
    warn : shows a warning; the address is never part of it
    """
    wanted = plan.workflow.notify
    channels = () if wanted is None else getattr(wanted, how)
    sent = []
    for channel in channels:
        problem = deliver(
            secrets.get(CHANNELS[channel]), CHANNELS[channel], message(channel, how, plan, context)
        )
        if problem:
            warn(f"{channel} was not told: {problem}")
        sent.append(Sent(channel, problem))
    return tuple(sent)


def message(channel: str, how: How, plan: Plan, context: Context) -> dict[str, Any]:
    """Return what is sent."""
    said = {"pipeline": plan.pipeline.name, "workflow": plan.workflow.name, "outcome": how}
    if channel != "slack":
        return {**said, **context._asdict()}
    return {"text": slack_text(said, context)}


def slack_text(said: Mapping[str, str], context: Context) -> str:
    """Return a message in Slack's own markup."""
    word = "failed" if said["outcome"] == "failure" else "passed"
    sign = ":x:" if said["outcome"] == "failure" else ":white_check_mark:"
    where = context.tag or context.branch
    at = f" on {escape(where)}" if where else ""
    commit = f" ({escape(context.commit[:12])})" if context.commit else ""
    link = f"\n<{link_url(context.run_url)}|See the run>" if context.run_url.startswith("https://") else ""
    name = f"*{escape(said['pipeline'])}* {escape(said['workflow'])}"
    by = f", started by {escape(context.actor)}" if context.actor else ""
    return f"{sign} {name} {word}{at}{commit}{by}{link}"


def escape(text: str) -> str:
    """Return a text that Slack shows as it is: no link, mention or bold of its own making."""
    plain = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return plain.replace("*", "∗").replace("`", "'").replace("\n", " ")


def link_url(url: str) -> str:
    """Return a URL that cannot end its link."""
    return url.replace("|", "%7C").replace(">", "%3E").replace("<", "%3C").replace("\n", "")


def deliver(address: str, secret: str, body: Mapping[str, Any]) -> str:
    """POST a message; return why it was not delivered, "" when it was."""
    if not address:
        return f"the secret {secret} is not set (here: in {FILE} or the environment)"
    problem = unfit(address)
    if problem:
        return f"the address in {secret} {problem}"
    from http.client import HTTPException
    from urllib.request import HTTPRedirectHandler, Request, build_opener

    class NoRedirect(HTTPRedirectHandler):
        """Follows nothing: the message goes to the address that was given, or nowhere."""

        def redirect_request(self, *given: Any, **named: Any) -> None:
            """Refuse."""

    headers = {"Content-Type": "application/json", "User-Agent": "mlci"}
    request = Request(address, json.dumps(body).encode(), headers, method="POST")  # noqa: S310 - checked above
    try:
        with build_opener(NoRedirect()).open(request, timeout=TIMEOUT) as answer:
            answer.read(1024)
    except HTTPError as error:
        return f"it answered {error.code} {error.reason}"
    except (URLError, OSError, HTTPException, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        return f"it could not be reached: {type(reason).__name__}"
    return ""


def unfit(address: str) -> str:
    """Say why an address is not one to send to, "" when it is; plain HTTP only reaches this machine."""
    try:
        parts = urlsplit(address.strip())
        host = parts.hostname or ""
    except ValueError:
        return "is no URL"
    if not host:
        return "is no URL"
    if parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK):
        return ""
    return "must begin with https://"
