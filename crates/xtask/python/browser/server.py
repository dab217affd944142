"""JupyterLab, started with the very command of `cargo xtask lab`, and ended again with its kernels."""

import os
import re
import subprocess
import threading

from webdriver import end

READY = re.compile(r"JupyterLab answers on (\S+)lab\?token=(\S+)")


class Server:
    """A server on the notebooks in `scratch`, with settings, workspaces and run-time files of its own."""

    def __init__(self, command, folder, scratch, log):
        variables = dict(os.environ)
        for name in ("CONFIG", "RUNTIME"):
            variables[f"JUPYTER_{name}_DIR"] = os.path.join(scratch, name.lower())
        for name in ("SETTINGS", "WORKSPACES"):
            variables[f"JUPYTERLAB_{name}_DIR"] = os.path.join(scratch, name.lower())
        for name in ("config", "runtime", "settings", "workspaces"):
            os.makedirs(os.path.join(scratch, name), exist_ok=True)
        self.log_path = log
        self.log = open(log, "w")
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.found = None
        self.said = threading.Event()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        for line in self.process.stdout:
            self.log.write(line)
            self.log.flush()
            if match := READY.search(line):
                self.found = match.groups()
                self.said.set()
        self.said.set()

    def address(self, seconds):
        """Its URL and token, once it answers."""
        if not self.said.wait(seconds) or self.found is None:
            raise RuntimeError(f"JupyterLab did not start within {seconds} s; what it said is in {self.log_path}")
        return self.found

    def close(self):
        """Ends it: on a SIGTERM it ends its kernels first."""
        end(self.process, 30)
