"""The losses of domain adaptation as their papers' formulas say, and their gradients by PyTorch, for
tests/adapt_reference.rs: writes reference.txt beside itself.

    python reference.py        (torch 2.13)

Lines are `name number number ...`. Written out pair by pair and picture by picture where the crate computes with matrices.
"""
import itertools
import math
from pathlib import Path

import torch
import torch.nn.functional as F

lines = []
torch.manual_seed(0)
torch.set_default_dtype(torch.float64)


def put(name, values):
    values = torch.as_tensor(values, dtype=torch.float64).flatten().tolist()
    lines.append(" ".join([name, *(repr(value) for value in values)]))


def case(name, loss, **inputs):
    """The loss, and its gradient with respect to each input."""
    inputs = {key: value.clone().requires_grad_() for key, value in inputs.items()}
    value = loss(**inputs)
    put(f"{name}.loss", value)
    for key, gradient in zip(inputs, torch.autograd.grad(value, list(inputs.values()), allow_unused=True)):
        put(f"{name}.{key}", torch.zeros_like(inputs[key]) if gradient is None else gradient)


N, M, C, K = 6, 5, 4, 3
source, target = torch.randn(N, C), torch.randn(M, C) * 1.5 + 0.7
source_logits, target_logits = torch.randn(N, K) * 2, torch.randn(M, K) * 2
other_logits, source_adversary = torch.randn(M, K), torch.randn(N, K)
for name, value in [("source", source), ("target", target), ("source_logits", source_logits),
                    ("target_logits", target_logits), ("other_logits", other_logits), ("source_adversary", source_adversary)]:
    put(f"given.{name}", value)


def coral(source, target):
    return ((torch.cov(source.T) - torch.cov(target.T)) ** 2).sum() / (4 * C * C)


case("coral", coral, source=source, target=target)


def gaussians(rows, factors=(0.5, 1.0, 2.0)):
    pairs = [(i, j) for i in range(len(rows)) for j in range(len(rows)) if i != j]
    mean = sum(((rows[i] - rows[j]) ** 2).sum() for i, j in pairs).detach() / len(pairs)
    return lambda i, j: sum(torch.exp(-((rows[i] - rows[j]) ** 2).sum() / (2 * f * mean)) for f in factors)


def discrepancy(kernel):
    ours, theirs = range(N), range(N, N + M)
    one = sum(kernel(i, j) for i, j in itertools.permutations(ours, 2)) / (N * (N - 1))
    other = sum(kernel(i, j) for i, j in itertools.permutations(theirs, 2)) / (M * (M - 1))
    return one + other - 2 * sum(kernel(i, j) for i in ours for j in theirs) / (N * M)


case("mmd", lambda source, target: discrepancy(gaussians(torch.cat([source, target]))), source=source, target=target)


def joint(source, target, source_logits, target_logits):
    first = gaussians(torch.cat([source, target]))
    shares = torch.cat([source_logits, target_logits]).softmax(1)
    second = lambda i, j: torch.exp(-((shares[i] - shares[j]) ** 2).sum() / (2 * 0.84))
    return discrepancy(lambda i, j: first(i, j) * second(i, j))


logits = {"source_logits": source_logits, "target_logits": target_logits}
case("joint_mmd", joint, source=source, target=target, **logits)

# A discriminator of two hidden layers with five numbers each.
for width, kind in [(C, "plain"), (C * K, "mapped")]:
    shapes = {"hidden1": (5, width), "hidden2": (5, 5), "domain": (1, 5)}
    globals()[kind] = {name: (torch.randn(*shape) * 0.5, torch.randn(shape[0]) * 0.1) for name, shape in shapes.items()}
    for name, (weight, bias) in globals()[kind].items():
        put(f"{kind}.{name}.weight", weight)
        put(f"{kind}.{name}.bias", bias)


def tell(layers, xs):
    for name in ["hidden1", "hidden2"]:
        xs = F.relu(F.linear(xs, *layers[name]))
    return torch.sigmoid(F.linear(xs, *layers["domain"])).squeeze(1)


# The features' gradients turn round at a strength of 0.5: the loss is computed with them as they are, and what reaches them is times -0.5.
def reversed_case(name, loss, **inputs):
    inputs = {key: value.clone().requires_grad_() for key, value in inputs.items()}
    value = loss(**inputs)
    put(f"{name}.loss", value)
    for key, gradient in zip(inputs, torch.autograd.grad(value, list(inputs.values()))):
        put(f"{name}.{key}", -0.5 * gradient)


def dann(source, target):
    ours, theirs = tell(plain, source), tell(plain, target)
    return (F.binary_cross_entropy(ours, torch.ones(N)) + F.binary_cross_entropy(theirs, torch.zeros(M))) / 2


reversed_case("dann", dann, source=source, target=target)


def mapped_rows(features, logits):
    shares = logits.softmax(1)
    return torch.stack([torch.outer(g, f).flatten() for f, g in zip(features, shares)])


def cdan(by_entropy):
    def loss(source, target):
        total = 0
        for features, logits, truth in [(source, source_logits, 1.0), (target, target_logits, 0.0)]:
            found = tell(mapped, mapped_rows(features, logits))
            losses = [F.binary_cross_entropy(one, torch.tensor(truth)) for one in found]
            shares = logits.softmax(1)
            weights = [1 + math.exp(float((g * g.log()).sum().detach())) if by_entropy else 1.0 for g in shares]
            total = total + sum(w * l for w, l in zip(weights, losses)) / sum(weights)
        return total / 2
    return loss


reversed_case("cdan", cdan(False), source=source, target=target)
reversed_case("cdan_e", cdan(True), source=source, target=target)
case("adda_trunk", lambda target: F.binary_cross_entropy(tell(plain, target), torch.ones(M)), target=target)

case("mcd", lambda target_logits, other_logits: (target_logits.softmax(1) - other_logits.softmax(1)).abs().sum() / (M * K),
     target_logits=target_logits, other_logits=other_logits)
case("safn", lambda target: sum((f.norm() - (f.norm().detach() + 1)) ** 2 for f in target) / M, target=target)
case("hafn", lambda target: (sum(f.norm() for f in target) / M - 25) ** 2, target=target)


def mcc(target_logits):
    shares = (target_logits / 2.5).softmax(1)
    weights = torch.tensor([1 + math.exp(float((g * g.log()).sum().detach())) for g in shares])
    weights = M * weights / weights.sum()
    confusion = torch.zeros(K, K)
    for w, g in zip(weights, shares):
        confusion = confusion + w * torch.outer(g, g)
    confusion = confusion / confusion.sum(1, keepdim=True)
    return sum(confusion[i, j] for i in range(K) for j in range(K) if i != j) / K


case("mcc", mcc, target_logits=target_logits)


def mdd(source_logits, source_adversary, target_logits, other_logits):
    ours, theirs = source_logits.argmax(1), target_logits.argmax(1)
    agree = sum(-torch.log(row.softmax(0)[y]) for row, y in zip(source_adversary, ours)) / N
    return 4 * agree + sum(-torch.log(1 - row.softmax(0)[y]) for row, y in zip(other_logits, theirs)) / M


case("mdd", mdd, source_adversary=source_adversary, other_logits=other_logits, **logits)


def information(target_logits):
    shares = target_logits.softmax(1)
    mean = shares.mean(0)
    return sum(-(g * g.log()).sum() for g in shares) / M + (mean * mean.log()).sum()


case("shot", information, target_logits=target_logits)


def centroids(features, logits):
    features = torch.cat([features, torch.ones(len(features), 1)], 1)
    features = features / features.norm(dim=1, keepdim=True)
    weights = logits.softmax(1)
    for _ in range(2):
        kept = [k for k in range(weights.shape[1]) if weights[:, k].sum() > 0]
        centres = {k: (weights[:, k, None] * features).sum(0) / weights[:, k].sum() for k in kept}
        labels = [max(kept, key=lambda k: float(f @ centres[k] / centres[k].norm())) for f in features]
        weights = F.one_hot(torch.tensor(labels), weights.shape[1]).double()
    return labels


put("shot.labels", centroids(target, target_logits))


def pseudo(target_logits):
    teacher = other_logits.softmax(1)
    counted = [(row, t.argmax()) for row, t in zip(target_logits, teacher) if t.max() >= 0.5]
    put("pseudo.share", len(counted) / M)
    return sum(-row.log_softmax(0)[y] for row, y in counted) / M


case("pseudo", pseudo, target_logits=target_logits)

# Measures that need no label of the target.
shares = target_logits.softmax(1)
put("entropy", float(sum(-(g * g.log()).sum() for g in shares) / M))
neighbours = []
for i in range(M):
    likeness = [float(F.cosine_similarity(shares[i], shares[j], dim=0)) / 0.05 for j in range(M) if j != i]
    near = torch.tensor(likeness).softmax(0)
    neighbours.append(float(-(near * near.log()).sum()))
put("snd", sum(neighbours) / M)
losses, weights = source[:, 0].abs(), source[:, 1].abs() + 0.5
weighted = [float(l * w) for l, w in zip(losses, weights)]
mean_w, mean_wl = float(weights.mean()), sum(weighted) / N
covariance = sum((wl - mean_wl) * (float(w) - mean_w) for wl, w in zip(weighted, weights)) / N
eta = -covariance / (sum((float(w) - mean_w) ** 2 for w in weights) / N)
put("dev", mean_wl + eta * mean_w - eta)

Path(__file__).with_name("reference.txt").write_text("\n".join(lines) + "\n")
