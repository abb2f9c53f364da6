"""A confirmed device for each test that asks for one."""

import pathlib
import shutil

import pytest
import wayside
from host import SECRET, Http, MemoryKeys
from hq import Hq


@pytest.fixture(scope="session")
def hq():
    return Hq()


class Device:
    """A vault folder, its key store, and the vault while it is open."""

    def __init__(self, folder, hq, role=None):
        self.folder = str(folder)
        self.keys = MemoryKeys()
        self.hq = hq
        self.record = hq.enrolment_record(role)
        self.vault = self.enrol(self.record)

    def enrol(self, record):
        options = wayside.EnrolOptions(directory=self.folder, record=record)
        return wayside.Vault.enrol(options, SECRET, self.keys, Http())

    def make_ready(self):
        """HQ confirms it, and it fetches what HQ has for it."""
        self.hq.confirm(self.vault.status().device)
        self.sync()
        self.vault.apply_received()

    def open(self, secret=SECRET, keys=None, training_clock=None, lock=True):
        if lock:
            self.vault.lock()
        options = wayside.OpenOptions(directory=self.folder, training_clock=training_clock)
        self.vault = wayside.Vault.open(options, secret, keys or self.keys)
        return self.vault

    def train(self, beside, training_clock=None):
        """A vault for training in the folder beside, alone or with what this one has."""
        folder = str(pathlib.Path(self.folder).with_name("training"))
        options = wayside.OpenOptions(directory=folder, training_clock=training_clock)
        make = self.vault.train_beside if beside else wayside.Vault.train
        training = make(options, SECRET, self.keys)
        self.go_to("training")
        self.vault = training
        self.vault.install_built_in()

    def worker(self, number, training_clock=None):
        """The vault of another worker on the same phone; the first is in `vault`."""
        self.go_to(self.name_of(number))
        is_new = not wayside.vault_is_present(self.folder)
        if is_new:
            self.vault = self.enrol(self.hq.enrolment_record())
        self.open(training_clock=training_clock).install_built_in()
        if is_new:
            self.make_ready()

    @staticmethod
    def name_of(number):
        return "vault" if number == 1 else f"vault{number}"

    def folder_of(self, number):
        """The folder of another worker's vault on the same phone."""
        return str(pathlib.Path(self.folder).with_name(self.name_of(number)))

    def keep_files(self):
        """A copy of the vault's files, the vault locked."""
        self.vault.lock()
        self.copy_files(self.folder, self.folder + ".kept")

    def put_files_back(self):
        """As a restored backup does."""
        self.vault.lock()
        self.copy_files(self.folder + ".kept", self.folder)

    @staticmethod
    def copy_files(source, to):
        # The count of guesses stays: its own copy would make the worker wait for an hour first.
        shutil.copytree(source, to, dirs_exist_ok=True, ignore=shutil.ignore_patterns("guesses"))

    def go_to(self, name):
        self.vault.lock()
        self.folder = str(pathlib.Path(self.folder).with_name(name))

    def sync(self):
        return self.vault.sync(Http(), wayside.CancelToken())


@pytest.fixture
def device(tmp_path, hq):
    device = Device(tmp_path / "vault", hq)
    yield device
    device.vault.lock()
