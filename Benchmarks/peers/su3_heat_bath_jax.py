"""SU(3) heat bath (Cabibbo and Marinari) on 8^4 at beta = 6: JAX, compiled, one thread, ns per link.

Links that start at sites of one colour of the checkerboard and go along one axis are drawn at once; numbers of a matrix
come first in memory and sites last, so that products are loops over sites. Kennedy and Pendleton's draw in each of the
three subgroups goes on until the last link is accepted. The mean plaquette is printed beside the time.
"""
import functools
import math
import time

import jax
import jax.numpy as jnp
import numpy as np

from timing import show

jax.config.update("jax_enable_x64", True)
SIDE, BETA = 8, 6.0
PLACES = np.arange(SIDE**4).reshape((SIDE,) * 4)
AFTER = np.stack([np.roll(PLACES, -1, k).ravel() for k in range(4)])
BEFORE = np.stack([np.roll(PLACES, 1, k).ravel() for k in range(4)])
PARITY = np.indices(PLACES.shape).sum(0).ravel() % 2


def times(a, b):
    return sum(a[:, k, None] * b[None, k] for k in range(3))


def adjoint(a):
    return a.conj().swapaxes(0, 1)


def staples(links, axis, sites):
    """Sum over the planes; links are [axis, row, column, site]."""
    total, ahead = 0, AFTER[axis][sites]
    for other in range(4):
        if other == axis:
            continue
        beside, behind = AFTER[other][sites], BEFORE[other][sites]
        corner = AFTER[axis][behind]
        total += times(times(links[other][:, :, ahead], adjoint(links[axis][:, :, beside])),
                       adjoint(links[other][:, :, sites]))
        total += times(adjoint(times(links[axis][:, :, behind], links[other][:, :, corner])),
                       links[other][:, :, behind])
    return total


def drawn(alpha, key):
    """(x, v) on the sphere with weight exp(alpha x), by Kennedy and Pendleton."""
    shape = alpha.shape

    def more(state):
        return state[0].any()

    def attempt(state):
        waiting, y, key = state
        key, one = jax.random.split(key)
        u = jax.random.uniform(one, (4,) + shape, alpha.dtype)
        c = jnp.cos(2 * math.pi * u[0])
        new = -(jnp.log1p(-u[1]) + c * c * jnp.log1p(-u[2])) / alpha
        y = jnp.where(waiting, new, y)
        return waiting & (u[3] ** 2 > 1 - 0.5 * new), y, key

    _, y, key = jax.lax.while_loop(more, attempt, (jnp.ones(shape, bool), jnp.zeros(shape), key))
    key, one = jax.random.split(key)
    u = jax.random.uniform(one, (2,) + shape, alpha.dtype)
    radius = jnp.sqrt(jnp.maximum(0, y * (2 - y)))
    height, angle = 2 * u[0] - 1, 2 * math.pi * u[1]
    around = radius * jnp.sqrt(1 - height * height)
    return 1 - y, around * jnp.cos(angle), around * jnp.sin(angle), radius * height, key


def turned(m, i, j, g, h):
    p, q = m[i], m[j]
    return m.at[i].set(g * p + h * q).at[j].set(g.conj() * q - h.conj() * p)


@functools.partial(jax.jit, donate_argnums=0)
def sweep(links, key):
    for axis in range(4):
        for colour in range(2):
            sites = np.flatnonzero(PARITY == colour)
            link = links[axis][:, :, sites]
            w = times(link, staples(links, axis, sites))
            for i, j in ((0, 1), (0, 2), (1, 2)):
                a, b = 0.5 * (w[i, i] + w[j, j].conj()), 0.5 * (w[i, j] - w[j, i].conj())
                k = jnp.sqrt(a.real**2 + a.imag**2 + b.real**2 + b.imag**2)
                x0, x1, x2, x3, key = drawn(2 * BETA / 3 * k, key)
                x, y = x0 + 1j * x3, x2 + 1j * x1
                # The block is k v; the element is g = x v^dagger.
                va, vb = a.conj() / k, -b / k
                g, h = x * va - y * vb.conj(), x * vb + y * va.conj()
                link, w = turned(link, i, j, g, h), turned(w, i, j, g, h)
            links = links.at[axis, :, :, sites].set(jnp.moveaxis(link, 2, 0))
    return links, key


@jax.jit
def plaquette(links):
    total = 0.0
    for a in range(4):
        for b in range(a + 1, 4):
            p = times(times(links[a], links[b][:, :, AFTER[a]]), adjoint(links[a][:, :, AFTER[b]]))
            total += (p * links[b].conj()).sum().real / 3
    return total / (6 * SIDE**4)


def main():
    links = jnp.broadcast_to(jnp.eye(3, dtype=complex)[None, :, :, None], (4, 3, 3, SIDE**4)) + 0
    state = [links, jax.random.key(1)]

    def run():
        state[:] = jax.block_until_ready(sweep(*state))

    for _ in range(40):
        run()
    show("su3_heat_bath_jax", 4 * SIDE**4, run, clock=time.process_time)
    samples = []
    for _ in range(50):
        run()
        samples.append(float(plaquette(state[0])))
    print(f"#   plaquette {np.mean(samples):.5f}")


if __name__ == "__main__":
    main()
