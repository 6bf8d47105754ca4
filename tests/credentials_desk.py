"""An API behind the provider's tokens, and runs of small workflows against it, blocking and asynchronous."""

from __future__ import annotations

import asyncio
import json
from typing import Any, TypeVar
from urllib.request import urlopen

from provider import Provider, flow_urls

from arazzo_runner import Result, Runner
from arazzo_runner.document import Document, read
from arazzo_runner.events import Event

E = TypeVar("E")


class Happened(list[Event]):
    """The events of a run."""

    def of(self, kind: type[E]) -> list[E]:
        return [event for event in self if isinstance(event, kind)]


class Desk:
    """`desk.run(...)` runs `GET /<name>` for each name; `schemes` and `security` are those of the API."""

    def __init__(self, provider: Provider, *, asynchronous: bool) -> None:
        self.provider = provider
        self.asynchronous = asynchronous
        self.schemes: dict[str, Any] = {"oauth": self.flows("clientCredentials")}
        self.security: list[dict[str, list[str]]] = [{"oauth": ["read"]}]
        self.events = Happened()

    def flows(self, *names: str) -> dict[str, Any]:
        return {"type": "oauth2", "flows": flow_urls(self.provider, *names)}

    def oidc(self) -> dict[str, Any]:
        return {"type": "openIdConnect", "openIdConnectUrl": f"{self.provider.url}/.well-known/openid-configuration"}

    def description(self, *names: str, uri: str = "memory:/api.json") -> Document:
        operations = {
            f"/{name}": {"get": {"operationId": name, "responses": {"200": {"description": "ok"}}}} for name in names
        }
        openapi = {
            "openapi": "3.1.0",
            "info": {"title": "t", "version": "1"},
            "servers": [{"url": f"{self.provider.url}/api"}],
            "security": self.security,
            "paths": operations,
            "components": {"securitySchemes": self.schemes},
        }
        return read(json.dumps(openapi).encode(), uri=uri, name="api.json")

    def workflow(self, *names: str, url: str = "./api.json", **fields: Any) -> dict[str, Any]:
        steps = [
            {
                "stepId": f"{name}{number}",
                "operationId": name,
                "successCriteria": [{"condition": "$statusCode == 200"}],
                **fields,
            }
            for number, name in enumerate(names, 1)
        ]
        return {
            "arazzo": "1.0.1",
            "info": {"title": "t", "version": "1"},
            "sourceDescriptions": [{"name": "api", "url": url, "type": "openapi"}],
            "workflows": [{"workflowId": "w", "steps": steps}],
        }

    def runner(self, *names: str, uri: str = "memory:/api.json", fields: Any = None, **options: Any) -> Runner:
        names = names or ("things",)
        auth = options.pop("auth", {})
        auth = {name if "." in name or name in self.schemes else f"oauth.{name}": value for name, value in auth.items()}
        url = uri if uri.startswith("http") else "./api.json"
        return Runner(
            self.workflow(*names, url=url, **(fields or {})),
            documents=[self.description(*dict.fromkeys(names), uri=uri)],
            auth=auth,
            **{"env": {}, **options},
        )

    def run(self, *names: str, **options: Any) -> Result:
        self.events = Happened()
        with self.runner(*names, **options) as runner:
            if self.asynchronous:
                return asyncio.run(self._run_async(runner))
            return runner.run(observers=[self.events.append])

    async def _run_async(self, runner: Runner) -> Result:
        async with runner:
            return await runner.run_async(observers=[self.events.append])


def visit(url: str) -> None:
    """A browser whose person is signed in already: it follows redirects."""
    with urlopen(url) as response:
        response.read()
