"""What every test may use: the folder of outside material, found through ARAZZO_SHARED."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from keyrings_of_tests import MemoryKeyring
from plugged import IS_INSTALLED
from scripted import Bench, ScriptedServer

ROOT = Path(__file__).resolve().parent.parent

# An installation that is older than the plugin does not name it.
pytest_plugins = ["pytester", *([] if IS_INSTALLED else ["arazzo_runner.pytest_plugin"])]


def shared_folder() -> Path | None:
    """The folder with specifications, schemas and the corpus, or None on a machine without it."""
    folder = Path(os.environ.get("ARAZZO_SHARED", ROOT.parent / "shared"))
    return folder if folder.is_dir() else None


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of outside material; the test is skipped where it is absent."""
    folder = shared_folder()
    if folder is None:
        pytest.skip("the folder of specifications and corpus is not here (set ARAZZO_SHARED)")
    return folder


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    """A scripted server on loopback."""
    scripted = ScriptedServer()
    yield scripted
    scripted.close()


@pytest.fixture
def bench(server: ScriptedServer) -> Bench:
    """Runs descriptions against the scripted server."""
    return Bench(server)


@pytest.fixture
def memory_keyring() -> Iterator[MemoryKeyring]:
    """A keyring of the test's own in place of the system's."""
    import keyring

    before, mine = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(mine)
    yield mine
    keyring.set_keyring(before)


@pytest.fixture
def no_keyring() -> Iterator[None]:
    """A system without a keyring, as `keyring` itself shows it."""
    import keyring
    from keyring.backends.fail import Keyring

    before = keyring.get_keyring()
    keyring.set_keyring(Keyring())
    yield
    keyring.set_keyring(before)
