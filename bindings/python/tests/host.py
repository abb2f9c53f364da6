"""What a host gives to the core, as small as it can be: a key store in memory, HTTP, ears."""

import hashlib
import hmac
import http.client
import secrets
import threading
import urllib.parse

import wayside

SECRET = "river copper window meadow candle thirty"


class MemoryKeys(wayside.KeyStore):
    """A key store that lasts as long as the object."""

    def __init__(self):
        self.keys = {}

    def level(self):
        return wayside.HardwareLevel.SOFTWARE

    def create(self, alias):
        self.keys.setdefault(alias, secrets.token_bytes(32))

    def mac(self, alias, data):
        if alias not in self.keys:
            raise wayside.KeyStoreError.Invalidated()
        return hmac.new(self.keys[alias], data, hashlib.sha256).digest()

    def delete(self, alias):
        self.keys.pop(alias, None)

    def limited_use(self):
        return False


class Http(wayside.Transport):
    """One connection for each exchange; `abort` cuts the one that is open."""

    METHODS = {wayside.HttpMethod.GET: "GET", wayside.HttpMethod.PUT: "PUT", wayside.HttpMethod.POST: "POST"}

    def __init__(self):
        self.lock = threading.Lock()
        self.connection = None
        self.aborted = False

    def exchange(self, request):
        url = urllib.parse.urlsplit(request.url)
        connection = http.client.HTTPConnection(url.hostname, url.port, timeout=30)
        with self.lock:
            if self.aborted:
                raise wayside.TransportError.Cancelled()
            self.connection = connection
        try:
            path = url.path + (f"?{url.query}" if url.query else "")
            headers = {header.name: header.value for header in request.headers}
            connection.request(self.METHODS[request.method], path, body=request.body or None, headers=headers)
            response = connection.getresponse()
            retry_after = response.getheader("Retry-After", "")
            return wayside.WireResponse(
                status=response.status,
                content_type=response.getheader("Content-Type", ""),
                retry_after_seconds=int(retry_after) if retry_after.isdigit() else None,
                body=response.read(),
            )
        except TimeoutError as error:
            raise wayside.TransportError.Timeout() from error
        except (OSError, http.client.HTTPException) as error:
            kind = wayside.TransportError.Cancelled if self.aborted else wayside.TransportError.NoPath
            raise kind() from error
        finally:
            connection.close()

    def abort(self):
        with self.lock:
            self.aborted = True
            if self.connection is not None and self.connection.sock is not None:
                self.connection.sock.shutdown(2)


class Beside(wayside.Transport):
    """Another phone that carries, as near as a call: what goes over a hotspot otherwise."""

    ADDRESS = "http://beside"

    def __init__(self, carrying):
        self.carrying = carrying

    def exchange(self, request):
        headers = {header.name: header.value for header in request.headers}
        return self.carrying.answer(
            wayside.CarryRequest(
                method=request.method,
                path=request.url.removeprefix(self.ADDRESS),
                authorization=headers.get("Authorization", ""),
                body=request.body,
            )
        )

    def abort(self):
        pass


class Steps(wayside.ProgressListener):
    """Remembers what it heard."""

    def __init__(self):
        self.heard = []

    def on_progress(self, progress):
        self.heard.append(progress)


class Lines(wayside.LogSink):
    """Remembers what it heard."""

    def __init__(self):
        self.heard = []

    def write(self, line):
        self.heard.append(line)
