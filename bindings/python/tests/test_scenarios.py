"""Every scenario holds through the Python package, and a wrong expectation is seen."""

import json
import os
import pathlib

import pytest
from scenario import Differs, Player, files

FOLDER = pathlib.Path(os.environ["WAYSIDE_SCENARIOS"])
FILES = files(FOLDER)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_scenario(file, hq, tmp_path):
    Player(file, hq, tmp_path / "vault").play()


def test_there_are_scenarios():
    assert len(FILES) >= 20


@pytest.mark.parametrize("drop", ["cause", "refusal"])
def test_a_change_of_what_is_expected_is_seen(drop, hq, tmp_path):
    scenario = json.loads((FOLDER / "gates-in-order.json").read_text())
    steps = scenario["steps"]
    if drop == "cause":
        steps.pop(-2)
    else:
        next(step for step in steps if "refused" in step)["refused"] = "session.closed"
    altered = tmp_path / "altered.json"
    altered.write_text(json.dumps(scenario))
    with pytest.raises(Differs, match="step"):
        Player(altered, hq, tmp_path / "vault").play()
