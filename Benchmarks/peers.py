"""Usage: python peers.py {attention,narrow} {jax,torch}
       python peers.py scaling jax

Training steps of the networks of TensorBench that have no peer elsewhere, in jax or torch: milliseconds, the median and
the best of seven blocks; or the perceptrons of TensorBench's scaling, lines of width, batch and microseconds. On one thread (pin it: taskset -c 1) of processor time, on BENCH_THREADS of them by the clock on the wall.
"""
import os
import sys
import time

THREADS = int(os.environ.get("BENCH_THREADS", "1"))
clock = time.process_time if THREADS == 1 else time.perf_counter

WIDTHS = [16] + [16] * 20 + [2]


SCALING = [(4, 4), (4, 16)] + [(w, 32) for w in (4, 8, 16, 32, 64, 128, 256, 512)] + [
    (16, b) for b in (1, 4, 16, 64, 256, 1024, 4096, 16384)]


def blocks(step, count=7, seconds=0.3):
    for _ in range(3):
        step()
    start = clock()
    step()
    inner = max(1, int(seconds / max(1e-9, clock() - start)) + 1)
    times = []
    for _ in range(count):
        start = clock()
        for _ in range(inner):
            step()
        times.append((clock() - start) / inner)
    times.sort()
    return times[count // 2], times[0]


def jax_step(name, widths=WIDTHS, batch=32):
    import jax
    import jax.numpy as jnp
    import optax
    keys = iter(jax.random.split(jax.random.key(0), 100))

    def dense(a, b):
        return jax.random.normal(next(keys), (a, b)) / a**0.5, jnp.zeros(b)

    if name == "narrow":
        params = [dense(a, b) for a, b in zip(widths, widths[1:])]
        x = jax.random.normal(next(keys), (batch, widths[0]))
        y = jax.random.randint(next(keys), (batch,), 0, 2)

        def loss(params):
            h = x
            for i, (w, b) in enumerate(params):
                h = h @ w + b
                h = jax.nn.relu(h) if i + 1 < len(params) else h
            return optax.softmax_cross_entropy_with_integer_labels(h, y).mean()
    else:
        def block():
            return dict(n1=(jnp.ones(64), jnp.zeros(64)), n2=(jnp.ones(64), jnp.zeros(64)),
                        q=dense(64, 64), k=dense(64, 64), v=dense(64, 64), o=dense(64, 64),
                        up=dense(64, 256), down=dense(256, 64))
        params = [dense(4, 64), [block(), block()], dense(64, 1)]
        x = jax.random.normal(next(keys), (32, 64, 4))
        y = jax.random.normal(next(keys), (32,))

        def norm(p, h):
            mean = h.mean(-1, keepdims=True)
            return (h - mean) / jnp.sqrt(((h - mean) ** 2).mean(-1, keepdims=True) + 1e-5) * p[0] + p[1]

        def affine(p, h):
            return h @ p[0] + p[1]

        def loss(params):
            h = affine(params[0], x)
            for p in params[1]:
                n = norm(p["n1"], h)
                q, k, v = (affine(p[s], n).reshape(32, 64, 4, 16).transpose(0, 2, 1, 3) for s in "qkv")
                a = jax.nn.softmax(q @ k.transpose(0, 1, 3, 2) * 0.25, -1) @ v
                h = h + affine(p["o"], a.transpose(0, 2, 1, 3).reshape(32, 64, 64))
                h = h + affine(p["down"], jax.nn.relu(affine(p["up"], norm(p["n2"], h))))
            return ((affine(params[2], h.mean(1))[:, 0] - y) ** 2).mean()

    opt = optax.adam(1e-3)

    def update(params, state):
        value, g = jax.value_and_grad(loss)(params)
        delta, state = opt.update(g, state)
        return optax.apply_updates(params, delta), state, value

    update = jax.jit(update, donate_argnums=(0, 1))
    state = [params, opt.init(params), None]

    def step():
        state[:] = jax.block_until_ready(update(state[0], state[1]))
    return step


def torch_step(name):
    import torch
    from torch import nn
    import torch.nn.functional as F
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    if name == "narrow":
        layers = []
        for a, b in zip(WIDTHS, WIDTHS[1:]):
            layers += [nn.Linear(a, b), nn.ReLU()]
        net = nn.Sequential(*layers[:-1])
        x, y = torch.randn(32, 16), torch.randint(0, 2, (32,))

        def loss():
            return F.cross_entropy(net(x), y)
    else:
        class Block(nn.Module):
            def __init__(self):
                super().__init__()
                self.n1, self.n2 = nn.LayerNorm(64), nn.LayerNorm(64)
                self.qkv, self.o = nn.Linear(64, 192), nn.Linear(64, 64)
                self.up, self.down = nn.Linear(64, 256), nn.Linear(256, 64)

            def forward(self, h):
                q, k, v = self.qkv(self.n1(h)).view(32, 64, 3, 4, 16).permute(2, 0, 3, 1, 4)
                a = F.scaled_dot_product_attention(q, k, v)
                h = h + self.o(a.transpose(1, 2).reshape(32, 64, 64))
                return h + self.down(F.relu(self.up(self.n2(h))))
        net = nn.ModuleList([nn.Linear(4, 64), Block(), Block(), nn.Linear(64, 1)])
        x, y = torch.randn(32, 64, 4), torch.randn(32)

        def loss():
            h = net[2](net[1](net[0](x)))
            return F.mse_loss(net[3](h.mean(1))[:, 0], y)
    opt = torch.optim.Adam(net.parameters(), 1e-3, fused=True)

    def step():
        opt.zero_grad(set_to_none=True)
        loss().backward()
        opt.step()
    return step


name, library = sys.argv[1:]
if name == "scaling":
    for w, b in SCALING:
        median, _ = blocks(jax_step("narrow", [w, w, w, 2], b), 5, 0.1)
        print(w, b, f"{1e6 * median:.2f}", flush=True)
    sys.exit()
median, best = blocks((jax_step if library == "jax" else torch_step)(name))
print(f"{name}_{library}: {1e3 * median:.3f} ms/step (best {1e3 * best:.3f})")
