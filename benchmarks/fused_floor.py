"""Fused floor: the same trainings by NumPy calls alone, as fast as they get, not to be read.

It is the yardstick for the course's library.  `fused` writes a program for one workload, a straight
line of NumPy calls without a loop or an attribute lookup inside a step, and runs it.  The tricks:

- Examples are columns, so that an inner loop runs over the samples; the bias is one more column of
  each layer's weights under a constant row of its inputs.
- Every array is made once.  Calls write into them, the products through the bound method ``dot``,
  and all weights stand in one vector, so that a step is two calls.
- Constants are moved out of the loop: a layer keeps a multiple of its weights and of its
  activations, chosen so that σ(Z) costs ``tanh`` and one addition; what is left over stands in one
  rate for each weight.
- A ReLU net keeps everything negated.  The sign bit, shifted over the 64 bits of a number, is then
  the mask of the ReLU, and an integer ``and`` applies it, forwards and backwards.
- Losses are computed from the kept outputs, for a block of epochs at a time.
- Small nets that differ in the learning rate are one wide net: the weights between the blocks are 0
  and their rate is 0.
"""

import numpy as np

BLOCK = 128  # epochs whose outputs are kept until their losses are computed


def fused(w):
    """Return a function that trains workload ``w`` and returns the losses it records."""
    rates = np.atleast_1d(w.rates)
    wide = len(rates) * max(w.sizes[1:]) <= 128
    groups = [rates] if wide else [[rate] for rate in rates]

    def run():
        losses = np.concatenate([_Program(w, np.array(group)).run() for group in groups])
        return losses if np.ndim(w.rates) else losses[0]

    return run


class _Program:
    def __init__(self, w, rates):
        self.w, self.n_runs = w, len(rates)
        self.sizes = [w.sizes[0]] + [n * self.n_runs for n in w.sizes[1:]]
        self.biased = int(w.biases is not None)
        relu = w.hidden == "relu" and len(w.sizes) > 2
        # α: an array kept for activations holds α times them.  γ: what is kept for Z is γ times Z.
        # β: what is kept for W is β times W.  δ: what is kept for dZ is δ times dZ.
        alpha = [-1.0 if relu else 1.0]
        gamma = []
        for last in [False] * (len(w.sizes) - 2) + [True]:
            kind = w.output if last else w.hidden
            if kind == "sigmoid" or (last and w.loss == "binary_cross_entropy_from_logits"):
                gamma.append(0.5 * np.sign(alpha[0]))
                alpha.append(2.0)
            else:
                gamma.append(alpha[0])
                alpha.append(alpha[0])
        beta = [g / a for g, a in zip(gamma, alpha[:-1], strict=True)]
        self.sign = np.sign(alpha[0])
        n = len(w.X) if w.batch_size is None else w.batch_size
        n_outputs = w.sizes[-1]
        delta = {
            "half_mean_squared_error": self.sign * n * n_outputs,
            "sum_squared_error": self.sign * 4.0,
            "binary_cross_entropy_from_logits": self.sign * 2.0 * n,
            "categorical_cross_entropy_from_logits": n,
        }[w.loss]
        shapes = [
            (n_out, n_in + self.biased)
            for n_in, n_out in zip(self.sizes[:-1], self.sizes[1:], strict=True)
        ]
        ends = np.cumsum([0] + [np.prod(shape) for shape in shapes])
        self.flat, self.grad, self.rate = np.zeros((3, ends[-1]))
        self.V, self.G = [], []
        deltas = [delta]
        for k in range(len(shapes) - 1, 0, -1):  # δ of the layer below
            deltas.insert(0, deltas[0] * beta[k] * (4.0 if w.hidden == "sigmoid" else 1.0))
        for k, shape in enumerate(shapes):
            part = slice(ends[k], ends[k + 1])
            V, G, c = (flat[part].reshape(shape) for flat in (self.flat, self.grad, self.rate))
            n_in, n_out = w.sizes[k : k + 2]
            W = w.weights[k].T
            for r, rate in enumerate(rates):
                rows = slice(r * n_out, (r + 1) * n_out)
                cols = slice(0, n_in) if k == 0 else slice(r * n_in, (r + 1) * n_in)
                V[rows, cols] = beta[k] * W
                c[rows, cols] = rate * beta[k] / (deltas[k] * alpha[k])
                if self.biased:
                    V[rows, -1] = beta[k] * w.biases[k]
                    c[rows, -1] = c[rows, cols][0, 0]
            self.V.append(V)
            self.G.append(G)
        self.alpha, self.delta = alpha, delta
        self.uniform = self.n_runs == 1 and np.ptp(self.rate) == 0
        self.small_batch_scale = {}

    def run(self):
        w = self.w
        names = {
            "subtract": np.subtract, "multiply": np.multiply, "add": np.add, "tanh": np.tanh,
            "exp": np.exp, "divide": np.divide, "take": np.take, "shift": np.right_shift,
            "both": np.bitwise_and, "lowest": np.minimum.reduce, "s63": np.array(63),
            "one": np.array(1.0), "two": np.array(2.0), "V": self.flat, "G": self.grad,
            "c": self.rate, "loss_of": self.loss_of, "epochs": w.epochs,
        }  # fmt: skip
        for k, (V, G) in enumerate(zip(self.V, self.G, strict=True)):
            names[f"forward{k}"] = V.dot
            names[f"back{k}"] = V[:, : self.sizes[k]].T.dot
            names[f"G{k}"] = G
        if w.batch_size is None:
            lines = self.full_batch(names)
        else:
            lines = self.mini_batches(names)
        lines = [f"def program({', '.join(names)}):", *("    " + line for line in lines)]
        scope = {}
        exec("\n".join(lines), scope)
        return scope["program"](**names)

    def inputs(self):
        """Return the inputs as (n_samples, n_inputs + 1), and the targets, in the kept units."""
        w = self.w
        ones = np.ones((len(w.X), self.biased))
        X = self.alpha[0] * np.hstack([w.X, ones])
        Y = np.hstack([w.Y] * self.n_runs)
        if w.loss in ("sum_squared_error", "binary_cross_entropy_from_logits"):
            Y = 2 * Y - 1  # beside tanh
        return X, Y if w.loss == "categorical_cross_entropy_from_logits" else self.sign * Y

    def full_batch(self, names):
        X, Y = self.inputs()
        n, n_last = len(X), self.sizes[-1]
        block = min(BLOCK, self.w.epochs + 1)
        self.kept, self.squashed = np.empty((2, block, n_last, n))
        self.Y = np.ascontiguousarray(Y.T)
        self.losses = np.empty((self.n_runs, self.w.epochs + 1))
        B0 = np.ascontiguousarray(X.T)
        names |= {"B0": B0, "B0T": B0.T, "Y": self.Y}
        names["pairs"] = list(zip(self.kept, self.squashed, strict=True))
        step = self.forward_lines(names, n, "", kept=True) + self.backward_lines(names, n, "")
        return [
            "for start in range(0, epochs + 1, len(pairs)):",
            "    for H, T in pairs[:epochs + 1 - start]:",
            *("        " + line for line in step),
            "    loss_of(start)",
            "return loss_of(None)",
        ]

    def mini_batches(self, names):
        w = self.w
        X, Y = self.inputs()
        n, size = len(X), w.batch_size
        data = np.hstack([X, Y])
        by_columns = X.shape[1] <= 8
        order = np.empty(n, dtype=np.intp)
        starts = range(0, n, size)
        names |= {"order": order, "orders": w.orders()}
        if by_columns:
            names["data"] = np.ascontiguousarray(data.T)
            names["shuffled"] = gathered = np.empty_like(names["data"])
            gather = ["take(data, order, 1, shuffled, 'clip')"]
            parts = [gathered[:, i : i + size] for i in starts]
        else:
            names["data"] = data
            gather = []
            buffers = [np.empty((min(size, n - i), data.shape[1])) for i in starts[-2:]]
            parts = [buffers[0].T] * (len(starts) - 1) + [buffers[-1].T]
        batches = []
        for i, part in zip(starts, parts, strict=True):
            B0, Yb = part[: X.shape[1]], part[X.shape[1] :]
            batches.append((order[i : i + size], B0, B0.T, Yb, part.T))
        n_equal = n // size
        names["batches"], lines = batches[:n_equal], []
        for suffix, m in (("", size), ("x", n - n_equal * size)):
            if m:
                step = self.forward_lines(names, m, suffix)
                step += self.backward_lines(names, m, suffix)
                if not by_columns:
                    step.insert(0, "take(data, rows, 0, part, 'clip')")
                if suffix:
                    names["rest"] = batches[-1]
                    lines += ["rows, B0, B0T, Y, part = rest", *step]
                else:
                    lines += ["for rows, B0, B0T, Y, part in batches:"]
                    lines += ["    " + line for line in step]
        return [
            "first = loss_of(None)",
            "for next_order in orders:",
            "    order[:] = next_order",
            *("    " + line for line in gather + lines),
            "return loss_of(first)",
        ]

    def forward_lines(self, names, m, x, kept=False):
        """Return the lines of the forward pass for batches of ``m``, making their arrays."""
        lines = []
        for k, n_out in enumerate(self.sizes[1:]):
            B = f"B{k}{x if k else ''}"
            if k == len(self.sizes) - 2:
                if not kept:
                    names[f"H{x}"], names[f"T{x}"] = np.empty((2, n_out, m))
                lines.append(f"forward{k}({B}, H{x})")
                continue
            whole = np.full((n_out + self.biased, m), self.alpha[k + 1])
            names |= {
                f"B{k + 1}{x}": whole,
                f"B{k + 1}T{x}": whole.T,
                f"A{k + 1}{x}": whole[:n_out],
                f"i{k + 1}{x}": whole[:n_out].view(np.int64),
                f"M{k + 1}{x}": np.empty((n_out, m), dtype=np.int64),
                f"Q{k + 1}{x}": np.empty((n_out, m)),
            }
            A, i, M = (f"{name}{k + 1}{x}" for name in "AiM")
            lines.append(f"forward{k}({B}, {A})")
            if self.w.hidden == "relu":
                lines += [f"shift({i}, s63, {M})", f"both({i}, {M}, {i})"]
            else:
                lines += [f"tanh({A}, {A})", f"add({A}, one, {A})"]
        return lines

    def backward_lines(self, names, m, x):
        """Return the lines from the outputs to the step."""
        last = len(self.sizes) - 2
        D = f"D{last}{x}"
        names[D] = np.empty((self.sizes[-1], m))
        H, T = f"H{x}", f"T{x}"
        lines = {
            "half_mean_squared_error": [f"subtract({H}, Y, {D})"],
            "sum_squared_error": [
                f"tanh({H}, {H})",
                f"subtract({H}, Y, {T})",
                f"multiply({H}, {H}, {D})",
                f"subtract(one, {D}, {D})",
                f"multiply({D}, {T}, {D})",
            ],
            "binary_cross_entropy_from_logits": [f"tanh({H}, {T})", f"subtract({T}, Y, {D})"],
            "categorical_cross_entropy_from_logits": [
                f"lowest({H}, 0, None, low{x})",
                f"subtract(low{x}, {H}, {T})",
                f"exp({T}, {T})",
                f"total_of({T}, total{x})",
                f"divide({T}, total{x}, {T})",
                f"subtract({T}, Y, {D})",
            ],
        }[self.w.loss]
        if self.w.loss == "categorical_cross_entropy_from_logits":
            names |= {f"low{x}": np.empty(m), f"total{x}": np.empty((1, m))}
            names["total_of"] = np.ones((1, self.sizes[-1])).dot
            if self.sign > 0:
                names["lowest"] = np.maximum.reduce
                lines[1] = f"subtract({H}, low{x}, {T})"
        mean = self.w.batch_size if self.w.loss != "sum_squared_error" else m
        c = self.rate if not mean or mean == m else self.rate * mean / m  # the last, smaller batch
        names[f"c{x}"] = np.array(c[0]) if self.uniform else c
        if self.uniform:
            lines.append(f"multiply({D}, c{x}, {D})")
        for k in range(last, -1, -1):
            names[f"product{k}{x}"] = names[f"D{k}{x}"].dot
            lines.append(f"product{k}{x}(B{k}T{x if k else ''}, G{k})")
            if k:
                below = f"D{k - 1}{x}"
                names[below] = np.empty((self.sizes[k], m))
                lines.append(f"back{k}(D{k}{x}, {below})")
                if self.w.hidden == "relu":
                    names[f"j{k}{x}"] = names[below].view(np.int64)
                    lines.append(f"both(j{k}{x}, M{k}{x}, j{k}{x})")
                else:
                    A, Q = f"A{k}{x}", f"Q{k}{x}"
                    lines += [
                        f"subtract(two, {A}, {Q})",
                        f"multiply({Q}, {A}, {Q})",
                        f"multiply({below}, {Q}, {below})",
                    ]
        if not self.uniform:
            lines.append(f"multiply(G, c{x}, G)")
        return [*lines, "subtract(V, G, V)"]

    def loss_of(self, start):
        """Fill in the losses of a block of epochs, or return what stands at the end."""
        if self.w.batch_size is not None:
            now = self.loss_now()
            return now if start is None else np.array([[start, now]])
        if start is None:
            return self.losses
        part = self.losses[:, start : start + len(self.kept)].T
        H, T = self.kept[: len(part)], self.squashed[: len(part)]
        n, loss = H.shape[-1], self.w.loss
        if loss == "half_mean_squared_error":
            E = H - self.Y
            part[:] = np.einsum("ern,ern->er", E, E) / (2 * n)
        elif loss == "sum_squared_error":
            part[:] = np.einsum("ern,ern->er", T, T) / 4
        else:  # −log p = |h| − sh + log 2 − log(1 + |tanh h|), h = z/2; the last as a product
            product = np.multiply.reduceat(1 + np.abs(T), np.arange(0, n, 500), axis=-1)
            fit = np.abs(H).sum(axis=-1) - np.einsum("ern,rn->er", H, self.Y)
            part[:] = (fit - np.log(product).sum(axis=-1)) / n + np.log(2)
        return None

    def loss_now(self):
        """Return the loss over all samples, once."""
        A = self.inputs()[0].T
        for k, V in enumerate(self.V):
            A = V.dot(A)
            if k < len(self.V) - 1:
                const = np.full((self.biased, A.shape[1]), self.alpha[k + 1])
                relu = self.w.hidden == "relu"
                A = np.minimum(A, 0) if relu else 1 + np.tanh(A)
                A = np.vstack([A, const])
        if self.w.loss == "binary_cross_entropy_from_logits":
            Z = 2 * self.sign * A.T
            Y = self.w.Y
            return np.mean(np.maximum(Z, 0) - Z * Y + np.log1p(np.exp(-np.abs(Z))))
        Z = self.sign * A.T
        Z = Z - Z.max(axis=1, keepdims=True)
        return np.mean(np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(Z)), self.w.labels])
