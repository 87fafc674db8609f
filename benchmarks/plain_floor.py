"""The floor: the library's own formulas as bare NumPy calls, preallocated, nothing checked.

Samples are columns, the bias is one more column of each weight matrix under a row of ones, every
array is made once and every call writes into one, products go through the bound method ``dot``, all
parameters are one vector, losses are computed for many epochs together, and a training is nothing
but a list of calls, made once and replayed.  The arithmetic is the library's, operation by
operation.  `fused_floor` goes further: it rearranges the arithmetic itself.
"""

import functools

import numpy as np

BLOCK = 2**16  # numbers
ZERO, HALF, ONE = np.array(0.0), np.array(0.5), np.array(1.0)


def plain(w):
    """Return a function that trains workload ``w`` and returns the losses it records."""
    rates = np.atleast_1d(w.rates)

    def run():
        if len(rates) > 1 and len(w.X) <= 32:  # calls dominate: all trainings in one
            return _train(w, rates[:, None])
        losses = [_train(w, np.array(rate)) for rate in rates]
        return np.array(losses) if np.ndim(w.rates) else losses[0]

    return run


def _loss(w, H, Y):
    """Return the losses of outputs (..., n_outputs, n_samples)."""
    axes = (-2, -1)
    if w.loss == "half_mean_squared_error":
        return np.mean((H - Y) ** 2, axis=axes) / 2
    if w.loss == "sum_squared_error":
        return np.sum((H - Y) ** 2, axis=axes)
    n = Y.shape[1]
    if w.loss == "binary_cross_entropy_from_logits":
        surprise = np.maximum(H, ZERO) + np.log1p(np.exp(-np.abs(H))) - Y * H
    else:
        top = H.max(axis=-2, keepdims=True)
        surprise = (
            top
            + np.log(np.exp(H - top).sum(axis=-2, keepdims=True))
            - (Y * H).sum(axis=-2, keepdims=True)
        )
    return surprise.sum(axis=axes) / n


def _train(w, rate):
    bias, relu, stack = int(w.biases is not None), w.hidden == "relu", rate.shape[:1]
    shapes = list(zip(w.sizes[:-1], w.sizes[1:], strict=True))
    ends = np.cumsum([0] + [(n_in + bias) * n_out for n_in, n_out in shapes])
    flat, grads = np.empty((*stack, ends[-1])), np.empty((*stack, ends[-1]))
    WT, W, G = [], [], []
    for layer, (n_in, n_out) in enumerate(shapes):
        part = np.s_[..., ends[layer] : ends[layer + 1]]
        both = flat[part].reshape(*stack, n_in + bias, n_out)
        both[..., :n_in, :] = w.weights[layer]
        if bias:
            both[..., n_in, :] = w.biases[layer]
        WT.append(both.swapaxes(-1, -2))
        W.append(both[..., :n_in, :])
        G.append(grads[part].reshape(*stack, n_in + bias, n_out))
    XT = np.vstack([w.X.T, np.ones((bias, len(w.X)))])
    YT = np.ascontiguousarray(w.Y.T)
    last = len(shapes) - 1

    def calls(X, Y):
        """Return the calls of the forward pass, those of the step, and the outputs."""
        m = X.shape[-1]
        whole = [np.ones((*stack, n + bias, m)) for n in w.sizes[1:-1]]  # [A 1]ᵀ
        A = [B[..., :n, :] for B, n in zip(whole, w.sizes[1:-1], strict=True)]
        Z, D, S = ([np.empty((*stack, n, m)) for n in w.sizes[1:]] for _ in range(3))
        inputs, count = [X, *whole], np.array(float(m))

        def product(A, B, out):
            return (np.matmul, (A, B, out)) if stack else (A.dot, (B, out))

        def sigmoid(Z, out):
            return [
                (np.multiply, (Z, HALF, out)),
                (np.tanh, (out, out)),
                (np.add, (out, ONE, out)),
                (np.multiply, (out, HALF, out)),
            ]

        def times_sigmoid_slope(dZ, A, s):
            return [
                (np.subtract, (ONE, A, s)),
                (np.multiply, (s, A, s)),
                (np.multiply, (dZ, s, dZ)),
            ]

        forward = []
        for layer in range(last):
            forward.append(product(WT[layer], inputs[layer], Z[layer]))
            if relu:  # NumPy frowns on ``out`` by position here, and that costs time
                forward.append((functools.partial(np.maximum, out=A[layer]), (Z[layer], ZERO)))
            else:
                forward += sigmoid(Z[layer], A[layer])
        H, dZ = Z[last], D[last]
        forward.append(product(WT[last], inputs[last], H))
        if w.output == "sigmoid":
            forward += sigmoid(H, H)

        step = []
        if w.loss == "binary_cross_entropy_from_logits":
            step += [*sigmoid(H, dZ), (np.subtract, (dZ, Y, dZ)), (np.divide, (dZ, count, dZ))]
        elif w.loss == "categorical_cross_entropy_from_logits":
            row = np.empty((1, m))
            step += [
                (np.maximum.reduce, (H, 0, None, row[0])),
                (np.subtract, (H, row, dZ)),
                (np.exp, (dZ, dZ)),
                (np.add.reduce, (dZ, 0, None, row[0])),
                (np.divide, (dZ, row, dZ)),
                (np.subtract, (dZ, Y, dZ)),
                (np.divide, (dZ, count, dZ)),
            ]
        elif w.loss == "sum_squared_error":
            step += [(np.subtract, (H, Y, dZ)), (np.add, (dZ, dZ, dZ))]
        else:
            step += [(np.subtract, (H, Y, dZ)), (np.divide, (dZ, count, dZ))]
        if w.output == "sigmoid":
            step += times_sigmoid_slope(dZ, H, S[last])
        for layer in range(last, -1, -1):
            step.append(product(inputs[layer], D[layer].swapaxes(-1, -2), G[layer]))
            if layer:
                step.append(product(W[layer], D[layer], D[layer - 1]))
                if relu:
                    step += [
                        (np.sign, (A[layer - 1], S[layer - 1])),
                        (np.multiply, (D[layer - 1], S[layer - 1], D[layer - 1])),
                    ]
                else:
                    step += times_sigmoid_slope(D[layer - 1], A[layer - 1], S[layer - 1])
        step += [(np.multiply, (grads, rate, grads)), (np.subtract, (flat, grads, flat))]
        return forward, step, H

    forward, step, H = calls(XT, YT)
    if w.batch_size is None:
        losses = np.empty((*stack, w.epochs + 1))
        size = min(w.epochs + 1, max(1, BLOCK // H.size))
        kept, slot = np.empty((size, *H.shape)), 0
        for epoch in range(w.epochs + 1):
            for call, arguments in forward:
                call(*arguments)
            kept[slot] = H
            slot += 1
            if slot == size or epoch == w.epochs:
                losses[..., epoch + 1 - slot : epoch + 1] = _loss(w, kept[:slot], YT).T
                slot = 0
            if epoch < w.epochs:
                for call, arguments in step:
                    call(*arguments)
        return losses

    def loss_now():
        for call, arguments in forward:
            call(*arguments)
        return _loss(w, H, YT)

    first, n, size = loss_now(), len(w.X), w.batch_size
    starts = range(0, n, size)
    order = np.empty(n, dtype=np.intp)
    every = []
    if len(XT) <= 8:  # shuffle all once an epoch; else gather each batch, which fits into the cache
        X, Y = np.empty_like(XT), np.empty_like(YT)
        every += [(np.take, (XT, order, 1, X, "clip")), (np.take, (YT, order, 1, Y, "clip"))]
        batches = [(X[:, i : i + size], Y[:, i : i + size]) for i in starts]
    else:
        rows = [np.ascontiguousarray(part.T) for part in (XT, YT)]
        batches = []
    for number, i in enumerate(starts):
        if batches == [] or len(XT) > 8:
            parts = [np.empty((min(size, n - i), part.shape[1])) for part in rows]
            chosen = order[i : i + size]
            every += [
                (np.take, (part, chosen, 0, out, "clip"))
                for part, out in zip(rows, parts, strict=True)
            ]
            batch = [part.T for part in parts]
        else:
            batch = batches[number]
        forward_batch, step_batch, _ = calls(*batch)
        every += forward_batch + step_batch
    for next_order in w.orders():
        order[:] = next_order
        for call, arguments in every:
            call(*arguments)
    return np.array([first, loss_now()])
