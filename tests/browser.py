"""Chromium for tests, driven over the DevTools protocol on a pipe, so that no other package is needed."""

import fcntl
import json
import os
import select
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
PATIENCE = 120
"""Seconds until a browser that says nothing has failed."""

_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
    " --disable-component-update --disable-sync --remote-debugging-pipe"
)


class Browser:
    """One process. What a page did is told by its :class:`Tab`."""

    def __init__(self, profile: Path) -> None:
        read_end, command_end = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 20) for fd in os.pipe())
        event_end, write_end = (fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 20) for fd in os.pipe())
        self._process = subprocess.Popen(
            [str(CHROMIUM), *_FLAGS.split(), f"--user-data-dir={profile}", "about:blank"],
            preexec_fn=lambda: (os.dup2(read_end, 3), os.dup2(write_end, 4)),
            pass_fds=(3, 4),
            start_new_session=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(read_end)
        os.close(write_end)
        self._commands = os.fdopen(command_end, "wb", buffering=0)
        self._events = os.fdopen(event_end, "rb", buffering=0)
        self._number = 0
        self._rest = b""
        self.seen: list[dict[str, Any]] = []

    def call(self, method: str, session: str | None, **params: Any) -> dict[str, Any]:
        self._number += 1
        message = {"id": self._number, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        self._write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self._next()
            if answer.get("id") == self._number:
                assert "error" not in answer, answer
                return answer["result"]
            self.seen.append(answer)

    def wait(self, method: str, session: str | None) -> None:
        while not any((event.get("method"), event.get("sessionId")) == (method, session) for event in self.seen):
            self.seen.append(self._next())

    def close(self) -> None:
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._commands.close()
        self._events.close()

    def _write(self, message: bytes) -> None:
        while message:  # a pipe takes what fits
            message = message[self._commands.write(message) :]

    def _next(self) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._events], [], [], PATIENCE)
            assert ready, f"the browser said nothing for {PATIENCE} s"
            part = os.read(self._events.fileno(), 1 << 16)
            assert part, "the browser went away"
            self._rest += part
        line, self._rest = self._rest.split(b"\0", 1)
        return json.loads(line)


class Tab:
    """A tab that remembers nothing of the ones before it."""

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._session: str | None = None
        self._profile = self.call("Target.createBrowserContext")["browserContextId"]
        made = self.call("Target.createTarget", url="about:blank", browserContextId=self._profile)
        attached = self.call("Target.attachToTarget", targetId=made["targetId"], flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        return self._browser.call(method, self._session, **params)

    def open(self, page: Path, width: int, scheme: str = "light", *, height: int = 900, scripts: bool = True) -> None:
        size = {"width": width, "height": height, "mobile": width < 600}
        self.call("Emulation.setDeviceMetricsOverride", deviceScaleFactor=1, **size)
        self.media(scheme)
        self.call("Emulation.setScriptExecutionDisabled", value=not scripts)
        self._browser.seen.clear()
        self.call("Page.navigate", url=page.as_uri())
        self._browser.wait("Page.loadEventFired", self._session)

    def media(self, scheme: str, media: str = "") -> None:
        """How the page is shown: `light` or `dark`, and `print` for paper."""
        self.call(
            "Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}]
        )

    def evaluate(self, code: str) -> Any:
        result = self.call("Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def complaints(self) -> list[dict[str, Any]]:
        """What the console and the log hold, dialogs too."""
        bad = {"Log.entryAdded", "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Page.javascriptDialogOpening"}
        return [event for event in self._browser.seen if event.get("method") in bad]

    def requests(self) -> list[str]:
        """Addresses that were asked for, the page's own first, without the browser's own pictures, as of a calendar."""
        asked = (event for event in self._browser.seen if event.get("method") == "Network.requestWillBeSent")
        urls = (event["params"]["request"]["url"] for event in asked)
        return [url for url in urls if not url.startswith("data:image/svg+xml")]

    def close(self) -> None:
        self._session = None
        self.call("Target.disposeBrowserContext", browserContextId=self._profile)
