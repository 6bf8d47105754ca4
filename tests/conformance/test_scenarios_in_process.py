"""Every scenario of the suite holds for our engine: replayed in process, without sockets or waiting."""

from __future__ import annotations

from pathlib import Path

import pytest
from in_process import play

from conformance.harness.scenario import Scenario, load


@pytest.mark.parametrize("scenario", load(), ids=lambda scenario: scenario.id)
def test_our_engine_does_what_the_scenario_expects(scenario: Scenario, tmp_path: Path) -> None:
    judgement = play(scenario, tmp_path)

    assert judgement.problems == ()
    assert judgement.verdict in ("pass", "compared")
