"""A confirmed device for each test that asks for one."""

import pytest
import wayside
from host import SECRET, Http, MemoryKeys
from hq import Hq


@pytest.fixture(scope="session")
def hq():
    return Hq()


class Device:
    """A vault folder, its key store, and the vault while it is open."""

    def __init__(self, folder, hq):
        self.folder = str(folder)
        self.keys = MemoryKeys()
        options = wayside.EnrolOptions(directory=self.folder, record=hq.enrolment_record())
        self.vault = wayside.Vault.enrol(options, SECRET, self.keys, Http())
        self.hq = hq

    def make_ready(self):
        """HQ confirms it, and it fetches what HQ has for it."""
        self.hq.confirm(self.vault.status().device)
        self.sync()
        self.vault.apply_received()

    def open(self, secret=SECRET, keys=None, training_clock=None):
        self.vault.lock()
        options = wayside.OpenOptions(directory=self.folder, training_clock=training_clock)
        self.vault = wayside.Vault.open(options, secret, keys or self.keys)
        return self.vault

    def sync(self):
        return self.vault.sync(Http(), wayside.CancelToken())


@pytest.fixture
def device(tmp_path, hq):
    device = Device(tmp_path / "vault", hq)
    yield device
    device.vault.lock()
