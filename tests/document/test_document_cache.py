"""The cache of parsed trees: exact, private, bounded, and never in the way."""

from __future__ import annotations

import os
import stat
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from arazzo_runner.document import Registry, Retrieved, TreeCache, cache, read
from arazzo_runner.errors import UnreadableDocument
from arazzo_runner.limits import Limits

VALUES = """\
numbers: [1, 1.0, -0.0, 1e22, 123456789012345678901234567890, 1.00000000000000000001, 1e400, 0.1]
words: [null, true, false, "", "é😀\\u2028", 'null', '1']
empty: [{}, []]
shared: [&a {x: [1]}, *a]
"""
BIG = VALUES + "".join(f"key{n}: some text that fills the file\n" for n in range(1000))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "arazzo-run"


def through(folder: Path, text: str = BIG, *, uri: str = "file:///x.yaml", **options: Any) -> Any:
    return TreeCache(folder).read(text.encode(), uri=uri, name="x.yaml", **options)


def types(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: types(item) for key, item in value.items()}
    if isinstance(value, list):
        return [types(item) for item in value]
    return (type(value), str(value))


def no_reading(*args: object, **options: object) -> Any:
    raise AssertionError("the document was parsed")


def test_a_tree_read_back_is_exactly_the_tree_that_was_parsed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed = through(folder)
    monkeypatch.setattr(cache, "read_tree", no_reading)

    kept = through(folder)

    assert kept.root == parsed.root
    assert types(kept.root) == types(parsed.root)
    assert list(kept.root) == list(parsed.root)
    assert kept.root["numbers"][5] == Decimal("1.00000000000000000001")


def test_a_kept_document_still_has_locations_and_its_own_name(folder: Path) -> None:
    through(folder)

    document = TreeCache(folder).read(BIG.encode(), uri="file:///y.yaml", name="y.yaml")

    assert str(document.location("/words/4")) == "y.yaml:2:32"
    assert (document.uri, document.format) == ("file:///y.yaml", "yaml")


def test_the_registry_reads_through_the_cache(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def retrieve(uri: str) -> Retrieved:
        return Retrieved(BIG.encode(), uri, "x.yaml")

    first = Registry(retrieve, cache=TreeCache(folder)).load("https://h/x")
    monkeypatch.setattr(cache, "read_tree", no_reading)

    assert Registry(retrieve, cache=TreeCache(folder)).load("https://h/x").root == first.root
    assert Registry(retrieve, cache=TreeCache(folder)).load("https://h/x", positions=True).root == first.root


@pytest.mark.parametrize(
    ("text", "uri"), [(VALUES, "file:///x.yaml"), ('{"a": "' + "x" * 50_000 + '"}', "file:///x.json")]
)
def test_what_is_small_or_json_is_not_kept(folder: Path, text: str, uri: str) -> None:
    through(folder, text, uri=uri)

    assert not folder.exists()


def test_a_document_that_is_refused_is_not_kept(folder: Path) -> None:
    for _ in range(2):
        with pytest.raises(UnreadableDocument):
            through(folder, BIG + "key1: again\n")

    assert not folder.exists()


def test_a_tree_that_aliases_make_huge_is_not_kept(folder: Path) -> None:
    text = BIG + "a: &a [" + "x, " * 2000 + "]\nb: [" + "*a, " * 100 + "]\n"

    through(folder, text)

    assert not folder.exists()


def test_other_bounds_do_not_share_a_tree(folder: Path) -> None:
    through(folder)

    with pytest.raises(UnreadableDocument):
        through(folder, limits=Limits(max_depth=2))
    with pytest.raises(UnreadableDocument):
        through(folder, limits=Limits(max_document=100))


def test_another_reader_version_does_not_share_a_tree(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    through(folder)
    monkeypatch.setattr(cache, "READER_VERSION", -1)

    through(folder)

    assert len(list(folder.iterdir())) == 2


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="modes are a matter of POSIX")
def test_the_folder_is_private_and_one_that_is_not_is_ignored(folder: Path) -> None:
    through(folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    [kept] = folder.iterdir()
    kept.unlink()
    folder.chmod(0o777)

    through(folder)

    assert list(folder.iterdir()) == []


def test_the_folder_is_that_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    TreeCache().read(BIG.encode(), uri="x.yaml", name="x")
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    TreeCache().read(BIG.encode(), uri="x.yaml", name="x")

    assert len(list((tmp_path / "xdg" / "arazzo-run").iterdir())) == 1
    assert len(list((tmp_path / "home" / ".cache" / "arazzo-run").iterdir())) == 1


@pytest.mark.parametrize("damage", [b"", b"short", b"\0" * 40_000, "cut", "flipped", "folder"])
def test_a_damaged_file_is_as_if_it_were_not_there(folder: Path, damage: bytes | str) -> None:
    parsed = through(folder)
    [kept] = folder.iterdir()
    content = kept.read_bytes()
    if damage == "folder":
        kept.unlink()
        kept.mkdir()
    elif isinstance(damage, bytes):
        kept.write_bytes(damage)
    else:
        kept.write_bytes(content[:-9] if damage == "cut" else content[:-9] + b"x" + content[-8:])

    assert through(folder).root == parsed.root
    assert damage == "folder" or kept.read_bytes() == content


def test_a_folder_that_cannot_be_made_is_no_matter(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    assert through(tmp_path / "file" / "cache").root == read(BIG.encode(), uri="x", name="x").root
    assert through(tmp_path / "null\0").root == read(BIG.encode(), uri="x", name="x").root


def test_a_full_disk_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(source: object, target: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)

    assert through(folder).root["empty"] == [{}, []]
    assert list(folder.iterdir()) == []


def test_what_was_not_used_for_longest_goes_first(folder: Path) -> None:
    once, again, new = (BIG + f"n: {n}\n" for n in range(3))
    through(folder, once)
    [once_file] = folder.iterdir()
    through(folder, again)
    [again_file] = set(folder.iterdir()) - {once_file}
    os.utime(once_file, (2, 2))
    os.utime(again_file, (1, 1))
    through(folder, again)  # read from the cache: used now

    two = TreeCache(folder, largest=int(once_file.stat().st_size * 2.5))
    two.read(new.encode(), uri="x.yaml", name="x")

    assert not once_file.exists()
    assert again_file.exists()
    assert len(list(folder.iterdir())) == 2
