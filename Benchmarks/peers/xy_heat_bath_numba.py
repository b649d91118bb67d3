"""XY heat bath on a square lattice of side 128 at beta = 1: numba, one thread, ns per spin.

Angles on a checkerboard, Best and Fisher's rejection for each spin. Three ways to keep the spins and to draw
random numbers are timed; the energy of each is printed beside its time.
"""
import math
import sys

import numba as nb
import numpy as np

from timing import show
from xoshiro import word

SIDE, BETA = 128, 1.0


def make(real, bits):
    """The sweep and the energy in single or double precision, xoshiro256++ of `bits` (53 or 24) bits."""
    unit = real(2.0**-bits)
    shift = np.uint64(64 - bits)
    one, two, half = real(1), real(2), real(0.5)
    pi = real(math.pi)

    @nb.njit(inline="always")
    def draw(s):
        return real(word(s) >> shift) * unit

    @nb.njit(inline="always")
    def spin(x, y, s):
        """A unit vector with weight exp((x, y) . s)."""
        square = x * x + y * y
        kappa = math.sqrt(square)
        if kappa < real(1e-10):
            angle = two * pi * draw(s)
            return math.cos(angle), math.sin(angle)
        # r of Best and Fisher (1979), written so that weak fields do not cancel.
        tau = one + math.sqrt(one + real(4) * square)
        rho = (tau - math.sqrt(two * tau)) / (two * kappa)
        r = (one + rho * rho) / (two * rho)
        while True:
            z = math.cos(pi * draw(s))
            f = (one + r * z) / (r + z)
            c = kappa * (r - f)
            u = one - draw(s)
            if c * (two - c) > u or math.log(c / u) + one >= c:
                break
        g = math.sqrt(max(real(0), one - f * f))
        if draw(s) < half:
            g = -g
        a, b = x / kappa, y / kappa
        return f * a - g * b, f * b + g * a

    @nb.njit
    def sweep(sx, sy, s, beta, count):
        n = sx.shape[0]
        for _ in range(count):
            for colour in range(2):
                for i in range(n):
                    up, down = (i + n - 1) % n, (i + 1) % n
                    for j in range((i + colour) & 1, n, 2):
                        left, right = j - 1 if j else n - 1, j + 1 if j + 1 < n else 0
                        x = beta * (sx[up, j] + sx[down, j] + sx[i, left] + sx[i, right])
                        y = beta * (sy[up, j] + sy[down, j] + sy[i, left] + sy[i, right])
                        sx[i, j], sy[i, j] = spin(x, y, s)

    @nb.njit
    def energy(sx, sy):
        n, total = sx.shape[0], 0.0
        for i in range(n):
            for j in range(n):
                down, right = (i + 1) % n, (j + 1) % n
                total -= sx[i, j] * (sx[down, j] + sx[i, right])
                total -= sy[i, j] * (sy[down, j] + sy[i, right])
        return total / (n * n)

    return sweep, energy


def main():
    rng = np.random.default_rng(1)
    for real, bits, name in ((np.float64, 53, "float64"), (np.float32, 24, "float32")):
        sweep, energy = make(real, bits)
        angles = rng.uniform(0, 2 * np.pi, (SIDE, SIDE))
        sx, sy = np.cos(angles).astype(real), np.sin(angles).astype(real)
        state = rng.integers(1, 2**63, 4, dtype=np.uint64)
        beta = real(BETA)
        sweep(sx, sy, state, beta, 200)
        show(f"xy_heat_bath_numba_{name}", 10 * SIDE * SIDE, lambda: sweep(sx, sy, state, beta, 10))
        samples = []
        for _ in range(1000):
            sweep(sx, sy, state, beta, 2)
            samples.append(energy(sx, sy))
        print(f"#   energy {np.mean(samples):.5f}", file=sys.stdout)


if __name__ == "__main__":
    main()
