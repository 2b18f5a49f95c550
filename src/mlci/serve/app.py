"""The REST API as an ASGI application: paths to models, errors to answers.

It is written against ASGI itself: a request for one prediction takes about as long as the model does, so that
what a framework adds to each would show.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote

from mlci.serve.decode import parse
from mlci.serve.errors import STATUS, RequestError, invalid
from mlci.serve.servable import PREDICT, Servable, signature_name
from mlci.serve.versions import Versions, missing

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

MAX_BODY = 256 * 2**20
INLINE_BODY = 64 * 2**10
INLINE_SECONDS = 0.005
"""A request that is longer, or to a slower model, is answered in a thread, so that others need not wait."""

WHICH = r"(?:/versions/(?P<version>\d+)|/labels/(?P<label>[^/:]+))?"
POST = re.compile(rf"/v1/models/(?P<name>[^/:]+){WHICH}:(?P<verb>classify|regress|predict)", re.I | re.A)
GET = re.compile(rf"/v1/models(?:/(?P<name>[^/:]+))?{WHICH}(?:/(?P<verb>metadata))?", re.I | re.A)
MAX_VERSION = 2**63 - 1


class Route(NamedTuple):
    """What a path asks for."""

    name: str
    version: int | None
    label: str | None
    verb: str
    """predict, classify, regress, metadata, or "" for the status."""


@lru_cache(maxsize=256)
def route(method: str, path: str) -> Route:
    """Read a request's method and path.

    Raises
    ------
    RequestError : they are not of the API
    """
    pattern = {"POST": POST, "GET": GET}.get(method)
    matched = pattern.fullmatch(path) if pattern else None
    if matched is None:
        raise invalid(f"Malformed request: {method} {path}")
    number = matched["version"]
    if number is not None and int(number) > MAX_VERSION:
        raise invalid(f"Failed to convert version: {number} to numeric.")
    if not matched["name"]:
        raise invalid("Missing model name in request.")
    label = unquote(matched["label"]) if matched["label"] else None
    version = None if number is None else int(number)
    return Route(unquote(matched["name"]), version, label, (matched["verb"] or "").lower())


@dataclass(frozen=True)
class App:
    """The ASGI application for one model."""

    versions: Versions

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await live(receive, send)
            return
        if scope["type"] != "http":
            return
        method, path = scope["method"], scope["raw_path"].decode("latin-1").partition("?")[0]
        try:
            status, body = 200, await self.answer(method, path, receive)
        except RequestError as error:
            status, body = STATUS[error.code], json.dumps({"error": str(error)}).encode()
            if not path.lower().startswith("/v1/"):
                status = 404
        await send(
            {
                "type": "http.response.start",
                "status": status,
                "headers": [
                    (b"content-type", b"application/json"),
                    (b"content-length", str(len(body)).encode()),
                ],
            }
        )
        await send({"type": "http.response.body", "body": body})

    async def answer(self, method: str, path: str, receive: Receive) -> bytes:
        """Return the body of an answer.

        Raises
        ------
        RequestError : there is none
        """
        asked = route(method, path)
        if method == "GET":
            return json.dumps(self.tell(asked)).encode()
        body = await read_body(receive)
        held = self.versions.serving
        slow = any(servable.seconds > INLINE_SECONDS for servable in held.values())
        if slow or len(body) > INLINE_BODY:
            return await asyncio.to_thread(self.predict, asked, body)
        return self.predict(asked, body)

    def find(self, asked: Route) -> Servable:
        if asked.name != self.versions.name:
            raise missing(asked.name, asked.version)
        return self.versions.get(asked.version, asked.label)

    def predict(self, asked: Route, body: bytes) -> bytes:
        """Answer a request to a model."""
        document = parse(body)
        servable = self.find(asked)
        if asked.verb != "predict":
            refuse(asked.verb, servable, document)
        return servable.predict(document, body)

    def tell(self, asked: Route) -> dict[str, Any]:
        """Answer a request about a model."""
        if asked.verb == "metadata":
            servable = self.find(asked)
            spec = {"name": asked.name, "signature_name": "", "version": str(servable.version)}
            return {"model_spec": spec, "metadata": servable.metadata}
        if asked.name != self.versions.name:
            which = "any versions" if asked.version is None else f"version {asked.version}"
            raise RequestError("NOT_FOUND", f"Could not find {which} of model {asked.name}")
        return self.versions.status(asked.version, asked.label)


def refuse(verb: str, servable: Servable, document: dict[str, Any]) -> None:
    """Refuse a classify or regress request; Keras exports no signature for either.

    Raises
    ------
    RequestError : always
    """
    signature = servable.graph.signatures.get(signature_name(document))
    method = signature.method if signature else PREDICT
    if method == f"tensorflow/serving/{verb}":
        raise RequestError("UNIMPLEMENTED", f"{verb} is not implemented; use predict")
    kind = "Classification" if verb == "classify" else "Regression"
    raise invalid(
        f"Expected {kind.lower()} signature method_name to be tensorflow/serving/{verb}. Was: {method}"
    )


async def read_body(receive: Receive) -> bytes:
    """Return a request's body.

    Raises
    ------
    RequestError : it is too large
    """
    message = await receive()
    body: bytes = message.get("body", b"")
    if not message.get("more_body"):
        return body
    parts, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > MAX_BODY:
            raise RequestError("RESOURCE_EXHAUSTED", f"the request is larger than {MAX_BODY >> 20} MiB")
    return b"".join(parts)


async def live(receive: Receive, send: Send) -> None:
    """Take part in the server's start and end."""
    while True:
        message = await receive()
        kind = message["type"]
        await send({"type": f"{kind}.complete"})
        if kind == "lifespan.shutdown":
            return
