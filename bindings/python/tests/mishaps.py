"""What goes wrong on a phone: links that are not the relay's, a silent key store, files that go, a second enrolment."""

import pathlib

import wayside
from host import SECRET, Http, MemoryKeys

OURS = "application/vnd.wayside.v1+cbor"


class Page(wayside.Transport):
    """Something that is not the relay: a page with this status, or nothing at all."""

    STATUS = {"portal": 200, "not_found": 404, "down": 503, "odd": 520, "garbled": 200}

    def __init__(self, link):
        self.link, self.status = link, self.STATUS.get(link)

    def exchange(self, request):
        if self.status is None:
            raise wayside.TransportError.Timeout() if self.link == "slow" else wayside.TransportError.NoPath()
        kind = OURS if self.link == "garbled" else "text/html"
        return wayside.WireResponse(status=self.status, content_type=kind, body=b"<p>ok</p>")

    def abort(self):
        pass


class Lying(Http):
    """The real relay, but what it says of what it took is made up."""

    def exchange(self, request):
        return super().exchange(request) if request.method == wayside.HttpMethod.GET else Page("garbled").exchange(request)


class Tampered(Http):
    """The real relay, with the last byte of what it hands out changed on the way."""

    def exchange(self, request):
        response = super().exchange(request)
        body = response.body[:-1] + bytes([response.body[-1] ^ 1]) if response.body else b""
        return wayside.WireResponse(status=response.status, content_type=response.content_type, body=body)


def transport(link):
    match link:
        case "relay" | "cancelled":
            return Http()
        case "tampered":
            return Tampered()
        case "lying":
            return Lying()
    return Page(link)


def token(link):
    token = wayside.CancelToken()
    if link == "cancelled":
        token.cancel()
    return token


class SilentKeys(MemoryKeys):
    """A key store that answers with nothing but this error."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def mac(self, alias, data):
        raise self.error()


def keys(with_what, of_the_device):
    match with_what:
        case "lost_key":
            return MemoryKeys()
        case "no_answer":
            return SilentKeys(wayside.KeyStoreError.Unavailable)
        case "prompt_cancelled":
            return SilentKeys(wayside.KeyStoreError.UserCancelled)
    return of_the_device


def apply(player, step):
    """Does a step of this kind; says whether it was one."""
    device = player.device
    folder = pathlib.Path(device.folder)
    match step:
        case {"enrol": record}:
            enrol(player, record, step)
        case {"lose": file}:
            (folder / file).unlink()
        case {"block": file}:
            # A folder in a file's place makes every write of it fail, and the file itself is kept.
            (folder / file).rename(aside(folder / file))
            (folder / file).mkdir()
        case {"unblock": file}:
            (folder / file).rmdir()
            aside(folder / file).rename(folder / file)
        case _:
            return False
    return True


def aside(file):
    return file.with_name(file.name + ".aside")


def enrol(player, record, step):
    device = player.device
    match record:
        case "fresh":
            record = player.hq.enrolment_record()
        case "used":
            record = device.record
        case file:
            record = (player.folder / file).read_text()
    folder = device.folder if step.get("here") else str(pathlib.Path(device.folder).with_name("another"))
    options = wayside.EnrolOptions(directory=folder, record=record)
    link = transport(step.get("over", "relay"))
    wayside.Vault.enrol(options, step.get("secret", SECRET), device.keys, link).lock()
