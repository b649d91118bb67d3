"""SU(3) heat bath (Cabibbo and Marinari) on 8^4 at beta = 6: numba, one thread, ns per link.

Links are complex 3 x 3 matrices in one array; products are written out in local buffers, without calls into a
library. Kennedy and Pendleton's draw in each of the three subgroups. The mean plaquette is printed beside the time.
"""
import math

import numba as nb
import numpy as np

from timing import show
from xoshiro import word

SIDE, BETA = 8, 6.0
FAST = {"fastmath": {"contract", "nsz", "arcp"}, "boundscheck": False}


@nb.njit(inline="always")
def draw(s):
    return (word(s) >> np.uint64(11)) * 2.0**-53


@nb.njit(inline="always", **FAST)
def times(a, b, c):
    """c = a b, written out by rows so that a row stays in registers."""
    for i in range(3):
        x, y, z = a[i, 0], a[i, 1], a[i, 2]
        c[i, 0] = x * b[0, 0] + y * b[1, 0] + z * b[2, 0]
        c[i, 1] = x * b[0, 1] + y * b[1, 1] + z * b[2, 1]
        c[i, 2] = x * b[0, 2] + y * b[1, 2] + z * b[2, 2]


@nb.njit(inline="always", **FAST)
def times_adjoint(a, b, c):
    """c = a b^dagger."""
    for i in range(3):
        x, y, z = a[i, 0], a[i, 1], a[i, 2]
        for j in range(3):
            c[i, j] = (x * b[j, 0].conjugate() + y * b[j, 1].conjugate()
                       + z * b[j, 2].conjugate())


@nb.njit(inline="always", **FAST)
def add_adjoint_times(a, b, c):
    """c += a^dagger b."""
    for i in range(3):
        x, y, z = a[0, i].conjugate(), a[1, i].conjugate(), a[2, i].conjugate()
        c[i, 0] += x * b[0, 0] + y * b[1, 0] + z * b[2, 0]
        c[i, 1] += x * b[0, 1] + y * b[1, 1] + z * b[2, 1]
        c[i, 2] += x * b[0, 2] + y * b[1, 2] + z * b[2, 2]


@nb.njit(inline="always", **FAST)
def add_times_adjoint(a, b, c):
    """c += a b^dagger."""
    for i in range(3):
        x, y, z = a[i, 0], a[i, 1], a[i, 2]
        for j in range(3):
            c[i, j] += (x * b[j, 0].conjugate() + y * b[j, 1].conjugate()
                        + z * b[j, 2].conjugate())


@nb.njit(inline="always", **FAST)
def quaternion(alpha, s):
    """(x, v) on the sphere with weight exp(alpha x), by Kennedy and Pendleton."""
    while True:
        r1, r2 = 1.0 - draw(s), 1.0 - draw(s)
        c = math.cos(2 * math.pi * draw(s))
        y = -(math.log(r1) + c * c * math.log(r2)) / alpha
        r = draw(s)
        if r * r <= 1 - 0.5 * y:
            break
    x = 1 - y
    radius = math.sqrt(max(0.0, 1 - x * x))
    while True:
        p, q = 2 * draw(s) - 1, 2 * draw(s) - 1
        square = p * p + q * q
        if square < 1:
            break
    scale = 2 * radius * math.sqrt(1 - square)
    return x, scale * p, scale * q, radius * (1 - 2 * square)


@nb.njit(inline="always", **FAST)
def subgroup(u, w, i, j, strength, s):
    """Turns rows i and j of the link u and of w = u a by an element drawn for their block."""
    a, b = 0.5 * (w[i, i] + w[j, j].conjugate()), 0.5 * (w[i, j] - w[j, i].conjugate())
    k = math.sqrt(a.real**2 + a.imag**2 + b.real**2 + b.imag**2)
    x0, x1, x2, x3 = quaternion(2 * strength * k, s)
    x, y = complex(x0, x3), complex(x2, x1)
    # The block is k v; the element is g = x v^dagger.
    va, vb = a.conjugate() / k, -b / k
    g, h = x * va - y * vb.conjugate(), x * vb + y * va.conjugate()
    for m in range(3):
        p, q = u[i, m], u[j, m]
        u[i, m] = g * p + h * q
        u[j, m] = g.conjugate() * q - h.conjugate() * p
        p, q = w[i, m], w[j, m]
        w[i, m] = g * p + h * q
        w[j, m] = g.conjugate() * q - h.conjugate() * p


@nb.njit(**FAST)
def sweep(u, after, before, s, beta):
    strength = beta / 3
    sites = u.shape[0]
    middle, staples, w = np.empty((3, 3), u.dtype), np.empty((3, 3), u.dtype), np.empty((3, 3), u.dtype)
    for axis in range(4):
        for site in range(sites):
            staples[:] = 0
            ahead = after[site, axis]
            for other in range(4):
                if other == axis:
                    continue
                times_adjoint(u[ahead, other], u[after[site, other], axis], middle)
                add_times_adjoint(middle, u[site, other], staples)
                behind = before[site, other]
                times(u[behind, axis], u[after[behind, axis], other], middle)
                add_adjoint_times(middle, u[behind, other], staples)
            link = u[site, axis]
            times(link, staples, w)
            subgroup(link, w, 0, 1, strength, s)
            subgroup(link, w, 0, 2, strength, s)
            subgroup(link, w, 1, 2, strength, s)


@nb.njit(**FAST)
def plaquette(u, after):
    total = 0.0
    one, two, last = np.empty((3, 3), u.dtype), np.empty((3, 3), u.dtype), np.empty((3, 3), u.dtype)
    for site in range(u.shape[0]):
        for a in range(4):
            for b in range(a + 1, 4):
                times(u[site, a], u[after[site, a], b], one)
                times_adjoint(one, u[after[site, b], a], two)
                times_adjoint(two, u[site, b], last)
                total += (last[0, 0] + last[1, 1] + last[2, 2]).real / 3
    return total / (6 * u.shape[0])


def main():
    places = np.arange(SIDE**4).reshape((SIDE,) * 4)
    after = np.stack([np.roll(places, -1, k).ravel() for k in range(4)], 1)
    before = np.stack([np.roll(places, 1, k).ravel() for k in range(4)], 1)
    links = np.zeros((SIDE**4, 4, 3, 3), np.complex128)
    links[:, :] = np.eye(3)
    state = np.random.default_rng(1).integers(1, 2**63, 4, dtype=np.uint64)
    for _ in range(40):
        sweep(links, after, before, state, BETA)
    show("su3_heat_bath_numba", 4 * SIDE**4, lambda: sweep(links, after, before, state, BETA))
    samples = []
    for _ in range(50):
        sweep(links, after, before, state, BETA)
        samples.append(plaquette(links, after))
    print(f"#   plaquette {np.mean(samples):.5f}")


if __name__ == "__main__":
    main()
