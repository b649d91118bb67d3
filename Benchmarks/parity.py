"""Compares the networks that NetworkParity wrote with the same networks in JAX.

Usage: parity.py FOLDER. Prints the largest difference of outputs and gradients, in units of the largest number,
for each network in single and double precision, and exits with 1 where one is above the bound.

The networks are written here from their definitions, with JAX's own convolutions, softmax and
activations; derivatives are JAX's.
"""

import pathlib
import sys

import jax
import jax.numpy as jnp
from safetensors.numpy import load_file

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_default_matmul_precision", "highest")

BOUNDS = {"float": 2e-5, "double": 1e-13}


def dense(p, name, x):
    y = x @ p[name + ".weight"]
    return y + p[name + ".bias"] if name + ".bias" in p else y


def perceptron(p, name, x, activation, count):
    for layer in range(count):
        x = dense(p, f"{name}{2 * layer}", x)
        if layer < count - 1:
            x = activation(x)
    return x


def gelu(x):
    return jax.nn.gelu(x, approximate=False)


ACTIVATIONS = [
    lambda x: x, jax.nn.relu, jnp.tanh, jax.nn.sigmoid, jax.nn.softplus, jax.nn.silu, gelu,
    lambda x: jax.nn.leaky_relu(x, 0.01), jax.nn.elu, jax.nn.selu, jax.nn.mish,
]


def activations(p, x, c):
    y = x[0]
    for index, activation in enumerate(ACTIVATIONS):
        y = dense(p, str(2 * index + 1), activation(y))
    return y


def embedding(p, x, c):
    return jnp.tanh(dense(p, "1", p["0.table"][c["tokens"]]))


def layer_norm(p, name, x):
    centred = x - x.mean(-1, keepdims=True)
    even = centred / jnp.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5)
    return even * p[name + ".scale"] + p[name + ".offset"]


def along_channels(v, x):
    return v.reshape((-1,) + (1,) * (x.ndim - 2))


def group_norm(p, name, x, groups):
    parts = x.reshape(x.shape[0], groups, -1)
    centred = parts - parts.mean(-1, keepdims=True)
    even = (centred / jnp.sqrt((centred**2).mean(-1, keepdims=True) + 1e-5)).reshape(x.shape)
    return even * along_channels(p[name + ".scale"], x) + along_channels(p[name + ".offset"], x)


def batch_norm(p, x, mean, variance):
    even = (x - along_channels(mean, x)) / jnp.sqrt(along_channels(variance, x) + 1e-5)
    return even * along_channels(p["scale"], x) + along_channels(p["offset"], x)


def conv(p, name, x, boundary="circular", stride=None, dilation=None, groups=1):
    w = p[name + ".weight"]
    window = w.shape[2:]
    stride = stride or (1,) * len(window)
    dilation = dilation or (1,) * len(window)
    pads = [(0, 0)] * len(window)
    if boundary != "valid":
        # Anchored at element (window - 1) // 2.
        before = [(k - 1) // 2 * d for k, d in zip(window, dilation)]
        after = [(k - 1) * d - b for k, d, b in zip(window, dilation, before)]
        pads = list(zip(before, after))
    if boundary == "circular":
        x = jnp.pad(x, [(0, 0), (0, 0)] + pads, mode="wrap")
        pads = [(0, 0)] * len(window)
    letters = "XYZ"[: len(window)]
    y = jax.lax.conv_general_dilated(
        x, w, stride, pads, rhs_dilation=dilation, feature_group_count=groups,
        dimension_numbers=("NC" + letters, "OI" + letters, "NC" + letters))
    return y + along_channels(p[name + ".bias"], y) if name + ".bias" in p else y


def convolution_torus(p, x, c):
    y = gelu(conv(p, "0", x[0]))
    y = jax.nn.silu(conv(p, "2", y))
    y = y.reshape(y.shape[0], y.shape[1], y.shape[2] // 2, 2, y.shape[3]).mean(3)
    return y.max((2, 3))


def convolution_line(p, x, c):
    y = jnp.tanh(conv(p, "0", x[0], "zero", (2,), (2,), 2))
    return jnp.maximum(y[..., :-1], y[..., 1:])


def transposed(p, x, c):
    w = p["0.weight"]  # [inputs, outputs, window…]
    y = jax.lax.conv_general_dilated(
        x[0], jnp.flip(w, (2, 3)).swapaxes(0, 1), (1, 1),
        [(k - 1, k - 1) for k in w.shape[2:]], lhs_dilation=(2, 2),
        dimension_numbers=("NCXY", "OIXY", "NCXY"))
    return jnp.tanh(y + along_channels(p["0.bias"], y))


def p4m_elements():
    """Rows (a, b, c, d) of the matrices, in the order of products of the generators as they are found."""
    def times(a, b):
        return (a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3],
                a[2] * b[0] + a[3] * b[2], a[2] * b[1] + a[3] * b[3])

    found = [(1, 0, 0, 1)]
    for element in found:
        for generator in ((0, -1, 1, 0), (1, 0, 0, -1)):
            product = times(generator, element)
            if product not in found:
                found.append(product)
    return found, times


def group_equivariant(p, x, c):
    """Turned images instead of turned kernels: y[g] = g (conv of the field that is turned back by g)."""
    elements, times = p4m_elements()
    inverse = [next(j for j, b in enumerate(elements) if times(a, b) == (1, 0, 0, 1)) for a in elements]

    def act(field, element):  # (g f)(v) = f(g^-1 v) on the last two axes
        side = field.shape[-1]
        a, b, c_, d = elements[inverse[element]]
        i, j = jnp.meshgrid(jnp.arange(side), jnp.arange(side), indexing="ij")
        return field[..., (a * i + b * j) % side, (c_ * i + d * j) % side]

    def plain(field, kernel):
        padded = jnp.pad(field, [(0, 0), (0, 0), (1, 1), (1, 1)], mode="wrap")
        return jax.lax.conv_general_dilated(
            padded, kernel, (1, 1), "VALID", dimension_numbers=("NCXY", "OIXY", "NCXY"))

    w = p["0.weight"]
    w = w.reshape(w.shape[:2] + (3, 3))
    y = jnp.stack([act(plain(act(x[0], inverse[g]), w), g) for g in range(8)], 2)
    y = jnp.tanh(y + p["0.bias"][:, None, None, None])
    w = p["2.weight"]
    w = w.reshape(w.shape[0], -1, 3, 3)
    parts = []
    for g in range(8):
        # The field turned back by g: its element h is element g h of the field.
        order = jnp.array([elements.index(times(elements[g], h)) for h in elements])
        turned = act(y[:, :, order], inverse[g])
        flat = turned.reshape(turned.shape[0], -1, *turned.shape[3:])
        parts.append(act(plain(flat, w), g))
    y = jnp.stack(parts, 2) + p["2.bias"][:, None, None, None]
    return y.mean(2).mean((2, 3))


def attention(p, name, x, context, heads, bias=None, mask=None, plus_one=False):
    def split(y):
        return y.reshape(y.shape[:-1] + (heads, -1)).swapaxes(-2, -3)

    q = split(dense(p, name + "query", x))
    k = split(dense(p, name + "key", context))
    v = split(dense(p, name + "value", context))
    scores = q @ k.swapaxes(-1, -2) / jnp.sqrt(jnp.array(q.shape[-1], q.dtype))
    if bias is not None:
        scores = scores + bias
    if mask is not None:
        scores = jnp.where(mask, scores, -jnp.inf)
    if plus_one:
        zeros = jnp.zeros(scores.shape[:-1] + (1,), scores.dtype)
        weights = jax.nn.softmax(jnp.concatenate([scores, zeros], -1))[..., :-1]
    else:
        weights = jax.nn.softmax(scores)
    y = (weights @ v).swapaxes(-2, -3)
    return dense(p, name + "output", y.reshape(y.shape[:-2] + (-1,)))


def transformer(p, x, c):
    y = x[0]
    causal = jnp.tril(jnp.ones((5, 5), bool))
    for block, heads, scale in (("0.", 2, 1.0), ("1.", 3, 0.7)):
        n = layer_norm(p, block + "attention.branch.normalization", y)
        y = y + scale * attention(p, block + "attention.branch.layer.", n, n, heads, mask=causal)
        n = layer_norm(p, block + "perceptron.branch.normalization", y)
        y = y + scale * perceptron(p, block + "perceptron.branch.layer.", n, gelu, 2)
    return y


def hopfield(p, x, updates, plus_one):
    state = x
    for _ in range(updates):
        scores = 0.8 * state @ p["patterns"].T
        if plus_one:
            scores = jnp.concatenate([scores, jnp.zeros((scores.shape[0], 1), scores.dtype)], -1)
        state = jax.nn.softmax(scores)[:, : len(p["patterns"])] @ p["patterns"]
    return state


def gru(p, x, c):
    def step(h, xt):
        a = jnp.split(dense(p, "input", xt), 3, -1)
        b = jnp.split(dense(p, "recurrent", h), 3, -1)
        r, z = jax.nn.sigmoid(a[0] + b[0]), jax.nn.sigmoid(a[1] + b[1])
        h = (1 - z) * jnp.tanh(a[2] + r * b[2]) + z * h
        return h, h

    start = jnp.zeros((x[0].shape[0], p["recurrent.weight"].shape[0]), x[0].dtype)
    return jax.lax.scan(step, start, x[0].swapaxes(0, 1))[1].swapaxes(0, 1)


def lstm(p, x, c):
    def step(carry, xt):
        h, m = carry
        i, f, g, o = jnp.split(dense(p, "input", xt) + dense(p, "recurrent", h), 4, -1)
        m = jax.nn.sigmoid(f) * m + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(m)
        return (h, m), h

    zero = jnp.zeros((x[0].shape[0], p["recurrent.weight"].shape[0]), x[0].dtype)
    return jax.lax.scan(step, (zero, zero), x[0].swapaxes(0, 1))[1].swapaxes(0, 1)


def deep_set(p, x, c):
    y = dense(p, "0.own", x[0]) + x[0].mean(-2, keepdims=True) @ p["0.shared.weight"]
    y = perceptron(p, "2.element.", jnp.tanh(y), jax.nn.silu, 2)
    return dense(p, "2.whole", y.mean(-2))


def messages(p, x, c):
    nodes, edges = x
    parts = [nodes[:, c["receivers"]], nodes[:, c["senders"]], edges]
    sent = perceptron(p, "message.", jnp.concatenate(parts, -1), jnp.tanh, 2)
    heard = jnp.zeros(nodes.shape[:2] + (4,), nodes.dtype).at[:, c["receivers"]].add(sent)
    return perceptron(p, "update.", jnp.concatenate([nodes, heard], -1), jax.nn.silu, 2)


def fourier_features(p, x, c):
    phase = 2 * jnp.pi * x[0] @ jax.lax.stop_gradient(p["0.fixedFrequencies"])
    return dense(p, "1", jnp.concatenate([jnp.cos(phase), jnp.sin(phase)], -1))


def splines(x, low, high, intervals, degree):
    """Divided differences of truncated powers, not the recursion of Cox and de Boor."""
    step = (high - low) / intervals
    count = intervals + degree
    factorial = 1
    for k in range(1, degree + 1):
        factorial *= k
    columns = []
    for i in range(count):
        total, binomial = 0.0, 1.0
        for k in range(degree + 2):
            t = (x - (low + (i + k - degree) * step)) / step
            total = total + (-1) ** k * binomial * jnp.where(t > 0, t, 0) ** degree
            binomial = binomial * (degree + 1 - k) / (k + 1)
        columns.append(total / factorial)
    return jnp.stack(columns, -1)


def kolmogorov_arnold(p, x, c):
    y = x[0]
    for name, activation, grid in (("0.", jax.nn.silu, (-1, 1, 5, 3)), ("1.", jnp.tanh, (-2, 2, 4, 2))):
        basis = splines(y, *grid).reshape(y.shape[0], -1)
        y = activation(y) @ p[name + "base"] + basis @ p[name + "coefficients"]
    return y


def batch_norm_training(p, x, c):
    mean = x[0].mean((0, 2))
    return batch_norm(p, x[0], mean, ((x[0] - mean[:, None]) ** 2).mean((0, 2)))


NETWORKS = {
    "perceptron": lambda p, x, c: perceptron(p, "", x[0], jnp.tanh, 3),
    "activations": activations,
    "embedding": embedding,
    "residual-layer-norm": lambda p, x, c: x[0] + 0.5 * perceptron(
        p, "branch.layer.", layer_norm(p, "branch.normalization", x[0]), gelu, 2),
    "rms-norm": lambda p, x, c: dense(
        p, "1", x[0] / jnp.sqrt((x[0] ** 2).mean(-1, keepdims=True) + 1e-6) * p["0.scale"]),
    "group-norm": lambda p, x, c: conv(p, "2", jax.nn.silu(group_norm(p, "0", x[0], 3))),
    "batch-norm-judging": lambda p, x, c: batch_norm(p, x[0], p["runningMean"], p["runningVariance"]),
    "batch-norm-training": batch_norm_training,
    "convolution-torus": convolution_torus,
    "convolution-line": convolution_line,
    "convolution-space": lambda p, x, c: conv({"0." + k: v for k, v in p.items()}, "0", x[0], "valid"),
    "transposed-convolution": transposed,
    "group-equivariant": group_equivariant,
    "self-attention": lambda p, x, c: attention(p, "", x[0], x[0], 3),
    "cross-attention": lambda p, x, c: attention(p, "", x[0], x[1], 2, x[2], c["mask"]),
    "attention-plus-one": lambda p, x, c: attention(p, "", x[0], x[0], 2, plus_one=True),
    "transformer": transformer,
    "hopfield": lambda p, x, c: hopfield(p, x[0], 3, False),
    "hopfield-plus-one": lambda p, x, c: hopfield(p, x[0], 2, True),
    "gru": gru,
    "lstm": lstm,
    "deep-set": deep_set,
    "messages": messages,
    "fourier-features": fourier_features,
    "kolmogorov-arnold": kolmogorov_arnold,
}


def part(file, prefix):
    return {k[len(prefix):]: jnp.asarray(v) for k, v in file.items() if k.startswith(prefix)}


def apart(a, b):
    """The largest difference in units of the largest number, and of one at least."""
    if a.shape != b.shape or a.dtype != b.dtype:
        return float("inf")
    scale = max(1.0, float(jnp.abs(a).max()), float(jnp.abs(b).max()))
    return float(jnp.abs(a - b).max()) / scale


def compare(path, network):
    file = load_file(path)
    parameters, constants = part(file, "parameter."), part(file, "constant.")
    inputs = list(part(file, "input.").values())
    gradients, input_gradients = part(file, "gradient."), part(file, "inputGradient.")

    def function(trained, inputs):
        return network({**parameters, **trained}, inputs, constants)

    trained = {k: parameters[k] for k in gradients}
    output, pullback = jax.vjp(function, trained, inputs)
    expected, expected_inputs = pullback(jnp.asarray(file["cotangent"]))
    pairs = [(gradients[k], expected[k]) for k in gradients]
    pairs += list(zip(input_gradients.values(), expected_inputs))
    return apart(jnp.asarray(file["output"]), output), max(apart(a, b) for a, b in pairs), len(pairs)


def main(folder):
    folder = pathlib.Path(folder)
    written = {path.name.split(".")[0] for path in folder.glob("*.safetensors")}
    if written != set(NETWORKS):
        sys.exit(f"networks without a partner: {sorted(written ^ set(NETWORKS))}")
    print(f"{len(NETWORKS)} networks against JAX {jax.__version__}; differences in units of the largest number")
    print(f"{'network':26}{'tensors':>8}{'output':>11}{'gradient':>11}{'output':>11}{'gradient':>11}")
    print(f"{'':26}{'':8}{'float':>11}{'float':>11}{'double':>11}{'double':>11}")
    good = True
    for name, network in NETWORKS.items():
        row = []
        for scalar, bound in BOUNDS.items():
            output, gradient, count = compare(folder / f"{name}.{scalar}.safetensors", network)
            row += [output, gradient]
            # Not "above the bound", which a NaN is not.
            good = good and output <= bound and gradient <= bound
        print(f"{name:26}{count:8}" + "".join(f"{value:11.1e}" for value in row))
    print(f"bounds: {BOUNDS['float']:.0e} in float, {BOUNDS['double']:.0e} in double: " + ("kept" if good else "BROKEN"))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
