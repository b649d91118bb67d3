"""Heisenberg heat bath on a square lattice of side 128 at beta = 1: numba, one thread, ns per spin.

The projection on the field by inversion, the angle around it uniform, on a checkerboard; in double and in single
precision. The energy of each is printed beside its time.
"""
import math

import numba as nb
import numpy as np

from timing import show
from xoshiro import word

SIDE, BETA = 128, 1.0


def make(real, bits):
    """The sweep and the energy in single or double precision, xoshiro256++ of `bits` (53 or 24) bits."""
    unit = real(2.0**-bits)
    shift = np.uint64(64 - bits)
    one, two = real(1), real(2)

    @nb.njit(inline="always")
    def draw(s):
        return real(word(s) >> shift) * unit

    @nb.njit(inline="always")
    def spin(x, y, z, s):
        """A unit vector with weight exp((x, y, z) . s)."""
        kappa = math.sqrt(x * x + y * y + z * z)
        if kappa < real(1e-6):
            c = two * draw(s) - one
            x, y, z, kappa = real(0), real(0), one, one
        else:
            u = draw(s)
            c = one + math.log(one - u * (one - math.exp(-two * kappa))) / kappa
        r = math.sqrt(max(real(0), one - c * c))
        # A point of the disc gives the direction around the axis without sine and cosine.
        while True:
            p, q = two * draw(s) - one, two * draw(s) - one
            square = p * p + q * q
            if real(0) < square < one:
                break
        scale = r / math.sqrt(square)
        p, q = p * scale, q * scale
        # An orthonormal frame around the axis (Duff et al. 2017).
        inverse = one / kappa
        x, y, z = x * inverse, y * inverse, z * inverse
        sign = math.copysign(one, z)
        a = -one / (sign + z)
        b = x * y * a
        return (c * x + p * (one + sign * x * x * a) + q * b,
                c * y + p * sign * b + q * (sign + y * y * a),
                c * z - p * sign * x - q * y)

    @nb.njit
    def sweep(s3, s, beta, count):
        n = s3.shape[1]
        for _ in range(count):
            for colour in range(2):
                for i in range(n):
                    up, down = (i + n - 1) % n, (i + 1) % n
                    for j in range((i + colour) & 1, n, 2):
                        l, r = j - 1 if j else n - 1, j + 1 if j + 1 < n else 0
                        x = beta * (s3[0, up, j] + s3[0, down, j] + s3[0, i, l] + s3[0, i, r])
                        y = beta * (s3[1, up, j] + s3[1, down, j] + s3[1, i, l] + s3[1, i, r])
                        z = beta * (s3[2, up, j] + s3[2, down, j] + s3[2, i, l] + s3[2, i, r])
                        s3[0, i, j], s3[1, i, j], s3[2, i, j] = spin(x, y, z, s)

    @nb.njit
    def energy(s3):
        n, total = s3.shape[1], 0.0
        for k in range(3):
            for i in range(n):
                for j in range(n):
                    total -= s3[k, i, j] * (s3[k, (i + 1) % n, j] + s3[k, i, (j + 1) % n])
        return total / (n * n)

    return sweep, energy


def main():
    rng = np.random.default_rng(1)
    for real, bits, name in ((np.float64, 53, "float64"), (np.float32, 24, "float32")):
        sweep, energy = make(real, bits)
        spins = rng.standard_normal((3, SIDE, SIDE))
        spins = (spins / np.sqrt((spins**2).sum(0))).astype(real)
        state = rng.integers(1, 2**63, 4, dtype=np.uint64)
        beta = real(BETA)
        sweep(spins, state, beta, 200)
        show(f"heisenberg_heat_bath_numba_{name}", 10 * SIDE * SIDE,
             lambda: sweep(spins, state, beta, 10))
        samples = []
        for _ in range(1000):
            sweep(spins, state, beta, 2)
            samples.append(energy(spins))
        print(f"#   energy {np.mean(samples):.5f}")


if __name__ == "__main__":
    main()
