"""HQ as a person has it: the program `wayside`, called as a process."""

import json
import os
import pathlib
import subprocess
import tempfile


# A worker with every training and no office.
ROLE = "interviewer trained specialist child_protection"

# Staff codes of the two who order a wipe together. Their passphrases are the desk's.
OFFICERS = ("ko-1", "ko-2")


class Hq:
    """The relay and the desk that were started for these tests."""

    def __init__(self):
        self.program = os.environ["WAYSIDE_BIN"]
        self.desk_dir = os.environ["WAYSIDE_DESK_DIR"]
        self.pin_file = os.environ["WAYSIDE_DESK_PIN_FILE"]
        scenarios = pathlib.Path(os.environ["WAYSIDE_SCENARIOS"])
        self.desk("hand-out", "services", str(scenarios / "demo/services.json"))
        for form in ["forms/household.xml", "forms/shelters.xml"]:
            self.desk("hand-out", "form", str(scenarios / form))

    def desk(self, *arguments):
        """Runs `wayside desk …` and reads its JSON."""
        desk = ["desk", "--dir", self.desk_dir, "--pin-file", self.pin_file]
        done = subprocess.run([self.program, "--json", *desk, *arguments], stdout=subprocess.PIPE, check=True)
        return json.loads(done.stdout)

    def answer_bundle(self, bundle):
        """Takes a bundle in and gives back one with what is for its devices."""
        with tempfile.TemporaryDirectory() as folder:
            came, goes = pathlib.Path(folder) / "came", pathlib.Path(folder) / "goes"
            came.write_bytes(bundle)
            taken = self.desk("bundle", "import", str(came))
            self.desk("bundle", "export", "--out", str(goes), *taken["devices"])
            return goes.read_bytes()

    def hand_out(self, what, file, changes, device, options=()):
        """Hands a file out to one device as a trial, changed at some places, and without the desk's own checks."""
        with tempfile.TemporaryDirectory() as folder:
            path = file
            if changes:
                path = pathlib.Path(folder) / "changed.json"
                path.write_text(json.dumps(changed(json.loads(file.read_text()), changes)))
            # The sound beside the file goes along; with a changed one it does not, for the device has it.
            self.desk("hand-out", what, str(path), "--device", device, "--unchecked", *options)

    def enrolment_record(self, role=None):
        """A fresh record, as its QR code would carry it."""
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "record"
            self.desk("enrol", "--role", role or ROLE, "--site", "SITE-1", "--worker", "W1", "--out", str(file))
            return file.read_text().strip()

    def confirm(self, device):
        """What a person does after comparing the words."""
        self.desk("pull")
        self.desk("devices", "confirm", device)

    def wipe(self, device, signatures):
        """Asks for a device to be wiped, and lets so many officers sign. They get their slots with the first order."""
        if not self.desk("people", "list"):
            for officer in OFFICERS:
                role = ["--role", "key-officer", "--kdf", "floor"]
                self.desk("people", "add", officer, *role, "--slot-pin-file", self.pin_file)
        number = self.desk("wipe", "ask", device)["order"]
        for officer in OFFICERS[:signatures]:
            self.desk(
                "wipe", "approve", device, "--order", str(number), "--as", officer, "--slot-pin-file", self.pin_file
            )


def changed(document, changes):
    """A document with other values at some places; `None` takes out what is there."""
    for place, value in changes:
        inside = document
        for step in place[:-1]:
            inside = inside[step]
        if value is None:
            del inside[place[-1]]
        else:
            inside[place[-1]] = value
    return document
