"""Every scenario holds through the Python package, and none without what it is about."""

import json
import os
import pathlib

import pytest
import wayside
from scenario import Differs, Player, files, without_cause

FOLDER = pathlib.Path(os.environ["WAYSIDE_SCENARIOS"])
FILES = files(FOLDER)
# Playing every file twice takes minutes: all of them with `cargo xtask scenarios --causes`, some with every run of the tests.
SOME = FILES if "WAYSIDE_CAUSES" in os.environ else FILES[::8]


def read(file):
    return json.loads(file.read_text())


def play(scenario, hq, tmp_path):
    Player(scenario, FOLDER, hq, tmp_path / "vault").play()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_scenario(file, hq, tmp_path):
    play(read(file), hq, tmp_path)


def test_there_are_scenarios():
    assert len(FILES) >= 69


@pytest.mark.parametrize("file", SOME, ids=lambda file: file.stem)
def test_without_its_cause_it_does_not_hold(file, hq, tmp_path):
    with pytest.raises((Differs, wayside.FieldError)):
        play(without_cause(read(file)), hq, tmp_path)


def test_another_refusal_is_seen(hq, tmp_path):
    scenario = read(FOLDER / "gates-in-order.json")
    next(step for step in scenario["steps"] if "refused" in step)["refused"] = "session.closed"
    with pytest.raises(Differs, match="step"):
        play(scenario, hq, tmp_path)
