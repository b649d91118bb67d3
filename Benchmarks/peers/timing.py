"""How the peers here are timed: thread CPU time, the median and the best of several blocks."""
import statistics
import time


def show(name, work, body, blocks=9, seconds=0.3):
    """Prints nanoseconds per unit of work; `body` does `work` units a call."""
    body()
    start = time.thread_time()
    body()
    calls = max(1, int(seconds / max(time.thread_time() - start, 1e-9)))
    figures = []
    for _ in range(blocks):
        start = time.thread_time()
        for _ in range(calls):
            body()
        figures.append(1e9 * (time.thread_time() - start) / (calls * work))
    print(f"{name}: {statistics.median(figures):.3f} ns (best {min(figures):.3f})", flush=True)
