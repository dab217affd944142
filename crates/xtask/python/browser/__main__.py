"""Opens notebooks in JupyterLab in a headless browser, runs each with *Run All Cells*, and looks at what is there, in
the light theme and in the dark one. Called by `cargo xtask notebooks browse` with its request as JSON; it ends when its
standard input does, so that nothing stays behind where the caller is killed.
"""

import json
import os
import shutil
import signal
import sys
import threading
import time

import psutil

from lesson import KINDS, THEMES, Failure, Lesson
from server import Server
from webdriver import Browser, DriverError


SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def listen(handler):
    for number in SIGNALS:
        signal.signal(number, handler)


def ignore(*_):
    pass


def ask_to_end(*_):
    # Once: a Ctrl-C ends the caller too, whose end is a second signal, and that must not interrupt the tidying.
    listen(ignore)
    raise SystemExit(1)


def watch_caller():
    while os.read(0, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


def look_at(lesson, address, token, pictures):
    """The whole of one notebook; returns whether all was well."""
    begun = time.monotonic()
    try:
        lesson.open(address, token)
        opened = time.monotonic() - begun
        ran = lesson.run_all()
        print(f"  {lesson.name}: {len(lesson.expected)} cells; opened in {opened:.1f} s, ran in {ran:.1f} s", flush=True)
        for theme in THEMES:
            counts = lesson.look(theme)
            lesson.browser.picture(os.path.join(pictures, f"{lesson.name}_{theme}.png"))
            print(f"    {theme}: " + ", ".join(f"{counts[kind]} {kind}" for kind in KINDS), flush=True)
        lesson.close()
        return True
    except (Failure, DriverError, TimeoutError) as error:
        where = "" if str(error).startswith(lesson.at) else f" {lesson.at}:"
        print(f"  {lesson.name}:{where} {error}")
        picture = os.path.join(pictures, f"{lesson.name}_failed.png")
        try:
            lesson.browser.picture(picture)
            print(f"  what the browser showed then: {picture}")
        except DriverError as again:
            print(f"  and no picture of it: {again}")
        return False


def left_behind(processes):
    """Ends what is still there of processes that should have ended, and names it."""
    _, alive = psutil.wait_procs(processes, timeout=10)
    names = []
    for process in alive:
        try:
            names.append(process.name())
            process.kill()
        except psutil.NoSuchProcess:
            pass
    return names


def main(request):
    listen(ask_to_end)
    threading.Thread(target=watch_caller, daemon=True).start()
    scratch, pictures = request["scratch"], request["pictures"]
    logs = [os.path.join(pictures, f"{name}.log") for name in ("jupyterlab", "chromedriver")]
    server = browser = None
    good = False
    try:
        server = Server(request["server"], request["folder"], scratch, logs[0])
        browser = Browser(request["browser"], request["driver"], logs[1], os.path.join(scratch, "profile"))
        address, token = server.address(120)
        for notebook in request["notebooks"]:
            lesson = Lesson(browser, notebook, request["folder"], request["timeout"])
            if not (good := look_at(lesson, address, token, pictures)):
                break
    except (DriverError, RuntimeError) as error:
        print(f"  {error}\n  logs: {' '.join(logs)}")
    finally:
        listen(ignore)
        started = psutil.Process().children(recursive=True)
        for what in (browser, server):
            if what:
                what.close()
        if names := left_behind(started):
            print(f"  did not end by themselves: {', '.join(sorted(set(names)))}")
            good = False
        # The caller does so too, if it has not been killed.
        shutil.rmtree(scratch, ignore_errors=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
