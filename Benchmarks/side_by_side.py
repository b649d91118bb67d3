"""Usage: python3 side_by_side.py [--rounds N] [--core N] [--peers FOLDER] [--python PROGRAM] [NAME ...]

Times `landau bench` and the peers in turn on one core, N rounds (default 3) of one after the other, and prints
nanoseconds for an update: the median over rounds of ours and of the peer, and the ratio (above 1: ours is faster). A
peer in double and in single precision has two lines; ours are in double. NAME is the beginning of a benchmark's name.
Peers are scripts that print `name: value unit`, as those beside this file do; --peers names a folder with others,
--python the program they run with.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
# Our benchmark and the scripts of its peers.
PAIRS = [
    ("metropolis-2d", ["m1_metropolis_numba_multispin.py", "m1_metropolis_numba_simd.py"]),
    ("wolff", ["m2_wolff_numba.py", "m2_wolff_mcising.py"]),
    ("swendsen-wang", ["m2_sw_numba.py", "m2_sw_mcising.py"]),
    ("phi4-hmc", ["m3_hmc_numba.py", "m3_hmc_jax.py"]),
]
# Nanoseconds for an update from a figure in the peer's unit.
UNITS = {
    "flips/ns": lambda x: 1 / x,
    "ns/spin": lambda x: x,
    "ns/visited-spin": lambda x: x,
    "ns": lambda x: x,
    "site-updates/s": lambda x: 1e9 / x,
}


def ours(program, name, pin):
    out = subprocess.run(pin + [program, "bench", name, "--threads", "1", "--json"],
                         check=True, capture_output=True, text=True).stdout
    return next(row["nanosecondsMedian"] for row in json.loads(out)["benchmarks"] if row["name"] == name)


def peer(python, script, pin):
    environment = dict(os.environ, BENCH_THREADS="1", OMP_NUM_THREADS="1", NUMBA_NUM_THREADS="1")
    done = subprocess.run(pin + [python, str(script)], capture_output=True, text=True, cwd=script.parent,
                          env=environment)
    figures = {}
    for line in done.stdout.splitlines():
        words = line.split()
        if len(words) >= 3 and words[0].endswith(":") and words[2] in UNITS:
            figures[words[0][:-1]] = UNITS[words[2]](float(words[1]))
    if not figures:
        sys.stderr.write(f"{script.name}: no figure\n{done.stderr[-400:]}\n")
    return figures


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--core", default="1")
    parser.add_argument("--peers", type=pathlib.Path, action="append", default=[HERE / "peers"])
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--landau", default=str(HERE.parent / ".build/release/landau"))
    parser.add_argument("names", nargs="*")
    options = parser.parse_args()
    pin = ["taskset", "-c", options.core]
    pairs = list(PAIRS)
    for script in sorted((HERE / "peers").glob("*_numba.py")) + sorted((HERE / "peers").glob("*_jax.py")):
        pairs.append((script.stem.rsplit("_", 1)[0].replace("_", "-"), [script.name]))
    print(f"{'':24} {'ours, ns':>10}  {'peer, ns':>10}  {'ratio':>6}  peer")
    for name, scripts in pairs:
        if options.names and not any(name.startswith(one) for one in options.names):
            continue
        found = [folder / script for script in scripts for folder in options.peers if (folder / script).exists()]
        mine, theirs = [], {}
        for _ in range(options.rounds):
            for script in found:
                mine.append(ours(options.landau, name, pin))
                for label, figure in peer(options.python, script, pin).items():
                    theirs.setdefault(label, []).append(figure)
        for label, figures in theirs.items():
            a, b = statistics.median(mine), statistics.median(figures)
            print(f"{name:24} {a:10.4f}  {b:10.4f}  {b / a:6.2f}  {label}", flush=True)


main()
