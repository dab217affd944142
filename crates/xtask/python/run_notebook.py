"""Executes one notebook in a fresh kernel, a line per cell, up to the first failure. Called by
`cargo xtask notebooks run` with its request as JSON.

A plain evcxr kernel answers a cell that panics with status "ok": there, "panicked at" on stderr is looked for.
"""

import json
import os
import re
import sys
import time

import nbformat
from jupyter_client.kernelspec import NoSuchKernel
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

ANSI = re.compile(r"\x1b\[[0-9;]*m")


def failure(cell):
    """Why the outputs of an executed cell mean failure, or None."""
    for output in cell.outputs:
        if output.output_type == "error":
            return f"{output.ename}: {output.evalue}"
        if output.output_type == "stream" and output.name == "stderr" and "panicked at" in output.text:
            return "panicked"
    return None


def printed(cell):
    """What a cell printed and its value, as text."""
    parts = []
    for output in cell.outputs:
        if output.output_type == "stream":
            parts.append(output.text)
        elif output.output_type == "error":
            parts.append("\n".join(output.traceback) or f"{output.ename}: {output.evalue}")
        else:
            data = output.get("data", {})
            text = data.get("text/plain")
            shown = [kind for kind in data if kind != "text/plain"]
            parts += [text + "\n"] if text else [f"({', '.join(shown)})\n"] if shown else []
    return ANSI.sub("", "".join(part if part.endswith("\n") else part + "\n" for part in parts)).rstrip()


def show(text, lines):
    kept = text.splitlines()
    if len(kept) > lines:
        kept = kept[: lines // 2] + [f"… {len(kept) - lines} lines …"] + kept[-(lines - lines // 2) :]
    for line in kept:
        print(f"        {line}", flush=True)


def first_line(source):
    lines = [line.strip() for line in source.splitlines() if line.strip()]
    code = [line for line in lines if not line.startswith("//")]
    line = (code or lines or [""])[0]
    return line if len(line) <= 62 else line[:61] + "…"


def save(notebook, path):
    """Writes it, numbered from one (evcxr counts from two) and without what changes from run to run."""
    number = 0
    for cell in notebook.cells:
        if cell.cell_type != "code":
            continue
        number += 1
        cell.execution_count = number
        cell.metadata.pop("execution", None)
        for output in cell.outputs:
            if output.output_type == "execute_result":
                output.execution_count = number
    notebook.metadata.pop("widgets", None)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    draft = f"{path}.{os.getpid()}.tmp"
    nbformat.write(notebook, draft)
    os.replace(draft, path)
    print(f"  saved {path}")


def main(request):
    notebook = nbformat.read(request["notebook"], as_version=4)
    for index, source in request["sources"].items():
        notebook.cells[int(index)].source = source
    spec = notebook.metadata.get("kernelspec")
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    client = NotebookClient(
        notebook,
        timeout=request["timeout"],
        startup_timeout=180,
        kernel_name=request["kernel"],
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": request["cwd"]}},
    )
    begun = time.monotonic()
    number = 0
    try:
        with client.setup_kernel():
            print(f"   kernel {time.monotonic() - begun:7.1f} s  started", flush=True)
            for index, cell in enumerate(notebook.cells):
                if cell.cell_type != "code" or not cell.source.strip():
                    continue
                number += 1
                print(f"   [{number:>3}]  ", end="", flush=True)
                start, reason = time.monotonic(), None
                try:
                    client.execute_cell(cell, index)
                except CellTimeoutError:
                    reason = f"took longer than {request['timeout']} s"
                except DeadKernelError:
                    reason = "the kernel died"
                except CellExecutionError as error:
                    reason = f"{error.ename}: {error.evalue}"
                reason = failure(cell) or reason
                mark = "✗" if reason else " "
                print(f"{time.monotonic() - start:7.1f} s {mark} {first_line(cell.source)}", flush=True)
                if reason:
                    reason = ANSI.sub("", reason).strip().splitlines()[0]
                    print(f"\n  cell [{number}] {reason}")
                    show(cell.source, 30)
                    print("      gave:")
                    show(printed(cell), 60)
                    return 1
                if request["verbose"]:
                    show(printed(cell), 40)
    except NoSuchKernel:
        print(f"  there is no kernel `{request['kernel']}` in this environment\n  mend: cargo xtask lab --no-open")
        return 1
    except (DeadKernelError, RuntimeError, TimeoutError) as error:
        print(f"  the kernel did not start, or died: {error}\n  mend: cargo xtask doctor")
        return 1
    print(f"   total  {time.monotonic() - begun:7.1f} s  {number} cells", flush=True)
    if spec is not None:
        notebook.metadata["kernelspec"] = spec
    if request["save"]:
        save(notebook, request["save"])
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
