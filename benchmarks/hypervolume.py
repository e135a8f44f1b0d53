#!/usr/bin/env python3
"""Hypervolume in 2, 3 and 4 objectives: Faretto beside moocore, on the same points, in turn, in one run.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install moocore==0.3.2
    cmake --build build --target hypervolume_benchmark
    /tmp/peers/bin/python benchmarks/hypervolume.py build/bin/hypervolume_benchmark [POINTS]

Both sides run in several rounds; a time is the median of the rounds' medians. moocore's is that of its C function,
without Python around it. `pagmo` appears where the program was built with it. `difference` is relative, to moocore.
"""
import json
import statistics
import subprocess
import sys
import time

import moocore
import numpy
from moocore._libmoocore import ffi, lib

ROUNDS, REPEATS = 5, 51


def front(shape, n, objectives, random):
    points = numpy.abs(random.normal(size=(n, objectives)))
    if shape == "uniform":
        return random.random((n, objectives))
    if shape == "linear":
        points = random.exponential(size=(n, objectives))
        return points / points.sum(axis=1, keepdims=True)
    points /= numpy.linalg.norm(points, axis=1, keepdims=True)
    return points if shape == "convex" else 1 - points


def moocore_ms(points, reference):
    data = numpy.ascontiguousarray(points, dtype=float)
    data_pointer, reference_pointer = ffi.from_buffer("double []", data), ffi.from_buffer("double []", reference)
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        volume = lib.fpli_hv(data_pointer, len(points), points.shape[1], reference_pointer)
        times.append(time.perf_counter() - start)
    return statistics.median(times) * 1e3, volume


def faretto_ms(program, text):
    return json.loads(subprocess.run([program, str(REPEATS)], input=text, capture_output=True, text=True, check=True).stdout)


def main():
    program, n = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    random = numpy.random.default_rng(1)
    print(f"moocore {moocore.__version__}, {n} points, ms")
    print(f"{'front':18}{'faretto':>9}{'moocore':>9}{'ratio':>7}{'pagmo':>9}{'difference':>12}{'contributions':>15}{'boxes':>8}{'in':>9}")
    for objectives in (2, 3, 4):
        for shape in ("concave", "convex", "linear", "uniform"):
            points, reference = front(shape, n, objectives, random), numpy.full(objectives, 1.1)
            text = " ".join(map(repr, [n, objectives, *reference.tolist(), *points.ravel().tolist()]))
            ours, theirs = [], []
            for _ in range(ROUNDS):
                theirs.append(moocore_ms(points, reference))
                ours.append(faretto_ms(program, text))
            ms, moocore_time = (statistics.median(times) for times in ([o["ms"] for o in ours], [t[0] for t in theirs]))
            difference = abs(ours[0]["hypervolume"] / theirs[0][1] - 1)
            pagmo = f"{ours[0]['pagmo_ms']:9.3f}" if "pagmo_ms" in ours[0] else f"{'-':>9}"
            print(f"{shape + ' ' + str(objectives):18}{ms:9.4f}{moocore_time:9.4f}{ms / moocore_time:7.2f}{pagmo}{difference:12.1e}"
                  f"{ours[0]['contributions_ms']:15.3f}{ours[0]['boxes']:8d}{ours[0]['boxes_ms']:9.3f}")


main()
