#!/usr/bin/env python3
"""Tokens per second of a scenario at growing contexts, two runs at a time: contexts.py SCENARIO [PATH=VALUE]..."""
import concurrent.futures
import sys

import ifcsim

name, sets = sys.argv[1], dict(word.split("=", 1) for word in sys.argv[2:])
contexts = ["1K", "4K", "16K", "100K"]
with concurrent.futures.ThreadPoolExecutor(2) as pool:
    results = pool.map(lambda context: ifcsim.run(name, {**sets, "workload.context": context}), contexts)
    for context, r in zip(contexts, results):
        if r.status == "ok":
            print(f"{context:6} {r.decode.tokens_per_second:8.2f} tokens/s {r.decode.latency_ps.mean * 1e-9:8.2f} ms")
        else:
            print(f"{context:6} {r.status}")
