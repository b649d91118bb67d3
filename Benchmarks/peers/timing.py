"""How the peers here are timed: CPU time, the median and the best of several blocks."""
import statistics
import time


def show(name, work, body, blocks=9, seconds=0.3, clock=time.thread_time):
    """Prints nanoseconds per unit of work; `body` does `work` units a call.

    `clock` is that of the process where a library works in threads of its own.
    """
    body()
    start = clock()
    body()
    calls = max(1, int(seconds / max(clock() - start, 1e-9)))
    figures = []
    for _ in range(blocks):
        start = clock()
        for _ in range(calls):
            body()
        figures.append(1e9 * (clock() - start) / (calls * work))
    print(f"{name}: {statistics.median(figures):.3f} ns (best {min(figures):.3f})", flush=True)
