"""A kernel to ask: one cell after the other, what each shows, how long it takes, and what the processes hold."""

import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from jupyter_client.manager import KernelManager

CRATE = Path(__file__).resolve().parents[2] / "transfer"
DEPENDENCY = f':dep transfer = {{ path = "{CRATE}" }}\nuse transfer::prelude::*;'


@dataclass
class Answer:
    """What came back for a cell."""

    status: str
    name: str
    seconds: float
    # (seconds since the cell was sent, type, content), without the states of the kernel
    outputs: list = field(default_factory=list)

    def text(self):
        """All that was printed, shown as text, or told as an error."""
        parts = []
        for _, kind, content in self.outputs:
            if kind == "stream":
                parts.append(content["text"])
            elif kind == "error":
                parts.extend(content["traceback"])
            else:
                parts.append(content.get("data", {}).get("text/plain", ""))
        return "\n".join(parts)


class Session:
    """A kernel that ends with the block: `with Session("rust") as kernel: kernel.run("1 + 1")`."""

    def __init__(self, name, startup=600):
        start = time.monotonic()
        self.manager = KernelManager(kernel_name=name)
        self.manager.start_kernel(cwd=CRATE)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=startup)
        self.ready = time.monotonic() - start
        self.pid = self.manager.provisioner.pid

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.client.stop_channels()
        self.manager.shutdown_kernel()

    def run(self, code, timeout=120, seen=None):
        """Runs a cell to its end; `seen(type, content)` is told of each output as it comes."""
        start = time.monotonic()
        outputs = []

        def output(message):
            if message["msg_type"] in ("status", "execute_input"):
                return
            outputs.append((time.monotonic() - start, message["msg_type"], message["content"]))
            if seen:
                seen(message["msg_type"], message["content"])

        reply = self.client.execute_interactive(code, timeout=timeout, output_hook=output, stop_on_error=False)
        content = reply["content"]
        return Answer(content["status"], content.get("ename", ""), time.monotonic() - start, outputs)

    def interrupt(self):
        """Asks the running cell to stop. Can be called while `run` waits."""
        self.manager.interrupt_kernel()

    def processes(self):
        """All processes of the kernel: number → (name, MB that are its own share). Linux only."""
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                # Jupyter starts a kernel as the leader of a session.
                if os.getsid(int(entry.name)) != self.pid:
                    continue
                shares = [line.split() for line in (entry / "smaps_rollup").read_text().splitlines()]
                share = sum(int(line[1]) for line in shares if line[0] == "Pss:")
                found[int(entry.name)] = ((entry / "comm").read_text().strip(), share * 1024 / 1e6)
            except (OSError, ProcessLookupError):
                # It ended meanwhile.
                continue
        return found

    def memory(self):
        """MB that all processes of the kernel hold; what they share counts once."""
        return sum(share for _, share in self.processes().values())
