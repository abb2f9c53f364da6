"""What an app lives through: a panic in the core, a peer that never answers, opening and closing all day."""

import json
import os
import pathlib
import socket
import statistics
import threading
import time
import urllib.parse

import entries
import pytest
import sample
import wayside
from host import SECRET, Http

PLANTED = "planted panic in the core"


def code_of(call, *arguments):
    with pytest.raises(wayside.FieldError) as caught:
        call(*arguments)
    assert "Amina" not in f"{caught.value} {caught.value!r}"
    return caught.value.code


def test_the_sample_of_the_page_runs(device):
    device.vault.install_built_in()
    device.make_ready()
    device.vault.lock()
    queue = sample.interview(device.folder, SECRET, device.keys, Http())
    assert (queue.waiting, queue.handed_over) == (0, 1)


def test_a_panic_in_the_core_is_a_bug_and_the_app_lives(device):
    device.vault.install_built_in()
    device.make_ready()
    session = device.vault.start_session("household", "en", wayside.SessionMode.INTERVIEW)
    assert code_of(session.set_language, PLANTED) == "bug"
    assert code_of(session.page) == "bug", "what a panic left half-done is not used again"
    assert device.vault.status().device, "the vault is as good as before"
    assert code_of(device.vault.danger_protocol, PLANTED) == "bug"
    assert code_of(device.vault.status) == "bug"
    assert device.open().status().device
    assert all("Amina" not in line.code for line in wayside.recent_log())


class Elsewhere(Http):
    """HTTP to a peer that accepts and never answers."""

    def __init__(self):
        super().__init__()
        self.peer = socket.create_server(("127.0.0.1", 0))

    def exchange(self, request):
        netloc = f"127.0.0.1:{self.peer.getsockname()[1]}"
        url = urllib.parse.urlsplit(request.url)._replace(netloc=netloc).geturl()
        there = wayside.WireRequest(
            id=request.id, method=request.method, url=url, headers=request.headers, body=request.body
        )
        return super().exchange(there)


def test_cancel_ends_a_sync_with_a_peer_that_never_answers_within_100_ms(device):
    times = []
    for _ in range(5):
        link, token, codes = Elsewhere(), wayside.CancelToken(), []
        call = threading.Thread(target=lambda: codes.append(code_of(device.vault.sync, link, token)))
        call.start()
        connection, _ = link.peer.accept()
        time.sleep(0.05)
        start = time.monotonic()
        token.cancel()
        call.join(10)
        times.append((time.monotonic() - start) * 1000)
        assert codes == ["cancelled"]
        connection.close()
        link.peer.close()
    print(f"python: cancel {statistics.median(times):.1f} ms, at most {max(times):.1f} ms")
    assert statistics.median(times) < 100


def best(call, times):
    """Microseconds of the quickest of five rounds of calls."""
    rounds = []
    for _ in range(5):
        start = time.perf_counter()
        for _ in range(times):
            call()
        rounds.append((time.perf_counter() - start) * 1e6 / times)
    return min(rounds)


def test_a_call_costs_microseconds(device):
    device.vault.install_built_in()
    device.make_ready()
    session = device.vault.start_session("household", "en", wayside.SessionMode.INTERVIEW)
    agreed = pathlib.Path(os.environ["WAYSIDE_SCENARIOS"]) / "entries/household-agreed.json"
    for entry in json.loads(agreed.read_text()):
        entries.apply(session, entry, agreed.parent)
    assert session.page().kind.is_QUESTIONS()
    call, page = best(wayside.CancelToken().is_cancelled, 2000), best(session.page, 100)
    print(f"python: a call {call:.1f} µs, a page {page:.0f} µs")
    assert call < 1000 and page < 20_000


def held():
    """Open files, threads, and KiB of memory."""
    files, threads = len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task"))
    status = pathlib.Path("/proc/self/status").read_text()
    return files, threads, int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1])


def cycle(device, number, keep):
    """Everything that is opened, once, and the vault itself, which is slow on purpose, with every fiftieth."""
    vault = device.open() if number % 50 == 0 else device.vault
    session = vault.start_session("household", "en", wayside.SessionMode.INTERVIEW)
    session.page()
    session.discard()
    keep(vault.begin_sync())
    keep(wayside.OutboxSession.open(device.folder).begin_sync())


def test_opening_and_closing_leaks_nothing(device):
    device.vault.install_built_in()
    device.make_ready()
    forget = lambda _: None  # noqa: E731
    for number in range(101):
        cycle(device, number, forget)
    before = held()
    cycles = int(os.environ.get("WAYSIDE_ROUNDS", "200"))
    start = time.monotonic()
    for number in range(1, cycles + 1):
        cycle(device, number, forget)
    after = held()
    each = (time.monotonic() - start) * 1000 / cycles
    print(f"python: {cycles} cycles of {each:.1f} ms; files, threads, KiB: {before} -> {after}")
    assert after[:2] == before[:2] and after[2] - before[2] < 8 * 1024
    kept = []
    cycle(device, 1, kept.append)
    assert held()[0] > before[0], "a handle that is kept is seen"
