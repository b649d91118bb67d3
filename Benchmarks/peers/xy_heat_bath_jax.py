"""XY heat bath on a square lattice of side 128 at beta = 1: JAX, compiled, one thread, ns per spin.

Spins of one colour of a checkerboard lie in one array, so that a colour is drawn at once; Best and Fisher's rejection
goes on until the last spin is accepted. In single and in double precision; the energy of each is printed beside its
time.
"""
import functools
import math
import time

import jax
import jax.numpy as jnp

from timing import show

jax.config.update("jax_enable_x64", True)
SIDE, BETA = 128, 1.0


def neighbours(other, colour):
    """Sum over the neighbours of the sites of a colour, columns j and j + 1/2 of the rows of the other one."""
    odd = (jnp.arange(SIDE) + colour) % 2 == 1
    beside = jnp.where(odd[:, None], jnp.roll(other, -1, -1), jnp.roll(other, 1, -1))
    return other + beside + jnp.roll(other, 1, -2) + jnp.roll(other, -1, -2)


def drawn(field, key):
    """Unit vectors s with weight exp(field . s)."""
    real, shape = field.dtype, field.shape[1:]
    kappa = jnp.maximum(jnp.sqrt((field**2).sum(0)), 1e-10)
    # r of Best and Fisher (1979), written so that weak fields do not cancel.
    tau = 1 + jnp.sqrt(1 + 4 * kappa**2)
    rho = (tau - jnp.sqrt(2 * tau)) / (2 * kappa)
    r = (1 + rho * rho) / (2 * rho)

    def more(state):
        return state[0].any()

    def attempt(state):
        waiting, cosine, key = state
        key, one = jax.random.split(key)
        u = jax.random.uniform(one, (2,) + shape, real)
        z = jnp.cos(math.pi * u[0])
        f = (1 + r * z) / (r + z)
        c, v = kappa * (r - f), 1 - u[1]
        accepted = (c * (2 - c) > v) | (jnp.log(c / v) + 1 >= c)
        return waiting & ~accepted, jnp.where(waiting, f, cosine), key

    start = jnp.ones(shape, bool), jnp.zeros(shape, real), key
    _, cosine, key = jax.lax.while_loop(more, attempt, start)
    key, one = jax.random.split(key)
    sine = jnp.sqrt(jnp.maximum(0, 1 - cosine**2)) * jax.random.rademacher(one, shape, real)
    a, b = field[0] / kappa, field[1] / kappa
    return jnp.stack([cosine * a - sine * b, cosine * b + sine * a]), key


@functools.partial(jax.jit, static_argnums=2)
def sweeps(spins, key, count):
    def sweep(_, state):
        spins, key = state
        for colour in range(2):
            new, key = drawn(BETA * neighbours(spins[1 - colour], colour), key)
            spins = spins.at[colour].set(new)
        return spins, key

    return jax.lax.fori_loop(0, count, sweep, (spins, key))


@jax.jit
def energy(spins):
    return -(spins[0] * neighbours(spins[1], 0)).sum() / SIDE**2


def main():
    for real in (jnp.float32, jnp.float64):
        key = jax.random.key(1)
        angles = jax.random.uniform(jax.random.key(2), (2, SIDE, SIDE // 2), real, 0, 2 * math.pi)
        state = [jnp.stack([jnp.cos(angles), jnp.sin(angles)], 1), key]

        def run():
            state[:] = jax.block_until_ready(sweeps(*state, 10))

        for _ in range(20):
            run()
        show(f"xy_heat_bath_jax_{real.__name__}", 10 * SIDE * SIDE, run, clock=time.process_time)
        total, count = 0.0, 200
        for _ in range(count):
            run()
            total += float(energy(state[0]))
        print(f"#   energy {total / count:.5f}")


if __name__ == "__main__":
    main()
