"""Compute a draw again from its two files, with nothing but Python (python3 verify_draw.py FOLDER)."""

import hashlib
import json
import sys
from csv import DictReader
from pathlib import Path


def sha(*fields):
    return hashlib.sha256("\n".join(fields).encode()).hexdigest()


def canonical(value):
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def checks(folder):
    text, frame = (Path(folder, name).read_bytes().decode() for name in ("certificate.json", "frame.csv"))
    parties, smallest = (draw := json.loads(text))["parties"], {}
    order = {f"{cell['unit']}/{cell['group']}": [] for cell in draw["plan"]["cells"]}
    yield sha(frame) == draw["frame_hash"], "frame.csv is not the frame whose hash was published"
    yield all(sha(p["name"], p["reveal"]) == p["commit"] for p in parties), "a commitment was not kept"
    parts = [part for party in parties for part in (party["name"], party["reveal"])]
    yield len(set(parts[::2])) == len(parties) > 1, "fewer than two parties gave a part of the seed"
    yield sha(*parts, *map(draw["public"].get, ("name", "value"))) == draw["seed"], "another seed follows"
    yield sha(canonical(draw["plan"])) == draw["plan_hash"], "the plan is not the plan of its hash"
    for row in filter(lambda row: row["cell"], DictReader(frame.split("\n"))):  # the public pool has no cell
        ticket = sha(draw["seed"], draw["plan_hash"], row["cell"], row["entry"]), row["entry"], row["cell"]
        smallest[row["person"]] = min(ticket, smallest.get(row["person"], ticket))
    for _, entry, cell in sorted(smallest.values()):
        order[cell].append(entry)
    yield order == draw["order"], f"other order: {[c for c in order if order[c] != draw['order'].get(c)]}"
    digest = sha(canonical({key: value for key, value in draw.items() if key != "digest"}))
    yield text == canonical(draw | {"digest": digest}), "certificate.json is not what its digest says"


if __name__ == "__main__":
    sys.excepthook = lambda kind, fault, trace: print("the files cannot be read:", fault, file=sys.stderr)
    sys.exit(next((sentence for holds, sentence in checks(sys.argv[1]) if not holds), None) or print("OK"))
