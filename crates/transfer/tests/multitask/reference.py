"""Weightings of the losses and gradients of several tasks as their papers' formulas say, and the losses of tasks with labels
missing, by PyTorch, for formulas.rs and losses.rs beside it: writes reference.txt beside itself.

    python reference.py        (torch 2.13)

Lines are `name number number ...`; NaN is a label that is missing. Written from the whole gradients, task by task and entry by
entry; what solves a small problem of optimisation is asserted to fulfil that problem's conditions before it is written.
"""
import itertools
import math
from pathlib import Path

import torch
import torch.nn.functional as F
from torch.autograd.functional import hessian, jacobian

lines = []
torch.set_num_threads(1)
torch.manual_seed(0)
torch.set_default_dtype(torch.float64)
NAN = float("nan")


def put(name, values):
    values = torch.as_tensor(values, dtype=torch.float64).flatten().tolist()
    lines.append(" ".join([name, *("NaN" if math.isnan(value) else repr(value) for value in values)]))


def put_all(name, **values):
    for key, value in values.items():
        put(f"{name}.{key}", value)


def draw(*shape, scale=1.0):
    """Normal numbers that a float of 32 bits holds exactly."""
    return (torch.randn(*shape) * scale * 256).round() / 256


def close(one, other, scale=1.0, tolerance=1e-11):
    return bool(((torch.as_tensor(one) - torch.as_tensor(other)).abs() <= tolerance * scale).all())


def newton(f, x, basis):
    """The minimum of a convex function along the columns of `basis` from x, the entries that move kept above 0."""
    moved, full = basis.abs().sum(1) > 0, 0
    for _ in range(500):
        slope = basis.T @ jacobian(f, x)
        step = basis @ torch.linalg.solve(basis.T @ hessian(f, x) @ basis, -slope)
        decrement = float(-jacobian(f, x) @ step)
        size = 1.0
        full += decrement < 1e-9 * float(1 + f(x).abs())  # Too little to tell by f; whole steps now converge quadratically.
        if not full:
            while not (x + size * step)[moved].gt(0).all() or f(x + size * step) > f(x) - 0.1 * size * decrement:
                size /= 2
        x = x + size * step
        if full == 8:
            return x
    raise AssertionError("no convergence")


def simplex_basis(tasks, support):
    """The directions that keep the sum of the weights in `support`."""
    basis = torch.zeros(tasks, len(support) - 1)
    for column, i in enumerate(support[1:]):
        basis[i, column], basis[support[0], column] = 1.0, -1.0
    return basis


def min_norm(rows):
    """The weights of the point of the rows' convex hull that is nearest to 0: the best over all faces."""
    best = None
    for size in range(1, len(rows) + 1):
        for support in itertools.combinations(range(len(rows)), size):
            basis = simplex_basis(len(rows), support)
            start = F.one_hot(torch.tensor(support[0]), len(rows)).double()
            weights = start
            if size > 1:
                weights = start + basis @ torch.linalg.lstsq(rows.T @ basis, -(rows.T @ start)[:, None]).solution[:, 0]
            if (weights >= 0).all() and (best is None or (weights @ rows).norm() < (best @ rows).norm()):
                best = weights
    point = best @ rows
    along, squared, scale = rows @ point, point @ point, rows.norm(dim=1).max() * point.norm()
    assert close(best.sum(), 1.0) and (along >= squared - 1e-12 * scale).all()
    assert close(along[best > 0], squared, scale) and (along[best == 0] > squared + 1e-3 * scale).all()
    return best


def pcgrad(rows, backwards):
    total = torch.zeros(rows.shape[1])
    for i in range(len(rows)):
        ours = rows[i].clone()
        for j in sorted((j for j in range(len(rows)) if j != i), reverse=backwards):
            along = ours @ rows[j]
            assert along.abs() > 5e-3 * ours.norm() * rows[j].norm()  # Not decided by rounding.
            if along < 0:
                ours = ours - along / (rows[j] @ rows[j]) * rows[j]
        total = total + ours
    return total


def cagrad(rows, c=0.4):
    """The weights and the combined gradient: a barrier method finds the face, Newton's method on it the point."""
    tasks, mean = len(rows), rows.mean(0)
    radius = c * mean.norm()
    f = lambda w: (w @ rows) @ mean + radius * (w @ rows).norm()
    weights = torch.full((tasks,), 1 / tasks)
    for power in range(7):
        barred = lambda w: 10.0 ** power * f(w) / radius ** 2 - w.log().sum()
        weights = newton(barred, weights, simplex_basis(tasks, list(range(tasks))))
    support = [i for i in range(tasks) if weights[i] > 1e-3]
    weights = torch.tensor([float(w) if i in support else 0.0 for i, w in enumerate(weights)])
    weights = newton(f, weights / weights.sum(), simplex_basis(tasks, support)) if len(support) > 1 else weights.round()
    combined = mean + radius * (weights @ rows) / (weights @ rows).norm()
    # The primal: d maximises the worst task's gain within the ball; both problems then have one value.
    gains, value, scale = rows @ combined, f(weights), rows.norm(dim=1).max() * combined.norm()
    assert close(weights.sum(), 1.0) and (weights >= 0).all() and close((combined - mean).norm(), radius)
    assert close(gains.min(), value, scale) and close(gains[support], value, scale)
    assert all(gains[i] > value + 1e-3 * scale for i in range(tasks) if i not in support)
    return weights, combined


def imtl_g(rows):
    units = rows / rows.norm(dim=1, keepdim=True)
    equations = torch.stack([rows @ (units[0] - unit) for unit in units[1:]] + [torch.ones(len(rows))])
    weights = torch.linalg.solve(equations, F.one_hot(torch.tensor(len(rows) - 1), len(rows)).double())
    projections = units @ (weights @ rows)
    assert close(projections, projections[0], rows.norm(dim=1).max() * weights.abs().max()) and close(weights.sum(), 1.0)
    return weights


def nash(rows):
    bargain = lambda alpha: 0.5 * ((alpha @ rows) ** 2).sum() - alpha.log().sum()
    alpha = newton(bargain, 1 / rows.norm(dim=1), torch.eye(len(rows)))
    assert (alpha > 0).all() and close(alpha * (rows @ (alpha @ rows)), 1.0)
    return alpha


def grad_norm(rows, losses, first, weights, alpha=1.5, lr=0.025):
    weights = weights.clone().requires_grad_()
    norms = torch.stack([(w * row).norm() for w, row in zip(weights, rows)])
    rates = (losses / first) / (losses / first).mean()
    target = (norms.mean() * rates ** alpha).detach()
    assert ((norms - target).abs() > 1e-2 * target).all()
    updated = weights.detach() - lr * torch.autograd.grad((norms - target).abs().sum(), weights)[0]
    assert (updated > 0.05).all()
    return len(rows) * updated / updated.sum()


three = torch.tensor([[2.0, -1.0, 0.5, 0.25, -0.5], [-1.5, 1.25, 1.0, -0.75, 0.5], [0.25, 0.75, -1.0, 0.25, 0.5]])
scales = torch.tensor([0.125, 10.0, 1.0, 3.0, 0.5])
five = ((torch.randn(5, 12) * 0.4 + torch.randn(12) * 0.15) * scales[:, None] * 4096).round() / 4096
cases = {
    "conflict": ([[3.0, -1.0, 0.5], [-1.5, 2.0, 0.5]], [0.75, 2.5], [1.5, 2.25]),
    "aligned": ([[4.0, 2.0, -1.0], [0.5, 0.375, 0.25]], [1.25, 0.375], [4.0, 0.25]),
    "three": (three, [0.5, 1.75, 3.0], [2.0, 1.5, 3.5]),
    "five": (five, [0.25, 6.0, 1.5, 2.75, 0.625], [0.5, 8.0, 1.25, 4.5, 2.0]),
}
for name, given in cases.items():
    rows, losses, first = map(torch.as_tensor, given)
    assert torch.linalg.matrix_rank(rows) == len(rows)
    put_all(name, shape=rows.shape, gradients=rows, losses=losses, first=first)
    lengths = rows.norm(dim=1)
    for key, divisor in [("", torch.ones(len(rows))), ("_l2", lengths), ("_loss", losses), ("_loss_l2", losses * lengths)]:
        put(f"{name}.mgda{key}", min_norm(rows / divisor[:, None]))
    put_all(name, pcgrad=pcgrad(rows, False), pcgrad_reversed=pcgrad(rows, True))
    weights, combined = cagrad(rows)
    put_all(name, cagrad=combined, cagrad_weights=weights, imtl_g=imtl_g(rows), nash=nash(rows))
    weights = grad_norm(rows, losses, first, torch.ones(len(rows)))
    put_all(name, grad_norm=weights, grad_norm_second=grad_norm(rows, losses, first, weights))

put("three.cosines", [[float(F.cosine_similarity(one, other, dim=0)) for other in three] for one in three])
assert sum(float(one @ other) < 0 for one, other in itertools.combinations(three, 2)) >= 2
assert (pcgrad(three, False) - pcgrad(three, True)).norm() > 0.1
strong, weak = map(torch.tensor, cases["aligned"][0])
assert strong @ weak > 0 and min_norm(torch.stack([strong, weak])).tolist() == [0.0, 1.0]


def gradients(name, loss, **inputs):
    """The loss, and its gradient with respect to each input."""
    inputs = {key: torch.as_tensor(value).clone().requires_grad_() for key, value in inputs.items()}
    value = loss(**inputs)
    put(name, value)
    return torch.autograd.grad(value, list(inputs.values()))


losses, s = torch.tensor([0.75, 2.5, 0.125]), torch.tensor([-0.5, 0.25, 1.5])
put_all("uncertainty", losses=losses, s=s)
total = lambda losses, s: sum(0.5 * torch.exp(-v) * loss + 0.5 * v for loss, v in zip(losses, s))
by_losses, by_s = gradients("uncertainty.total", total, losses=losses, s=s)
put_all("uncertainty", grad_losses=by_losses, grad_s=by_s)

means = torch.tensor([[2.0, 0.75, 5.0], [1.5, 0.625, 5.5], [0.875, 0.5, 3.25], [0.75, 0.5625, 1.0]])
put("dwa.losses", means)
weights = [torch.ones(3), torch.ones(3)]
for epoch in range(3, 6):
    scores = [math.exp(float(now / before) / 2) for now, before in zip(means[epoch - 2], means[epoch - 3])]
    weights.append(torch.tensor([3 * score / sum(scores) for score in scores]))
put("dwa.weights", torch.stack(weights))

before = torch.tensor([[2.0, 0.5, 7.0], [1.75, 0.5625, 6.0], [1.875, 0.375, 4.5], [1.25, 0.40625, 4.75]])
after = torch.tensor([[1.5, 0.53125, 6.5], [1.625, 0.4375, 6.25], [1.5, 0.3125, 4.25], [1.1875, 0.375, 3.5]])
put_all("famo", before=before, after=after)
xi = torch.zeros(3, requires_grad=True)
adam = torch.optim.Adam([xi], lr=0.025, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.001)
weights = []
for old, new in zip(before, after):
    z = xi.detach().softmax(0)
    weights.append((z / old) / (z / old).sum())
    xi.grad = torch.autograd.grad(xi.softmax(0), xi, grad_outputs=old.log() - new.log())[0]
    adam.step()
put_all("famo", weights=torch.stack(weights), logits=xi.detach())  # The logits are those after the fourth step.


# Losses of tasks whose labels are partly missing.
def cross_entropy(logits, targets):
    """Of rows of logits, over those rows that have a label."""
    counted = [(row, int(target)) for row, target in zip(logits, targets) if target != -100]
    return sum(-torch.log(row.exp()[target] / row.exp().sum()) for row, target in counted) / len(counted)


logits, targets = draw(5, 4, scale=2.0), torch.tensor([2.0, -100.0, 0.0, 3.0, -100.0])
put_all("classification", logits=logits, targets=targets)
put("classification.grad", gradients("classification.loss", lambda x: cross_entropy(x, targets), x=logits)[0])

outputs, targets = draw(5, 2), draw(5, 2)
for row, column in [(0, 1), (2, 0), (3, 1)]:
    targets[row, column] = NAN
put_all("regression", outputs=outputs, targets=targets)
differences = lambda x: [one - other for one, other in zip(x.flatten(), targets.flatten()) if not other.isnan()]
put("regression.grad", gradients("regression.loss", lambda x: sum(d ** 2 for d in differences(x)) / 7, x=outputs)[0])
put("regression.mae", sum(abs(float(d)) for d in differences(outputs)) / 7)

outputs, angles = draw(5, 2, scale=1.5), torch.tensor([0.25, -1.5, -3.0, NAN, 2.0])
targets = torch.stack([angles.sin(), angles.cos()], 1)
put_all("direction", outputs=outputs, targets=targets)
present = [i for i in range(5) if not angles[i].isnan()]
cosine = lambda one, other: one @ other / (one.norm() * other.norm())
put("direction.grad", gradients("direction.loss", lambda x: sum(1 - cosine(x[i], targets[i]) for i in present) / 4, x=outputs)[0])
turns = [math.degrees(math.atan2(*outputs[i].tolist()) - float(angles[i])) for i in present]
put("direction.degrees", sum(abs((turn + 180) % 360 - 180) for turn in turns) / 4)

targets = torch.randint(0, 3, (2, 4, 4))
logits = draw(2, 3, 4, 4) + F.one_hot(targets, 3).permute(0, 3, 1, 2)
targets[0, 0, :3] = targets[1, 2, 1] = targets[1, 3, 2:] = -100
put_all("segmentation", logits=logits, targets=targets)
pixels = lambda x: x.permute(0, 2, 3, 1).reshape(-1, 3)
put("segmentation.grad", gradients("segmentation.loss", lambda x: cross_entropy(pixels(x), targets.flatten()), x=logits)[0])
pairs = [(int(row.argmax()), int(t)) for row, t in zip(pixels(logits), targets.flatten()) if t != -100]
shares = []
for k in range(3):
    union = [pair for pair in pairs if k in pair]
    if union:
        shares.append(union.count((k, k)) / len(union))
put("segmentation.miou", sum(shares) / len(shares))

Path(__file__).with_name("reference.txt").write_text("\n".join(lines) + "\n")
