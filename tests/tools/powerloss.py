#!/usr/bin/env python3
"""What a power loss leaves of acknowledged reports.

    tests/tools/powerloss.py WANGGE [--images 2000] [--seconds 8] [--seed 1] [--normal]

Serves a small store under strace while senders post reports, and keeps every write, sync and answer in order. Then it
makes images of the disk as a power loss may leave it at the moment of some answer: what was synced is there; of what was
written since, each 512-byte sector is there or not, at random. Each image is opened by SQLite, checked, and asked for every
report that had been answered by then: id, key and text must be as they were sent.

With --normal the syncs are left out that SQLite leaves out with synchronous=NORMAL (those of the log at a commit): then
reports must be missing, or this program could not see a loss. Exits 0 when nothing is lost (with --normal: when something
is), 1 otherwise, 2 when strace is missing.
"""

import argparse
import codecs
import json
import os
import pathlib
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

SECTOR = 512
SENDERS = 8


def main():
    args = arguments()
    if not shutil.which("strace"):
        print("strace is not installed; apt-get install strace", file=sys.stderr)
        sys.exit(2)
    with tempfile.TemporaryDirectory(dir=shared_memory()) as folder:
        folder = pathlib.Path(folder)
        store = folder / "store.gpkg"
        sample = pathlib.Path(__file__).parents[2] / "geodata" / "samples" / "clean.geojson"
        subprocess.run([args.wangge, "import", str(sample), "--layer", "land", "--database", str(store)], check=True)
        before = {store.name: store.read_bytes(), store.name + "-wal": b""}
        ledger = record(args.wangge, store, folder / "trace", args.seconds)
        steps = read_trace(folder / "trace", store)
        answered = sum(1 for step in steps if step[0] == "answer")
        print(f"{len(ledger)} reports answered, {len(steps)} steps, {answered} answers seen in the trace")
        if args.normal:
            steps = as_normal(steps, store.name + "-wal")
        lost = replay(steps, before, ledger, store.name, folder / "image", args)
    what = "synchronous=NORMAL" if args.normal else "as served"
    print(f"{args.images} images, {what}: {lost} with a loss")
    sys.exit(0 if (lost > 0) == args.normal else 1)


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("wangge")
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--normal", action="store_true")
    return parser.parse_args()


def shared_memory():
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


def record(wangge, store, trace, seconds):
    """Serves and sends; what was answered, by id."""
    calls = "trace=write,writev,pwrite64,pwritev,sendto,sendmsg,fsync,fdatasync,ftruncate,unlink,unlinkat"
    command = ["strace", "-f", "-y", "-xx", "-s", "1000000", "-e", calls, "-o", str(trace)]
    command += [wangge, "serve", str(store), "--bind", "127.0.0.1:0"]
    served = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    url = None
    while url is None:
        line = served.stderr.readline()
        if not line:
            sys.exit("the server did not start")
        found = re.search(r"http://\S+", line)
        url = found and found.group(0)
    threading.Thread(target=served.stderr.read, daemon=True).start()
    ledger, until = {}, time.time() + seconds
    senders = [threading.Thread(target=send, args=(url, n, until, ledger)) for n in range(SENDERS)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    subprocess.run(["pkill", "-KILL", "-P", str(served.pid)], check=False)
    served.wait()
    return ledger


def send(url, sender, until, ledger):
    count = 0
    while time.time() < until:
        key, count = f"{sender}-{count}", count + 1
        body = {
            "crs": "4490", "lon": 110.3, "lat": 25.3, "category": "waste",
            "occurred_at": "2026-11-27T08:00:00Z", "text": f"第{key}件", "source_ref": key,
        }
        request = urllib.request.Request(
            url + "api/v1/reports", json.dumps(body).encode(),
            {"content-type": "application/json", "idempotency-key": key},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            ledger[json.load(answer)["id"]] = (key, body["text"])


def read_trace(trace, store):
    """Writes, syncs and answers in the order in which they took effect.

    A write and a sync take effect when they return; an answer counts from when it was begun.
    """
    steps, begun = [], {}
    with open(trace, encoding="ascii", errors="replace") as lines:
        for line in lines:
            thread, _, rest = line.partition(" ")
            rest = rest.strip()
            if rest.endswith("<unfinished ...>"):
                begun[thread] = rest[: -len("<unfinished ...>")]
                steps.extend(answers(rest))
                continue
            if rest.startswith("<..."):
                rest = begun.pop(thread, "") + rest.partition("resumed>")[2]
            else:
                steps.extend(answers(rest))
            steps.extend(effects(rest, store))
    return steps


CALL = re.compile(r"(\w+)\((?:(\d+)<([^>]*)>)?(.*)\)\s+= (-?\d+)")
STRING = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


def unescape(text):
    return codecs.decode(text.replace("\\x", ""), "hex")


def answers(call):
    """The ids of reports that an answer on a socket acknowledges."""
    on = re.match(r"\w+\(\d+<([^>]*)>", call)
    if not on or not unescape_path(on.group(1)).startswith(("socket:", "TCP:")):
        return
    data = b"".join(unescape(text) for text in STRING.findall(call))
    if data.startswith(b"HTTP/1.1 201"):
        found = re.search(rb'\{"id":(\d+),"number"', data)
        if found:
            yield ("answer", int(found.group(1)))


def effects(call, store):
    found = CALL.match(call)
    if not found or int(found.group(5)) < 0:
        return
    name, path, rest = found.group(1), unescape_path(found.group(3) or ""), found.group(4)
    file = os.path.basename(path)
    if name in ("unlink", "unlinkat"):
        gone = [unescape(text).decode(errors="replace") for text in STRING.findall(call)]
        for target in gone:
            if os.path.basename(target).startswith(store.name):
                yield ("remove", os.path.basename(target))
        return
    if file not in (store.name, store.name + "-wal"):
        return
    if name == "pwrite64":
        data = unescape(STRING.search(rest).group(1))
        yield ("write", file, int(rest.rsplit(",", 1)[1]), data[: int(found.group(5))])
    elif name in ("fsync", "fdatasync"):
        yield ("sync", file)
    elif name == "ftruncate":
        yield ("cut", file, int(rest.rsplit(",", 1)[1]))
    elif name in ("write", "writev", "pwritev"):
        sys.exit(f"a write that this program does not know: {call[:200]}")


def unescape_path(path):
    return unescape(path).decode(errors="replace") if path.startswith("\\x") else path


def as_normal(steps, log):
    """Without the syncs of the log that no write of the database follows before the log is written again."""
    kept, needed = [], False
    for step in reversed(steps):
        if step[0] in ("write", "sync") and step[1] != log:
            needed = True
        elif step[0] == "write" and step[1] == log:
            needed = False
        if step[:2] == ("sync", log) and not needed:
            continue
        kept.append(step)
    return kept[::-1]


class File:
    """A file as the disk holds it, and what was written since its last sync."""

    def __init__(self, content):
        self.synced = bytearray(content)
        self.since = []

    def sync(self):
        for step in self.since:
            put(self.synced, step)
        self.since = []

    def image(self, dice):
        content = bytearray(self.synced)
        for step in self.since:
            if step[0] == "cut":
                if dice.random() < 0.5:
                    put(content, step)
                continue
            _, _, offset, data = step
            kept = dice.choice((0.0, 0.5, 0.9, 1.0))
            for start in range(0, len(data), SECTOR):
                if dice.random() < kept:
                    put(content, ("write", "", offset + start, data[start : start + SECTOR]))
        return content


def put(content, step):
    if step[0] == "cut":
        del content[step[2] :]
        content.extend(b"\0" * (step[2] - len(content)))
        return
    _, _, offset, data = step
    if len(content) < offset:
        content.extend(b"\0" * (offset - len(content)))
    content[offset : offset + len(data)] = data


def replay(steps, before, ledger, name, folder, args):
    dice = random.Random(args.seed)
    places = [place for place, step in enumerate(steps) if step[0] == "answer"]
    wanted = sorted(dice.choice(places) for _ in range(args.images))
    files = {file: File(content) for file, content in before.items()}
    answered, lost, at = {}, 0, 0
    for place in wanted:
        while at <= place:
            take(steps[at], files, answered, ledger)
            at += 1
        loss = look(files, answered, name, folder, dice)
        if loss:
            lost += 1
            if lost <= 3:
                print(f"after step {place}: {loss}")
    return lost


def take(step, files, answered, ledger):
    kind = step[0]
    if kind == "answer":
        if step[1] in ledger:
            answered[step[1]] = ledger[step[1]]
    elif kind == "sync":
        files[step[1]].sync()
    elif kind == "remove":
        if step[1] in files:
            files[step[1]] = File(b"")
    else:
        files[step[1]].since.append(step)


def look(files, answered, name, folder, dice):
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for file, content in files.items():
        image = content.image(dice)
        if image or file == name:
            (folder / file).write_bytes(image)
    try:
        with sqlite3.connect(folder / name) as database:
            (said,) = database.execute("pragma quick_check").fetchone()
            if said != "ok":
                return f"the file is damaged: {said}"
            there = {row[0]: row[1:] for row in database.execute("select id, key, text from report")}
    except sqlite3.DatabaseError as error:
        return f"the file is damaged: {error}"
    finally:
        database.close()
    missing = [report for report, told in answered.items() if there.get(report) != told]
    return f"{len(missing)} of {len(answered)} answered reports are lost, such as {missing[0]}" if missing else None


if __name__ == "__main__":
    main()
