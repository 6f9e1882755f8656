# SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note
"""A Chromium without a screen, by its protocol over a pipe."""
import base64
import json
import os
import shutil
import subprocess
import tempfile
import time


class Browser:
    def __init__(self):
        self.home = tempfile.mkdtemp()
        ours, theirs = os.pipe(), os.pipe()
        os.set_inheritable(theirs[0], True)
        os.set_inheritable(ours[1], True)
        # Debian's chromium is a shell script and keeps descriptors 3 and 4. Root has no sandbox.
        self.process = subprocess.Popen(
            [
                "sh",
                "-c",
                'exec "$0" "$@" 3<&%d 4>&%d' % (theirs[0], ours[1]),
                "chromium",
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--no-first-run",
                "--hide-scrollbars",
                "--remote-debugging-pipe",
                "--user-data-dir=" + self.home,
                "about:blank",
            ],
            close_fds=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(theirs[0])
        os.close(ours[1])
        self.to, self.since = os.fdopen(theirs[1], "wb", 0), os.fdopen(ours[0], "rb", 0)
        self.buffer, self.number, self.session, self.events = b"", 0, None, []
        (target,) = [t for t in self.send("Target.getTargets")["targetInfos"] if t["type"] == "page"]
        self.session = self.send("Target.attachToTarget", targetId=target["targetId"], flatten=True)["sessionId"]
        for domain in "Page", "Runtime", "Network":
            self.send(domain + ".enable")
        # Time that the page's thread itself has used, whatever else the machine does.
        self.send("Performance.enable", timeDomain="threadTicks")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        # Its helpers may still be writing.
        for _ in range(20):
            shutil.rmtree(self.home, ignore_errors=True)
            if not os.path.exists(self.home):
                break
            time.sleep(0.1)

    def receive(self):
        while b"\0" not in self.buffer:
            piece = self.since.read(1 << 16)
            if not piece:
                raise EOFError("the browser ended")
            self.buffer += piece
        message, self.buffer = self.buffer.split(b"\0", 1)
        message = json.loads(message)
        if "method" in message:
            self.events.append(message)
        return message

    def send(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if self.session:
            message["sessionId"] = self.session
        self.to.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self.receive()
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise RuntimeError("%s: %s" % (method, answer["error"]["message"]))
                return answer["result"]

    def event(self, method):
        """All events of a kind since the page was opened; waits for the first."""
        while not self.seen(method):
            self.receive()
        return self.seen(method)

    def seen(self, method):
        return [event["params"] for event in self.events if event["method"] == method]

    def open(self, url):
        # By a blank page, since another hash alone would not load anything. A page that has something to unpack tells when it is ready.
        for address in "about:blank", url:
            self.events.clear()
            self.send("Page.navigate", url=address)
            self.event("Page.loadEventFired")
        self.run("typeof ready == 'object' && ready && ready.then(() => 0)")

    def run(self, script):
        """The value of an expression on the page."""
        answer = self.send("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"]["description"])
        return answer["result"].get("value")

    def press(self, key, modifiers=0):
        codes = {
            "Enter": (13, "\r"),
            "Escape": (27, ""),
            "Tab": (9, ""),
            "End": (35, ""),
            "Home": (36, ""),
            "PageUp": (33, ""),
            "PageDown": (34, ""),
            "ArrowLeft": (37, ""),
            "ArrowUp": (38, ""),
            "ArrowRight": (39, ""),
            "ArrowDown": (40, ""),
        }
        code, text = codes.get(key, (ord(key[0].upper()), key))
        self.send(
            "Input.dispatchKeyEvent",
            type="keyDown",
            key=key,
            windowsVirtualKeyCode=code,
            modifiers=modifiers,
            **({"text": text} if text else {})
        )
        self.send("Input.dispatchKeyEvent", type="keyUp", key=key, windowsVirtualKeyCode=code, modifiers=modifiers)

    def used(self):
        """Seconds of processor time that the page's thread has used so far."""
        metrics = {metric["name"]: metric["value"] for metric in self.send("Performance.getMetrics")["metrics"]}
        return metrics["TaskDuration"]

    def write(self, text):
        self.send("Input.insertText", text=text)

    def click(self, selector):
        x, y = self.run(
            "(e => { e.scrollIntoView({block: 'center', inline: 'center'}); const r = e.getBoundingClientRect();"
            " return [r.x + r.width / 2, r.y + r.height / 2]; })(document.querySelector(%s))" % json.dumps(selector)
        )
        for kind in "mousePressed", "mouseReleased":
            self.send("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def size(self, width, height):
        self.send("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)

    def prefer(self, scheme="light", media=""):
        self.send(
            "Emulation.setEmulatedMedia", media=media, features=[{"name": "prefers-color-scheme", "value": scheme}]
        )

    def scripts(self, on):
        self.send("Emulation.setScriptExecutionDisabled", value=not on)

    def screenshot(self, path):
        with open(path, "wb") as file:
            file.write(base64.b64decode(self.send("Page.captureScreenshot")["data"]))

    def pdf(self):
        return base64.b64decode(self.send("Page.printToPDF", preferCSSPageSize=True, printBackground=True)["data"])
