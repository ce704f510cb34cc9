"""A Chromium that is spoken to through its DevTools protocol: pages of a server, with keys, colours and complaints."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from queue import Queue
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser import NAMES

LIMIT_S = 60


@dataclass
class Tab:
    """A page, and what happened in it."""

    write: Any
    answers: Queue[dict[str, Any]]
    session: str = ""
    complaints: list[str] = field(default_factory=list)  # of the console, and of what was blocked or failed
    hosts: set[str] = field(default_factory=set)  # asked for
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self.numbers)
        message = {"id": number, "method": method, "params": params}
        if self.session:
            message["sessionId"] = self.session
        self.write.write(json.dumps(message).encode() + b"\0")
        self.write.flush()
        while (answer := self.answers.get(timeout=LIMIT_S)).get("id") != number:
            self._note(answer)
        assert "error" not in answer, (method, answer["error"])
        return answer["result"]

    def open(self, url: str, width: int = 1200, height: int = 1000, *, dark: bool = False) -> None:
        """Go to a page, and wait until all of it is there."""
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", features=scheme)
        self.call("Page.navigate", url="about:blank")
        frame = self.call("Page.navigate", url=url)
        assert "errorText" not in frame, frame
        while self.run("document.readyState + location.href.startsWith('http')") != "completetrue":
            pass

    def run(self, script: str) -> Any:
        """Evaluate an expression in the page; a promise is waited for."""
        found = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def press(self, key: str) -> None:
        codes = {"Tab": 9, "Enter": 13, " ": 32}
        text = {"Enter": "\r", " ": " "}.get(key, "")
        common = {"key": key, "windowsVirtualKeyCode": codes[key], "code": "Space" if key == " " else key}
        self.call("Input.dispatchKeyEvent", type="keyDown", **common, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def picture(self) -> bytes:
        """All of the page, as a PNG."""
        height = self.run("document.documentElement.scrollHeight")
        width = self.run("innerWidth")
        clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
        found = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)
        return base64.b64decode(found["data"])

    def _note(self, event: dict[str, Any]) -> None:
        method, params = event.get("method"), event.get("params", {})
        if method == "Runtime.consoleAPICalled":
            self.complaints.append(f"{params['type']}: {[arg.get('value') for arg in params['args']]}")
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(json.dumps(params["exceptionDetails"])[:500])
        elif method == "Log.entryAdded":
            self.complaints.append(f"{params['entry']['text']} {params['entry'].get('url', '')}")
        elif method == "Network.requestWillBeSent":
            url = urlsplit(params["request"]["url"])
            self.hosts |= {url.hostname or ""} if url.scheme not in ("data", "about", "blob") else set()


@contextmanager
def chromium() -> Iterator[Tab]:
    """A tab of a browser of its own, without a network but this machine's."""
    binary = next(filter(None, map(shutil.which, NAMES)), None)
    if binary is None:
        pytest.skip("no Chromium to look with; on Debian: apt-get install chromium")
    to_read, to_write = os.pipe(), os.pipe()  # Chromium reads commands from 3, and writes answers to 4
    with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        command = [
            "bash", "-c", f'exec 3<&{to_read[0]} 4>&{to_write[1]}; exec "$@"', "bash", binary,
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
            "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1", f"--user-data-dir={folder}",
            "--remote-debugging-pipe", "about:blank",
        ]  # fmt: skip
        process = subprocess.Popen(
            command, pass_fds=(to_read[0], to_write[1]), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        os.close(to_read[0])
        os.close(to_write[1])
        answers: Queue[dict[str, Any]] = Queue()
        reader = threading.Thread(target=_read, args=(to_write[0], answers), daemon=True)
        reader.start()
        with os.fdopen(to_read[1], "wb") as write:
            tab = Tab(write, answers)
            target = tab.call("Target.createTarget", url="about:blank")["targetId"]
            tab.session = tab.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
            for domain in ("Page", "Runtime", "Log", "Network"):
                tab.call(f"{domain}.enable")
            try:
                yield tab
            finally:
                process.terminate()
                process.wait(20)
                reader.join(20)


def _read(descriptor: int, answers: Queue[dict[str, Any]]) -> None:
    waiting = b""
    with os.fdopen(descriptor, "rb", buffering=0) as stream:
        while chunk := stream.read(1 << 16):
            *whole, waiting = (waiting + chunk).split(b"\0")
            for message in whole:
                answers.put(json.loads(message))
