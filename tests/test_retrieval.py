"""Where documents come from: the root, links, http, what a document that came by URL may read (interface, "Root")."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from scripted import Answer, ScriptedServer, arazzo_of, openapi_of

import arazzo_runner
from arazzo_runner.drivers.transports.httpx_ import HttpxTransport
from arazzo_runner.errors import DocumentError, SourceMissing, Unavailable
from arazzo_runner.limits import Limits
from arazzo_runner.retrieval import Retriever, find_descriptions, find_root
from arazzo_runner.values import dumps

TEXT = b'{"openapi": "3.1.0"}'


@pytest.fixture
def fetch() -> Iterator[HttpxTransport]:
    transport = HttpxTransport()
    yield transport
    transport.close()


def folder(path: Path, **files: bytes | str) -> Path:
    path.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# -- the root -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("marker", [".git", "pyproject.toml", ".arazzo-run.toml"])
def test_the_root_is_the_nearest_ancestor_with_a_marker(tmp_path: Path, marker: str):
    project = folder(tmp_path / "outer" / "project")
    folder(project / "deep" / "deeper")
    (project / marker).mkdir()
    (tmp_path / "outer" / ".git").mkdir()

    assert find_root(project / "deep" / "deeper" / "main.yaml") == project
    assert find_root(project / "main.yaml") == project


def test_without_a_marker_the_root_is_the_parent_of_the_folder(tmp_path: Path):
    deep = folder(tmp_path / "a" / "b")
    if any((up / name).exists() for up in tmp_path.parents for name in (".git", "pyproject.toml", ".arazzo-run.toml")):
        pytest.skip("the folder for temporary files lies in a project")

    assert find_root(deep / "main.yaml") == tmp_path / "a"


# -- local files ----------------------------------------------------------------------------------------------------


def test_a_file_under_the_root_is_read(tmp_path: Path):
    root = folder(tmp_path / "root")
    file = folder(root / "ä b") / "x%y.json"
    file.write_bytes(TEXT)

    got = Retriever(root, fetch=None)(file.as_uri())

    assert (got.data, got.uri) == (TEXT, file.as_uri())


@pytest.mark.parametrize("through", ["dots", "a link to a file", "a link to a folder", "a root that is a link"])
def test_a_file_is_judged_by_where_it_really_is(tmp_path: Path, through: str):
    root, outside = folder(tmp_path / "root"), folder(tmp_path / "outside", **{"x.json": TEXT})
    target, refused = root / ".." / "outside" / "x.json", True
    if through == "a link to a file":
        target = root / "x.json"
        target.symlink_to(outside / "x.json")
    elif through == "a link to a folder":
        (root / "link").symlink_to(outside)
        target = root / "link" / "x.json"
    elif through == "a root that is a link":
        (tmp_path / "other").symlink_to(outside)
        root, target, refused = tmp_path / "other", tmp_path / "other" / "x.json", False
    retrieve = Retriever(root, fetch=None)

    if refused:
        with pytest.raises(SourceMissing, match="outside of") as caught:
            retrieve(target.as_uri() if through != "dots" else f"file://{target}")
        assert "--root" in str(caught.value)
    else:
        assert retrieve(target.as_uri()).data == TEXT


def test_a_link_that_stays_under_the_root_is_followed(tmp_path: Path):
    root = folder(tmp_path / "root", **{"x.json": TEXT})
    (root / "link.json").symlink_to(root / "x.json")

    assert Retriever(root, fetch=None)((root / "link.json").as_uri()).data == TEXT


@pytest.mark.parametrize("kind", ["absent", "a folder", "a loop", "a pipe", "a name with a zero"])
def test_what_is_no_file_is_told(tmp_path: Path, kind: str):
    path = tmp_path / "x.json"
    match kind:
        case "a folder":
            path.mkdir()
        case "a loop":
            path.symlink_to(path)
        case "a pipe":
            os.mkfifo(path)
        case _:
            pass
    uri = path.as_uri() + ("%00" if kind == "a name with a zero" else "")

    with pytest.raises(SourceMissing, match=r"x\.json"):
        Retriever(tmp_path, fetch=None)(uri)


def test_a_file_above_the_bound_is_told_before_it_is_read(tmp_path: Path):
    (tmp_path / "x.json").write_bytes(b" " * 101)

    with pytest.raises(SourceMissing, match="100 bytes"):
        Retriever(tmp_path, fetch=None, limits=Limits(max_document=100))((tmp_path / "x.json").as_uri())


@pytest.mark.parametrize("uri", ["memory:/x", "ftp://x/y", "urn:a:b", "x.json"])
def test_other_schemes_have_to_be_supplied(tmp_path: Path, uri: str):
    with pytest.raises(SourceMissing, match="--source"):
        Retriever(tmp_path, fetch=None)(uri)


# -- remote documents -----------------------------------------------------------------------------------------------


def test_a_url_is_fetched_without_credentials(server: ScriptedServer, fetch: HttpxTransport):
    server.on("GET /x.json", Answer(200, body=TEXT))

    got = Retriever(None, fetch=fetch)(f"{server.url}/x.json?v=1")

    assert (got.data, got.uri) == (TEXT, f"{server.url}/x.json?v=1")
    assert "authorization" not in server.requests[0].headers


def test_a_redirect_moves_the_base(server: ScriptedServer, fetch: HttpxTransport):
    server.on("GET /x", Answer(302, headers={"Location": "deep/y"})).on("GET /deep/y", Answer(200, body=TEXT))

    assert Retriever(None, fetch=fetch)(f"{server.url}/x").uri == f"{server.url}/deep/y"


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(404), "404"),
        (Answer(204), "204"),
        (Answer(302, headers={"Location": "/x"}), "redirects more than"),
        (Answer(302, headers={"Location": "file:///etc/passwd"}), "http"),
        (Answer(302, headers={"Location": "http://[bad"}), "no URL"),
        (Answer(drop=True), "127.0.0.1"),
        (Answer(200, body=b"x" * 200), "100 bytes"),
    ],
)
def test_a_url_that_cannot_be_fetched_is_unavailable(
    server: ScriptedServer, fetch: HttpxTransport, answer: Answer, words: str
):
    server.on("GET /x", answer)

    with pytest.raises(Unavailable, match=words):
        Retriever(None, fetch=fetch, limits=Limits(max_document=100))(f"{server.url}/x")


def test_nothing_is_fetched_without_a_transport(server: ScriptedServer):
    with pytest.raises(Unavailable, match="nothing may be fetched"):
        Retriever(None, fetch=None)(f"{server.url}/x")


# -- documents that came by URL -------------------------------------------------------------------------------------


def remote_workflow(server: ScriptedServer, source: str, **openapi: Any) -> str:
    arazzo = arazzo_of({"steps": [{"stepId": "get", "operationId": "get"}]})
    arazzo["sourceDescriptions"][0]["url"] = source
    server.on("GET /main.json", arazzo).on("GET /things", {})
    description = openapi_of("get GET /things", **openapi)
    description["servers"] = [{"url": server.url}]
    server.on("GET /openapi.json", description)
    return f"{server.url}/main.json"


def test_a_description_that_came_by_url_runs_with_sources_beside_it(server: ScriptedServer):
    result = arazzo_runner.run(remote_workflow(server, "openapi.json"), env={}, cache=False)

    assert result.status == "succeeded"
    assert server.lines == ["GET /main.json", "GET /openapi.json", "GET /things"]


def test_a_description_that_came_by_url_reads_no_local_file(server: ScriptedServer, tmp_path: Path):
    local = tmp_path / "openapi.json"
    local.write_bytes(TEXT)

    with pytest.raises(DocumentError, match="came by URL"):
        arazzo_runner.run(remote_workflow(server, local.as_uri()), env={}, cache=False)

    assert server.lines == ["GET /main.json"]


def test_a_local_file_that_is_named_by_its_user_is_read(server: ScriptedServer, tmp_path: Path):
    local = tmp_path / "openapi.json"
    url = remote_workflow(server, "elsewhere.json")
    local.write_text(dumps(openapi_of("get GET /things")))

    result = arazzo_runner.run(url, env={}, cache=False, sources={"api": str(local)}, servers={"": server.url})

    assert result.status == "succeeded"


SECURED = {
    "components": {"securitySchemes": {"key": {"type": "apiKey", "in": "header", "name": "X-Key"}}},
    "security": [{"key": []}],
}


@pytest.mark.parametrize(
    ("options", "sent"),
    [
        ({}, None),
        ({"allow_hosts": ("127.0.0.1",)}, "from-env"),
        ({"servers": {"": "SERVER"}}, "from-env"),
        ({"auth": {"key": "given"}}, None),
        ({"auth": {"key": "given"}, "allow_hosts": ("127.0.0.1",)}, "given"),
    ],
)
def test_a_description_that_came_by_url_gets_no_credential_until_its_host_is_named(
    server: ScriptedServer, options: dict[str, Any], sent: str | None
):
    url = remote_workflow(server, "openapi.json", **SECURED)
    if "servers" in options:
        options = {"servers": {"": server.url}}

    arazzo_runner.run(url, env={"ARAZZO_AUTH_KEY": "from-env"}, cache=False, **options)

    assert server.requests[-1].headers.get("x-key") == sent


def test_a_local_description_with_a_remote_source_gives_it_no_credential_either(server: ScriptedServer, tmp_path: Path):
    remote_workflow(server, "openapi.json", **SECURED)
    arazzo = arazzo_of({"steps": [{"stepId": "get", "operationId": "get"}]})
    arazzo["sourceDescriptions"][0]["url"] = f"{server.url}/openapi.json"
    file = tmp_path / "main.json"
    file.write_text(dumps(arazzo))

    arazzo_runner.run(file, env={"ARAZZO_AUTH_KEY": "from-env"}, cache=False)

    assert server.requests[-1].path == "/things"
    assert "x-key" not in server.requests[-1].headers


# -- what could stand in for a missing source -----------------------------------------------------------------------


def test_descriptions_are_found_by_the_operations_they_define(tmp_path: Path):
    folder(tmp_path / "a", **{"one.json": dumps(openapi_of("get GET /x"))})
    folder(tmp_path / "b", **{"two.yaml": "openapi: 3.0.0\npaths:\n  /x:\n    get: {operationId: get}\n    put:\n"
                                          "      operationId: 'put'\n"})  # fmt: skip
    folder(tmp_path / "node_modules", **{"three.json": dumps(openapi_of("get GET /x"))})
    folder(tmp_path / "c", **{"none.json": '{"operationId": "get"}', "broken.yaml": b"\xff openapi"})

    found = find_descriptions(tmp_path, ["get", "put"])

    assert found == [(tmp_path / "b" / "two.yaml", 2), (tmp_path / "a" / "one.json", 1)]


def test_a_missing_source_says_what_to_type(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(folder(tmp_path / "work"))
    folder(tmp_path / "work" / "moved", **{"api.json": dumps(openapi_of("get GET /x"))})
    steps = [{"stepId": "a", "operationId": "get"}, {"stepId": "b", "operationId": "other"}]
    arazzo = arazzo_of({"steps": steps})
    arazzo["sourceDescriptions"][0]["url"] = "openapi.json"
    Path("main.json").write_text(dumps(arazzo))

    with pytest.raises(DocumentError) as caught:
        arazzo_runner.run("main.json", cache=False)

    assert "--source api=moved/api.json defines 1 of 2" in str(caught.value)
    assert "main.json:" in str(caught.value)


def test_a_reference_in_a_description_that_came_by_url_reads_no_local_file(server: ScriptedServer, tmp_path: Path):
    secret = tmp_path / "secret.json"
    secret.write_text('{"get": {"operationId": "get", "responses": {"200": {"description": "ok"}}}}')
    description = {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "servers": [{"url": server.url}],
        "paths": {"/x": {"$ref": secret.as_uri()}},
    }
    server.on("GET /openapi.json", description)
    sources = [{"name": "api", "url": f"{server.url}/openapi.json", "type": "openapi"}]
    arazzo = arazzo_of({"steps": [{"stepId": "a", "operationId": "get"}]}, sourceDescriptions=sources)

    loaded = arazzo_runner.load(arazzo, root=tmp_path, cache=False)

    (finding,) = [d for d in loaded.link().diagnostics if d.severity == "error"]
    assert finding.code == "ARZ203"
    assert server.lines == ["GET /openapi.json"]
