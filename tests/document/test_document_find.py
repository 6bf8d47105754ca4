"""Which files are Arazzo descriptions (interface, "Words and files")."""

from __future__ import annotations

from pathlib import Path

import pytest

from arazzo_runner.document import find_arazzo_files, looks_like_arazzo, read


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", "arazzo: 1.0.1\n"), ("a.yml", "# note\n---\narazzo: 1.0.1\n"), ("a.YAML", "'arazzo': 1.0.1\n"),
        ("a.yaml", "info: {title: t}\n\narazzo: 1.0.1\n"), ("a.yaml", '"arazzo" : 1.0.1\r\n'),
        ("a.yaml", "  arazzo: 1.0.1\n  info: {}\n"), ("a.yaml", "%YAML 1.2\n---\narazzo: 1.1.0\n"),
        ("a.yaml", "\ufeffarazzo: 1.0.1\n"), ("a.yaml", "{arazzo: 1.0.1, info: {}}"), ("a.yaml", "arazzo:\n  1.0.1\n"),
        ("a.json", '{"arazzo": "1.0.1"}'),
        ("a.json", '\n{\n  "info": {"x": ["}"], "openapi": 1},\n  "arazzo": "1.0.1"}'),
        ("a.json", '{"arazzo": "1.0.1", "workflows": [' + " " * 100_000),
        ("a.yaml", '{"info": "x", "arazzo": "1.0.1"}'),
    ],
)  # fmt: skip
def test_a_root_key_arazzo_makes_an_arazzo_file(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8", newline="")

    assert looks_like_arazzo(path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yaml", "openapi: 3.1.0\ninfo:\n  arazzo: 1\n"), ("a.yaml", "Arazzo: 1.0.1\n"), ("a.yaml", "arazzos: 1\n"),
        ("a.yaml", "- arazzo: 1.0.1\n"), ("a.yaml", "text: |\n  arazzo: 1.0.1\n"), ("a.yaml", "# arazzo: 1.0.1\n"),
        ("a.json", '{"openapi": "3.1.0", "x": {"arazzo": 1}}'), ("a.json", '{"x": ", \\"arazzo\\": 1"}'),
        ("a.json", '{"x": "arazzo", "y": "arazzo: 1"}'), ("a.json", '[{"arazzo": 1}]'),
        ("a.json", '{"a": [{"arazzo": "1"}]}'),
        ("a.txt", "arazzo: 1.0.1\n"), ("arazzo", "arazzo: 1.0.1\n"), ("a.yaml", ""), ("a.yaml", "arazzo:1\n"),
    ],
)  # fmt: skip
def test_everything_else_is_none(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")

    assert not looks_like_arazzo(path)


def test_other_encodings_are_looked_at_by_their_mark(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes("arazzo: 1.0.1\n".encode("utf-16"))

    assert looks_like_arazzo(path)


def test_only_the_start_of_a_file_is_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("info: {}\n" + "# note\n" * 20_000 + "arazzo: 1.0.1\n")

    assert not looks_like_arazzo(path)


def test_folders_and_files_that_cannot_be_read_are_none(tmp_path: Path) -> None:
    (tmp_path / "folder.yaml").mkdir()

    assert not looks_like_arazzo(tmp_path / "folder.yaml")
    assert not looks_like_arazzo(tmp_path / "missing.yaml")
    assert not looks_like_arazzo(tmp_path / "null\0.yaml")


def test_a_folder_is_searched_without_what_nobody_means(tmp_path: Path) -> None:
    wanted = ["b.yaml", "a/one.json", "a/deep/er/two.yml", "env/three.yaml"]
    unwanted = [".git/x.yaml", "a/.hidden/x.yaml", "node_modules/p/x.yaml", "a/node_modules/x.yaml", ".venv/x.yaml",
                "mine/x.yaml", "venv/lib/x.yaml", "conda/x.yaml"]  # fmt: skip
    for name in wanted + unwanted:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text('{"arazzo": "1.0.1"}')
    (tmp_path / "mine" / "pyvenv.cfg").write_text("")
    (tmp_path / "conda" / "conda-meta").mkdir()
    (tmp_path / "a" / "openapi.yaml").write_text("openapi: 3.1.0\n")

    found = [path.relative_to(tmp_path).as_posix() for path in find_arazzo_files(tmp_path)]

    assert sorted(found) == sorted(wanted)
    assert found == [path.relative_to(tmp_path).as_posix() for path in find_arazzo_files(tmp_path)]


def test_the_look_agrees_with_the_reading_over_the_corpus(shared: Path) -> None:
    corpus = shared / "corpus"
    paths = [
        p for p in sorted(corpus.rglob("*")) if p.suffix in (".yaml", ".yml", ".json") and p.stat().st_size < 60_000
    ]

    wrong = [
        str(path)
        for path in paths
        if looks_like_arazzo(path)
        != (read(path.read_bytes(), uri=path.name, name=path.name, positions=False).kind == "arazzo")
    ]

    assert paths
    assert wrong == []
