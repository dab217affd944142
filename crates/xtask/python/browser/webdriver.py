"""The little of W3C WebDriver that is needed: a browser that opens a page, runs scripts in it, clicks, and takes
pictures, through chromedriver.

Selenium would be the well-kept client, but what is needed are eight requests of a standard that does not change, and it
would bring eight packages into an environment that is the reader's: the standard library does.
"""

import base64
import json
import os
import re
import signal
import subprocess
import time
import urllib.error
import urllib.request

# No name is looked up, so that whatever a page would fetch from elsewhere fails; the server is on 127.0.0.1.
NO_NETWORK = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1 , EXCLUDE localhost"
ARGUMENTS = [
    "--headless=new",
    # Root, and containers without user namespaces, have no sandbox; the only page is our own.
    "--no-sandbox",
    # Containers give /dev/shm 64 MB.
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
    "--window-size=1280,960",
    "--lang=en-US",
    NO_NETWORK,
]
ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class DriverError(Exception):
    """What chromedriver says no to."""


class Browser:
    """A headless browser with one page. `log` is the file for what chromedriver says."""

    def __init__(self, binary, driver, log, profile):
        # On this machine, so not by way of a proxy.
        self.opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        self.log = open(log, "wb", buffering=0)
        self.address = None
        self.process, self.driver = self._start(driver)
        try:
            options = {"binary": binary, "args": [*ARGUMENTS, f"--user-data-dir={profile}"]}
            wanted = {"alwaysMatch": {"goog:chromeOptions": options}}
            session = self._ask("POST", "/session", {"capabilities": wanted}, timeout=120)
            self.address = f"/session/{session['sessionId']}"
            self._ask("POST", f"{self.address}/timeouts", {"script": 120_000, "pageLoad": 120_000})
        except BaseException:
            self.close()
            raise

    def _start(self, driver):
        """chromedriver and its address, once it is ready."""
        for _ in range(5):
            # A process group of its own: a Ctrl-C is for us, who end the browser in order.
            process = subprocess.Popen(
                [driver, "--port=0"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=self.log,
                start_new_session=True,
            )
            for line in process.stdout:
                self.log.write(line)
                if match := re.search(rb"started successfully on port (\d+)", line):
                    return process, f"http://127.0.0.1:{int(match[1])}"
            # A port that is free for IPv4 may be taken for IPv6; it ends then, and another one may do.
            end(process, 1)
        raise DriverError(f"chromedriver does not start; what it said is in {self.log.name}")

    def _ask(self, method, path, body=None, timeout=180):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.driver + path, data, {"Content-Type": "application/json; charset=utf-8"}, method=method
        )
        try:
            with self.opener.open(request, timeout=timeout) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise DriverError(f"{value['error']}: {value['message'].splitlines()[0]}") from None
        except (OSError, ValueError) as error:
            raise DriverError(f"chromedriver does not answer: {error}") from None

    def open(self, url):
        self._ask("POST", f"{self.address}/url", {"url": url})

    def run(self, script, *arguments):
        """What a script, the body of a function, returns; it may be a promise."""
        return self._ask("POST", f"{self.address}/execute/sync", {"script": script, "args": list(arguments)})

    def click(self, xpath):
        """Clicks, as a hand would, on the first element that is there; whether there was one."""
        wanted = {"using": "xpath", "value": xpath}
        found = self._ask("POST", f"{self.address}/elements", wanted)
        if not found:
            return False
        self._ask("POST", f"{self.address}/element/{found[0][ELEMENT]}/click", {})
        return True

    def picture(self, path):
        """Writes what the window shows as a PNG."""
        data = base64.b64decode(self._ask("GET", f"{self.address}/screenshot"))
        draft = f"{path}.tmp"
        with open(draft, "wb") as file:
            file.write(data)
        os.replace(draft, path)

    def close(self):
        """Ends the browser, then chromedriver, in order if they let themselves be."""
        try:
            if self.address:
                self._ask("DELETE", self.address, timeout=20)
        except DriverError:
            pass
        end(self.process, 5)
        self.process.stdout.close()
        self.log.close()


def end(process, patience):
    """Asks a process to end, and ends what is left of its group after `patience` seconds."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            pass
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
    process.wait()


def wait_for(what, condition, seconds, pause=0.2):
    """What `condition` returns, once that is true."""
    until = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > until:
            raise TimeoutError(f"waited {seconds:.0f} s for {what}")
        time.sleep(pause)
    return value
