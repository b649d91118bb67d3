"""phi^4 by Hamiltonian Monte Carlo, side 64, 128 chains, 10 leapfrog steps: numba, one thread, ns per site and step.

In single and in double precision: rows go through vector units, normal numbers are Box and Muller's from sixteen
xorshift streams of 32 bits. The share of accepted trajectories is printed beside the time.
"""
import math

import numba as nb
import numpy as np

from timing import show

SIDE, CHAINS, STEPS, STEP, MASS, LAMBDA = 64, 128, 10, 0.05, -4.0, 8.0
FAST = {"fastmath": True, "boundscheck": False}


def make(real):
    two, four, half = real(2), real(4), real(0.5)

    @nb.njit(**FAST)
    def kick(field, momenta, step, a, b):
        n = field.shape[0]
        for i in range(n):
            up, here, down, own = field[(i - 1) % n], field[i], field[(i + 1) % n], momenta[i]
            own[0] += step * (two * (up[0] + down[0] + here[n - 1] + here[1])
                              - here[0] * (a + b * here[0] * here[0]))
            for j in range(1, n - 1):
                own[j] += step * (two * (up[j] + down[j] + here[j - 1] + here[j + 1])
                                  - here[j] * (a + b * here[j] * here[j]))
            own[n - 1] += step * (two * (up[n - 1] + down[n - 1] + here[n - 2] + here[0])
                                  - here[n - 1] * (a + b * here[n - 1] * here[n - 1]))

    @nb.njit(**FAST)
    def drift(field, momenta, step):
        x, p = field.ravel(), momenta.ravel()
        for i in range(x.shape[0]):
            x[i] += step * p[i]

    @nb.njit(**FAST)
    def total(field, momenta, mass, quartic):
        n, result = field.shape[0], 0.0
        for i in range(n):
            row, here, down, own = real(0), field[i], field[(i + 1) % n], momenta[i]
            for j in range(n - 1):
                x = here[j]
                row += half * own[j] * own[j] + x * (four * x - two * down[j] - two * here[j + 1])
                row += mass * x * x + quartic * x * x * x * x
            x = here[n - 1]
            row += half * own[n - 1] ** 2 + x * (four * x - two * down[n - 1] - two * here[0])
            row += mass * x * x + quartic * x * x * x * x
            result += row
        return result

    @nb.njit(**FAST)
    def normals(momenta, words):
        out = momenta.ravel()
        middle = out.shape[0] // 2
        for first in range(0, middle, 16):
            for k in range(16):
                x = words[k]
                x = nb.uint32(x ^ (x << 13))
                x = nb.uint32(x ^ (x >> 17))
                x = nb.uint32(x ^ (x << 5))
                y = nb.uint32(x ^ (x << 13))
                y = nb.uint32(y ^ (y >> 17))
                y = nb.uint32(y ^ (y << 5))
                words[k] = y
                u = (real(x >> 9) + half) * real(2.0**-23)
                angle = real(y >> 9) * real(2.0**-22 * math.pi)
                radius = math.sqrt(-two * math.log(u))
                out[first + k] = radius * math.cos(angle)
                out[middle + first + k] = radius * math.sin(angle)

    @nb.njit(**FAST)
    def trajectories(fields, moved, momenta, words, steps, step, mass, quartic):
        a, b = real(8) + two * mass, four * quartic
        accepted = 0
        for chain in range(fields.shape[0]):
            normals(momenta, words)
            moved[:] = fields[chain]
            start = total(moved, momenta, mass, quartic)
            kick(moved, momenta, half * step, a, b)
            for index in range(steps):
                drift(moved, momenta, step)
                kick(moved, momenta, step if index + 1 < steps else half * step, a, b)
            if np.random.random() < math.exp(start - total(moved, momenta, mass, quartic)):
                fields[chain] = moved
                accepted += 1
        return accepted

    return trajectories


def main():
    rng = np.random.default_rng(0)
    for real in (np.float32, np.float64):
        trajectories = make(real)
        fields = (0.1 * rng.standard_normal((CHAINS, SIDE, SIDE))).astype(real)
        moved, momenta = np.zeros((SIDE, SIDE), real), np.zeros((SIDE, SIDE), real)
        words = rng.integers(1, 2**32, 16, dtype=np.uint32)
        arguments = (fields, moved, momenta, words, STEPS, real(STEP), real(MASS), real(LAMBDA))
        for _ in range(50):
            accepted = trajectories(*arguments)
        show(f"phi4_hmc_numba_{real.__name__}", STEPS * SIDE * SIDE * CHAINS,
             lambda: trajectories(*arguments))
        print(f"#   accepted {accepted / CHAINS:.3f}")


if __name__ == "__main__":
    main()
