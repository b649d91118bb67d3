"""phi^4 by Hamiltonian Monte Carlo, side 64, 128 chains, 10 leapfrog steps: JAX, compiled, one thread, ns per site and step.

All chains move at once. In single and in double precision; the share of accepted trajectories is printed beside the
time.
"""
import time

import jax
import jax.numpy as jnp

from timing import show

jax.config.update("jax_enable_x64", True)
SIDE, CHAINS, STEPS, STEP, MASS, LAMBDA = 64, 128, 10, 0.05, -4.0, 8.0


def action(field):
    ahead = jnp.roll(field, -1, 1) + jnp.roll(field, -1, 2)
    square = field * field
    return (2 * field * (2 * field - ahead) + square * (MASS + LAMBDA * square)).sum((1, 2))


def force(field):
    beside = sum(jnp.roll(field, step, axis) for step in (1, -1) for axis in (1, 2))
    return 2 * beside - field * ((8 + 2 * MASS) + 4 * LAMBDA * field * field)


@jax.jit
def trajectory(fields, key):
    key, one, other = jax.random.split(key, 3)
    momenta = jax.random.normal(one, fields.shape, fields.dtype)
    start = 0.5 * (momenta * momenta).sum((1, 2)) + action(fields)
    momenta += 0.5 * STEP * force(fields)

    def step(_, state):
        moved, momenta = state
        moved += STEP * momenta
        return moved, momenta + STEP * force(moved)

    moved, momenta = jax.lax.fori_loop(0, STEPS - 1, step, (fields, momenta))
    moved += STEP * momenta
    momenta += 0.5 * STEP * force(moved)
    cost = 0.5 * (momenta * momenta).sum((1, 2)) + action(moved) - start
    accepted = jax.random.uniform(other, (CHAINS,)) < jnp.exp(-cost)
    return jnp.where(accepted[:, None, None], moved, fields), key, accepted.mean()


def main():
    for real in (jnp.float32, jnp.float64):
        fields = 0.1 * jax.random.normal(jax.random.key(1), (CHAINS, SIDE, SIDE), real)
        state = [fields, jax.random.key(2), 0.0]

        def run():
            state[:] = jax.block_until_ready(trajectory(*state[:2]))

        for _ in range(50):
            run()
        show(f"phi4_hmc_jax_{real.__name__}", STEPS * SIDE * SIDE * CHAINS, run, clock=time.process_time)
        print(f"#   accepted {float(state[2]):.3f}")


if __name__ == "__main__":
    main()
