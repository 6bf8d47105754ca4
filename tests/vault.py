"""An API that deals in secrets, a workflow that uses every way to send and receive one, and who knows them."""

from __future__ import annotations

import base64
import json
import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

from command_line import Command, Ran
from scripted import Answer, ScriptedServer

ODD = "\"'\\<&>%+/=é🗝"  # each changes under some encoding


def _odd(start: str, mark: str) -> str:
    """A secret with every odd character, and no ten characters in common with another one."""
    letters = random.Random(start + mark)
    return start + mark + "".join(odd + "".join(letters.choices("abcdefghjkmnpqrstuvwxyz", k=3)) for odd in ODD)


def _long(seed: int, length: int) -> str:
    letters = "ABCDEFGHJKMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz23456789+/=%\"\\'<&é"
    return "".join(random.Random(seed).choices(letters, k=length))


@dataclass(frozen=True)
class Secrets:
    """Everything that must not be seen, by where it comes from. `mark` makes each of another set another value."""

    mark: str = "A"

    @property
    def credentials(self) -> dict[str, str]:
        m = self.mark
        return {
            "basic": _odd("b4s1c:pAss ", m),
            "bearer": f"b34rer-T0k{m}.x~y+z/w==",
            "headerKey": f"h34der+K/ey{m}=%41",
            "queryKey": _odd("qu3ryK ", m),
            "cookieKey": f"c00k1eK:{m}+/=%",
        }

    @property
    def inputs(self) -> dict[str, str]:
        m = self.mark
        return {
            "phrase": _odd("f0rmatPassw", m) + "\n" + _odd("zw31teZeile", m),
            "notes": _odd("wr1teOnly ", m),
            "client_secret": _odd("cl13ntS", m),
            "apiKey": _odd("ap1KeyInp", m),
            "token": _odd("t0kenInp", m),
            "password": f"Kx{m}+w7",
            "long": _long(ord(m), 4096),
            "inner": _odd("nest3dObj", m),
            "item": _odd("nest3dArr", m),
            "key": _odd("nest3dName", m),
            "resetToken": _odd("p4th/Seg?m", m),
        }

    @property
    def received(self) -> dict[str, str]:
        m = self.mark
        return {
            "accessToken": _odd("acc3ssTok", m),
            "declared": _odd("d3claredPw", m),
            "deep": _odd("d33pDeclared", m),
            "short": f"Zq{m}!v",
            "minted": _odd("m1ntedBlob", m),
            "header": f"h3aderResp{m}+/=%",
            "session": f"s3ssionCook{m}+/=%",
            "code": _odd("l0cationTok", m),
            "fragment": _odd("fr4gmentTok", m),
            "xml": f"xm1Secret{m}+/=%",
            "form": _odd("f0rmAnswer", m),
        }

    @property
    def other(self) -> dict[str, str]:
        return {"server": f"s3rverVar{self.mark}+=%"}

    def every(self) -> dict[str, str]:
        """All of them, by name."""
        password = self.credentials["basic"].partition(":")[2]
        return {**self.credentials, "basic": password, **self.inputs, **self.received, **self.other}


PASSWORD = {"type": "string", "format": "password"}
STRING = {"type": "string"}


def _answers(**statuses: Any) -> dict[str, Any]:
    return {status.removeprefix("s"): {"description": "", **rest} for status, rest in statuses.items()}


def _content(kind: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"content": {kind: {"schema": schema}}}


def openapi(url: str) -> dict[str, Any]:
    """The description of the API."""
    session = {
        "type": "object",
        "properties": {
            "accessToken": STRING,
            "declared": PASSWORD,
            "list": {"type": "array", "items": {"type": "object", "properties": {"deep": PASSWORD, "pin": {}}}},
        },
    }
    anything = {"requestBody": {"content": {"application/json": {}}}}
    key = {"type": "apiKey"}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Vault", "version": "1"},
        "servers": [{"url": f"{url}/{{accessKey}}", "variables": {"accessKey": {"default": "none"}}}],
        "paths": {
            "/login": {
                "post": {
                    "operationId": "login",
                    "security": [{"basic": []}],
                    **anything,
                    "responses": _answers(s200=_content("application/json", session)),
                }
            },
            "/reset/{resetToken}": {
                "get": {
                    "operationId": "reset",
                    "security": [{"headerKey": [], "queryKey": [], "cookieKey": []}],
                    "parameters": [
                        {"name": "resetToken", "in": "path", "required": True, "schema": STRING},
                        {"name": "session_token", "in": "query", "schema": STRING},
                        {"name": "hint", "in": "query", "schema": PASSWORD},
                    ],
                    "responses": _answers(s200=_content("application/xml", {})),
                }
            },
            "/form": {
                "post": {
                    "operationId": "form",
                    "requestBody": _content("application/x-www-form-urlencoded", {"type": "object"}),
                    "responses": _answers(s302={}),
                }
            },
            "/grant": {
                "post": {
                    "operationId": "grant",
                    "requestBody": _content("application/x-www-form-urlencoded", {"type": "object"}),
                    "responses": _answers(s200=_content("application/x-www-form-urlencoded", {})),
                }
            },
            "/upload": {
                "post": {
                    "operationId": "upload",
                    "requestBody": _content("multipart/form-data", {"type": "object"}),
                    "responses": _answers(s200={}),
                }
            },
            "/legacy": {
                "post": {
                    "operationId": "legacy",
                    "requestBody": _content("application/xml", {}),
                    "responses": _answers(s200={}),
                }
            },
            "/flaky": {"post": {"operationId": "flaky", **anything, "responses": _answers(s200={}, s503={})}},
            "/check": {
                "post": {
                    "operationId": "check",
                    "security": [{"bearer": []}],
                    **anything,
                    "responses": _answers(s200={}, s403={}),
                }
            },
        },
        "components": {
            "securitySchemes": {
                "basic": {"type": "http", "scheme": "basic"},
                "bearer": {"type": "http", "scheme": "bearer"},
                "headerKey": {**key, "in": "header", "name": "X-Vault"},
                "queryKey": {**key, "in": "query", "name": "vault"},
                "cookieKey": {**key, "in": "cookie", "name": "vault"},
            }
        },
    }


INPUTS = {
    "type": "object",
    "properties": {
        "phrase": {"$ref": "#/components/inputs/Phrase"},
        "notes": {"type": "string", "writeOnly": True},
        "account": {
            "type": "object",
            "properties": {"inner": PASSWORD, "list": {"type": "array", "items": {"properties": {"item": PASSWORD}}}},
        },
        "long": {"allOf": [PASSWORD]},
        "pin": {"type": "integer", "format": "password"},
        **dict.fromkeys(("client_secret", "apiKey", "token", "password", "resetToken", "fine"), STRING),
    },
}
OK = [{"condition": "$statusCode == 200"}]


def _step(step_id: str, operation: str, payload: Any = None, **fields: Any) -> dict[str, Any]:
    body = {} if payload is None else {"requestBody": {"contentType": "application/json", "payload": payload}}
    return {"stepId": step_id, "operationId": operation, "successCriteria": OK, **body, **fields}


def workflow() -> dict[str, Any]:
    """A description whose steps send and receive secrets in every place."""
    login = _step(
        "login",
        "login",
        {
            "user": "svc",
            "phrase": "$inputs.phrase",
            "client_secret": "$inputs.client_secret",
            "note": "before {$inputs.notes} after",
            "blob": "$inputs.long",
            "account": "$inputs.account",
        },
        outputs={
            "accessToken": "$response.body#/accessToken",
            "declared": "$response.body#/declared",
            "sessionToken": "$response.body#/data/blob",
            "everything": "$response.body",
            "sent": "$request.body#/phrase",
            "cookie": "$response.header.Set-Cookie",
        },
        successCriteria=[
            *OK,
            {"condition": "$response.body#/accessToken != $inputs.phrase"},
            {"context": "$response.body#/declared", "type": "regex", "condition": "^d3c.*$"},
            {"context": "$response.body", "type": "jsonpath", "condition": "$[?length(@.accessToken) > 3]"},
        ],
    )  # fmt: skip
    reset = _step(
        "reset",
        "reset",
        parameters=[
            {"name": "resetToken", "in": "path", "value": "$inputs.resetToken"},
            {"name": "session_token", "in": "query", "value": "$steps.login.outputs.sessionToken"},
            {"name": "hint", "in": "query", "value": "$inputs.account#/inner"},
        ],
        successCriteria=[
            *OK,
            {"context": "$response.body", "type": "xpath", "condition": "string-length(//secret) > 3"},
        ],
        outputs={"secret": "$response.body"},
    )
    form = _step("form", "form", successCriteria=[{"condition": "$statusCode == 302"}])
    form["requestBody"] = {
        "contentType": "application/x-www-form-urlencoded",
        "payload": {"grant": "x", "client_secret": "$inputs.client_secret", "phrase": "$inputs.phrase"},
    }
    form["outputs"] = {"where": "$response.header.Location"}
    grant = _step("grant", "grant")
    grant["requestBody"] = {**form["requestBody"], "payload": {"token": "$inputs.token"}}
    upload = _step("upload", "upload")
    upload["requestBody"] = {
        "contentType": "multipart/form-data",
        "payload": {"apiKey": "$inputs.apiKey", "phrase": "$inputs.phrase", "plain": "{$inputs.long}"},
    }
    legacy = _step("legacy", "legacy")
    legacy["requestBody"] = {
        "contentType": "application/xml",
        "payload": "<login token='{$steps.login.outputs.cookie}'><password>{$inputs.password}</password></login>",
    }
    flaky = _step(
        "flaky",
        "flaky",
        {"again": "$steps.login.outputs.sessionToken"},
        onFailure=[
            {"name": "again", "type": "retry", "retryLimit": 2, "criteria": [{"condition": "$statusCode == 503"}]}
        ],
    )
    check = _step(
        "check",
        "check",
        {"token": "$inputs.token", "fine": "$inputs.fine", "pin": "$inputs.pin"},
        successCriteria=[
            *OK,
            {"condition": "$request.body#/token == $response.body#/accepted"},
            {"condition": "$response.body#/accepted == $steps.login.outputs.declared"},
            {"context": "$response.body#/accepted", "type": "regex", "condition": "^never$"},
            {"context": "$response.body", "type": "jsonpath", "condition": "$[?@.accepted == 'never']"},
        ],
        onFailure=[{"name": "giveUp", "type": "end", "criteria": [{"condition": "$response.body#/accepted != null"}]}],
    )
    main = {
        "workflowId": "main",
        "inputs": INPUTS,
        "steps": [
            login,
            reset,
            form,
            grant,
            upload,
            legacy,
            flaky,
            {
                "stepId": "child",
                "workflowId": "sub",
                "parameters": [
                    {"name": "given", "value": "$inputs.account#/list/0/item"},
                    {"name": "key", "value": "$inputs.apiKey"},
                ],
                "outputs": {"taken": "$outputs.taken"},
            },
            check,
        ],
        "outputs": {
            "accessToken": "$steps.login.outputs.accessToken",
            "minted": "$steps.login.outputs.sessionToken",
            "taken": "$steps.child.outputs.taken",
            "everything": "$steps.login.outputs.everything",
            "fine": "$inputs.fine",
        },
    }
    sub = {
        "workflowId": "sub",
        "inputs": {"type": "object", "properties": {"given": PASSWORD, "key": STRING}},
        "steps": [_step("inSub", "flaky", {"given": "$inputs.given", "key": "$inputs.key"})],
        "outputs": {"taken": "$inputs.given"},
    }
    return {
        "arazzo": "1.0.1",
        "info": {"title": "Vault", "version": "1"},
        "sourceDescriptions": [{"name": "vault", "url": "openapi.json", "type": "openapi"}],
        "workflows": [main, sub],
        "components": {"inputs": {"Phrase": PASSWORD}},
    }


def _lenient(document: dict[str, Any]) -> dict[str, Any]:
    """Without the criteria of `check` that no answer meets."""
    read = {"condition": "$response.body#/accepted == $steps.login.outputs.declared"}
    document["workflows"][0]["steps"][-1]["successCriteria"] = [*OK, read]
    return document


@dataclass
class Vault:
    """The folder with the description, and the server, which knows one set of secrets."""

    folder: Path
    server: ScriptedServer
    command: Command
    secrets: Secrets = field(default_factory=Secrets)

    def __post_init__(self) -> None:
        self.write("openapi.json", openapi(self.server.url))
        self.write("main.arazzo.json", workflow())
        self.write("happy.arazzo.json", _lenient(workflow()))
        self.answer()

    def write(self, name: str, content: Any) -> Path:
        path = self.folder / name
        path.write_text(content if isinstance(content, str) else json.dumps(content, indent=1), encoding="utf-8")
        return path

    @property
    def inputs(self) -> dict[str, Any]:
        """The inputs of the workflow."""
        own = self.secrets.inputs
        flat = ("phrase", "notes", "client_secret", "apiKey", "token", "password", "long", "resetToken")
        account = {"name": "plainname", "inner": own["inner"], "list": [{"item": own["item"]}], "authKey": own["key"]}
        return {**{name: own[name] for name in flat}, "account": account, "pin": 90210, "fine": "visible-text"}

    @property
    def auth(self) -> dict[str, str]:
        return dict(self.secrets.credentials)

    @property
    def variables(self) -> dict[str, dict[str, str]]:
        return {"vault": {"accessKey": self.secrets.other["server"]}}

    @property
    def prefix(self) -> str:
        return "/" + quote(self.secrets.other["server"], safe="+=")

    def answer(self, *, refuse: bool = False) -> None:
        """Script the answers; with `refuse` the last step fails over a body that holds secrets."""
        got, given, on = self.secrets.received, self.secrets.inputs, self._on
        echo = " ".join((given["phrase"], quote(given["phrase"], safe=""), quote_plus(given["long"])))
        login = {
            "accessToken": got["accessToken"],
            "declared": got["declared"],
            "list": [{"deep": got["deep"], "pin": 4711, "otp": got["short"]}],
            "data": {"blob": got["minted"]},
            "echo": echo,
            "encoded": base64.b64encode(f"svc:{given['client_secret']}".encode()).decode(),
            "later": base64.b64encode(f"x{got['accessToken']}".encode()).decode(),
            "nested": json.dumps({"inside": given["phrase"]}),
        }
        cookies = {"Set-Cookie": f"sid={got['session']}; Path=/; HttpOnly", "X-Refresh-Token": got["header"]}
        on("POST", "/login", Answer(json=login, headers=cookies))
        xml = f"<r><secret>{got['xml']}</secret><echo>{got['session']}</echo></r>"
        reset = quote(given["resetToken"], safe="")
        on("GET", f"/reset/{reset}", Answer(body=xml, headers={"Content-Type": "application/xml"}))
        code, fragment = quote(got["code"], safe=""), quote_plus(got["fragment"])
        where = f"https://app.test/cb?state=1&access_token={code}#id_token={fragment}"
        on("POST", "/form", Answer(302, headers={"Location": where}))
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        on("POST", "/grant", Answer(body=f"token_type=x&access_token={quote_plus(got['form'])}", headers=kind))
        on("POST", "/upload", Answer(json={"seen": got["session"], "form": got["form"], "code": got["code"]}))
        on("POST", "/legacy", Answer(json={"seen": f"x {got['xml']} {got['fragment']} {got['header']}"}))
        busy = {"error": f"{got['minted']} is being looked at, {got['short']}"}
        on("POST", "/flaky", Answer(503, json=busy), Answer(json={"ok": True}))
        refused = Answer(403, json={"accepted": got["declared"], "why": f"'{given['token']}' is not known", "n": 1})
        on("POST", "/check", refused if refuse else Answer(json={"accepted": got["declared"]}))

    def run(self, document: str, *options: str, auth: bool = True) -> Ran:
        """`arazzo-run DOCUMENT` in this process, with every input and credential."""
        self.write("inputs.json", self.inputs)
        given = [f"--auth={name}={value}" for name, value in self.auth.items()] if auth else []
        server = f"vault.accessKey={self.secrets.other['server']}"
        return self.command(
            document, "-w", "main", "--inputs", "inputs.json", "-s", server, "--no-cache", *given, *options
        )

    def _on(self, method: str, path: str, *answers: Answer) -> None:
        self.server.on(f"{method} {self.prefix}{path}", *answers)
