"""Tiny engines for one workflow, `GET /pets` of the source `pets`, good and deliberately bad: `miniature.py KIND`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from typing import Any

KIND = sys.argv[1]


def send(command: dict[str, Any]) -> tuple[str, Any]:
    """Do what the workflow says."""
    try:
        with urllib.request.urlopen(command["servers"]["pets"] + "/pets") as response:
            return "success", json.loads(response.read() or b"null")
    except (urllib.error.HTTPError, OSError):
        return "failure", None


def say(value: Any) -> None:
    print(value if isinstance(value, str) else json.dumps(value), flush=True)


def reply(command: dict[str, Any]) -> None:
    """Answer a run in the manner of this engine."""
    seq = command["seq"]
    match KIND:
        case "always-success":
            say({"seq": seq, "outcome": "success", "outputs": {"first": "Rex"}})
        case "sends-nothing":
            say({"seq": seq, "outcome": "failure"})
        case "sends-twice":
            send(command)
            say({"seq": seq, "outcome": send(command)[0] and "success"})
        case "wrong-output":
            outcome, _ = send(command)
            say({"seq": seq, "outcome": outcome, "outputs": {"first": "Tom"}})
        case "no-outputs":
            say({"seq": seq, "outcome": send(command)[0]})
        case "junk":
            send(command)
            say("done!")
        case "talks-on":
            sys.stdout.write(json.dumps({"seq": seq, "outcome": send(command)[0]}) + "\nby the way\n")
            sys.stdout.flush()
        case "hangs":
            with open(os.environ["MINIATURE_CHILD"], "w") as file:
                file.write(str(subprocess.Popen(["sleep", "60"]).pid))
            time.sleep(60)
        case "wrong-seq":
            say({"seq": seq + 1, "outcome": send(command)[0]})
        case "crashes":
            sys.exit("a segment of my memory is at fault")
        case "breaks":
            say({"seq": seq, "errored": True, "message": "KeyError: 'pets'"})
        case "skips":
            say({"seq": seq, "skipped": "no time"})
        case _:
            outcome, pets = send(command)
            outputs = {"first": pets[0]} if pets else {}
            steps = {"list": {"outcome": outcome, "attempts": 1, "outputs": outputs}}
            say({"seq": seq, "outcome": outcome, "outputs": outputs, "steps": steps})


def main() -> None:
    for line in sys.stdin:
        command = json.loads(line)
        if command["cmd"] == "start":
            if KIND == "never-starts":
                sys.exit("no licence")
            observes = ["outcome"] if KIND == "no-outputs" else ["outcome", "outputs", "steps"]
            engine = {"id": KIND, "version": "1", "language": "Python"}
            say({"version": 1, "engine": engine, "arazzo": ["1.0"], "observes": observes})
        elif command["cmd"] == "run":
            reply(command)
        else:
            return


main()
