"""What only a host can get wrong."""

import threading
import time

import pytest
import wayside
from host import SECRET, Http, Lines, MemoryKeys, Steps

WORDS = "Traceback of Amina, +251 911 000000"


def refused(call, *arguments):
    with pytest.raises(wayside.FieldError) as caught:
        call(*arguments)
    return caught.value


def assert_no_words(error):
    assert "Amina" not in f"{error} {error!r} {error.args} {vars(error)}"
    assert all("Amina" not in line.code for line in wayside.recent_log())


def test_a_wrong_secret_has_its_code(device):
    error = refused(device.open, "river copper window meadow candle forty")
    assert error.code == "vault.wrong_secret"
    assert device.open().status().device


def test_a_missing_vault_has_its_code(tmp_path):
    options = wayside.OpenOptions(directory=str(tmp_path / "nothing"))
    assert refused(wayside.Vault.open, options, SECRET, MemoryKeys()).code == "vault.missing"
    assert not wayside.vault_is_present(str(tmp_path / "nothing"))


def test_a_lost_key_is_not_a_wrong_secret(device):
    assert refused(device.open, SECRET, MemoryKeys()).code == "vault.key_lost"
    assert wayside.vault_is_present(device.folder)


class ThrowingKeys(MemoryKeys):
    def mac(self, alias, data):
        raise RuntimeError(WORDS)


class ThrowingHttp(Http):
    def exchange(self, request):
        raise RuntimeError(WORDS)


class ThrowingSteps(wayside.ProgressListener):
    calls = 0

    def on_progress(self, progress):
        self.calls += 1
        raise RuntimeError(WORDS)


def test_words_of_a_key_store_do_not_cross(device):
    error = refused(device.open, SECRET, ThrowingKeys())
    assert error.code == "keystore.unavailable"
    assert_no_words(error)


def test_words_of_a_transport_do_not_cross(device, tmp_path, hq):
    options = wayside.EnrolOptions(directory=str(tmp_path / "other"), record=hq.enrolment_record())
    error = refused(wayside.Vault.enrol, options, SECRET, MemoryKeys(), ThrowingHttp())
    assert error.code.startswith("sync.")
    assert_no_words(error)
    assert not wayside.vault_is_present(options.directory)


def test_a_listener_that_throws_does_not_stop_a_sync(device):
    listener = ThrowingSteps()
    report = device.vault.sync(Http(), wayside.CancelToken(), listener)
    assert report.complete and listener.calls > 0
    assert all("Amina" not in line.code for line in wayside.recent_log())


def test_a_listener_hears_the_sync(device):
    listener = Steps()
    report = device.vault.sync(Http(), wayside.CancelToken(), listener)
    assert report.complete
    assert listener.heard[-1].done == report.progress.done > 0


class DeadLink(wayside.Transport):
    """Answers nothing until somebody aborts it."""

    def __init__(self):
        self.entered, self.ended = threading.Event(), threading.Event()

    def exchange(self, request):
        self.entered.set()
        self.ended.wait(60)
        raise wayside.TransportError.Cancelled()

    def abort(self):
        self.ended.set()


def test_cancel_ends_a_sync_on_a_dead_link(device):
    token, link = wayside.CancelToken(), DeadLink()
    codes = []
    call = threading.Thread(target=lambda: codes.append(refused(device.vault.sync, link, token).code))
    call.start()
    assert link.entered.wait(10)
    start = time.monotonic()
    token.cancel()
    token.cancel()
    call.join(10)
    assert codes == ["cancelled"] and time.monotonic() - start < 5
    assert token.is_cancelled()
    assert device.sync().complete, "the vault is as good as before"


def test_closing_twice_is_fine(device):
    device.vault.install_built_in()
    device.make_ready()
    session = device.vault.start_session("wayside-b2", "en", wayside.SessionMode.INTERVIEW)
    session.discard()
    session.discard()
    device.vault.lock()
    device.vault.lock()
    assert refused(device.vault.drafts).code == "vault.locked"


def test_the_outbox_syncs_while_the_vault_is_locked(device):
    device.vault.lock()
    report = wayside.OutboxSession.open(device.folder).sync(Http(), wayside.CancelToken())
    assert report.complete


def test_a_host_can_drive_a_sync_itself(device):
    http, session = Http(), device.vault.begin_sync()
    for _ in range(50):
        step = session.next_step()
        if step.is_DONE():
            break
        assert step.is_SEND()
        session.complete(step.request.id, http.exchange(step.request))
    assert step.is_DONE() and step.report.complete
    device.vault.apply_received()


def test_a_form_that_does_not_parse_says_where(device):
    error = refused(device.vault.install_form, "<h:html>\n  <broken\n")
    assert error.code.startswith("form.") and error.place.is_LINE() and error.place.line >= 1
    assert len(device.vault.install_built_in()) == len(device.vault.forms()) > 0


class ForgedControl(Http):
    """The real relay, but for a page of orders that nobody signed: `{1: [{1: 1, 2: h'00'}], 2: false}`."""

    PAGE = bytes.fromhex("a2 01 81 a2 01 01 02 41 00 02 f4")

    def exchange(self, request):
        if "/v1/control" not in request.url:
            return super().exchange(request)
        return wayside.WireResponse(status=200, content_type="application/vnd.wayside.v1+cbor", body=self.PAGE)


def test_a_log_sink_hears_of_a_forged_order_until_it_is_taken_away(device):
    sink = Lines()
    wayside.set_log_sink(sink)
    try:
        device.vault.sync(ForgedControl(), wayside.CancelToken())
    finally:
        wayside.set_log_sink(None)
    heard = [(line.level, line.code, line.number) for line in sink.heard]
    assert (wayside.LogLevel.WARNING, "signature.wrong", 1) in heard
    assert all(level != wayside.LogLevel.INFO for level, _, _ in heard)
    device.vault.sync(ForgedControl(), wayside.CancelToken())
    assert len(sink.heard) == len(heard), "what is taken away hears nothing more"
    assert any(line.level == wayside.LogLevel.INFO for line in wayside.recent_log())
