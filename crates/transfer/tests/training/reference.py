"""What PyTorch's optimisers and schedulers do, for tests/training_reference.rs: writes reference.txt beside itself.

    python reference.py        (torch 2.13)

Lines are `name number number ...`.
"""
import math
from pathlib import Path

import torch
from torch.optim import lr_scheduler as sched

lines = []


def put(name, values):
    values = torch.as_tensor(values, dtype=torch.float64).flatten().tolist()
    lines.append(" ".join([name, *(repr(value) for value in values)]))


# A small net: tanh(x W1' + b1) W2' + b2.
torch.manual_seed(0)
start = {"w1": torch.randn(5, 4), "b1": torch.randn(5), "w2": torch.randn(3, 5), "b2": torch.randn(3)}
xs, labels = torch.randn(8, 4), torch.arange(8) % 3
for name, value in [*start.items(), ("xs", xs), ("labels", labels)]:
    put(f"start.{name}", value)

LR = 0.05
optimizers = {
    "sgd": lambda g: torch.optim.SGD(g, lr=LR),
    "sgd_momentum": lambda g: torch.optim.SGD(g, lr=LR, momentum=0.9),
    "sgd_nesterov_decay": lambda g: torch.optim.SGD(g, lr=LR, momentum=0.9, nesterov=True, weight_decay=0.01),
    "adam": lambda g: torch.optim.Adam(g, lr=LR),
    "adam_decay": lambda g: torch.optim.Adam(g, lr=LR, weight_decay=0.01),
    "adamw": lambda g: torch.optim.AdamW(g, lr=LR, weight_decay=0.1),
    "adamw_sparing": lambda g: torch.optim.AdamW(g, lr=LR, weight_decay=0.1),
    "adamw_two_rates": lambda g: torch.optim.AdamW(g, lr=LR, weight_decay=0.1),
}
for name, make in optimizers.items():
    p = {key: value.clone().requires_grad_() for key, value in start.items()}
    groups = [{"params": list(p.values())}]
    if name == "adamw_sparing":
        groups = [{"params": [p["w1"], p["w2"]]}, {"params": [p["b1"], p["b2"]], "weight_decay": 0.0}]
    if name == "adamw_two_rates":
        groups = [{"params": [p["w1"], p["b1"]], "lr": LR / 10}, {"params": [p["w2"], p["b2"]]}]
    optimizer = make(groups)
    for _ in range(20):
        optimizer.zero_grad()
        logits = torch.tanh(xs @ p["w1"].T + p["b1"]) @ p["w2"].T + p["b2"]
        torch.nn.functional.cross_entropy(logits, labels).backward()
        optimizer.step()
    for key, value in p.items():
        put(f"{name}.{key}", value.detach())

# Schedules of 40 steps at a rate of 1.
STEPS = 40


def follow(name, make, momentum=False):
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=1.0, momentum=0.9)
    scheduler = make(optimizer)
    rates, momenta = [], []
    for _ in range(STEPS):
        rates.append(optimizer.param_groups[0]["lr"])
        momenta.append(optimizer.param_groups[0]["momentum"])
        optimizer.step()
        scheduler.step() if len(rates) < STEPS else None
    put(f"schedule.{name}", rates)
    if momentum:
        put(f"schedule.{name}.momentum", momenta)


follow("cosine", lambda o: sched.CosineAnnealingLR(o, STEPS, eta_min=0.1))
follow("step", lambda o: sched.StepLR(o, 7, gamma=0.5))
follow("one_cycle", lambda o: sched.OneCycleLR(o, 1.0, total_steps=STEPS), momentum=True)
follow("warm_up", lambda o: sched.SequentialLR(o, [
    sched.LinearLR(o, start_factor=0.1, total_iters=8),
    sched.CosineAnnealingLR(o, STEPS - 8),
], milestones=[8]))


# fastai's fit_one_cycle (fastai 2.8, callback/schedule.py): two half cosines, position = step / steps.
def fastai_one_cycle(position, start, middle, end, pct):
    if position < pct:
        start, end, position = start, middle, position / pct
    else:
        start, position = middle, (position - pct) / (1 - pct)
    return start + (1 + math.cos(math.pi * (1 - position))) * (end - start) / 2


put("schedule.fastai", [fastai_one_cycle(s / STEPS, 1 / 25, 1, 1e-5, 0.25) for s in range(STEPS)])
put("schedule.fastai.momentum", [fastai_one_cycle(s / STEPS, 0.95, 0.85, 0.95, 0.25) for s in range(STEPS)])

# Losses: weights and smoothing, labels and soft targets.
logits, weights = torch.randn(6, 3), torch.tensor([0.5, 2.0, 1.0])
labels, soft = torch.tensor([0, 2, 1, 1, 0, 2]), torch.softmax(torch.randn(6, 3), 1)
put("loss.logits", logits)
put("loss.labels", labels)
put("loss.mixture", soft)
for name, targets, weight, smoothing in [
    ("plain", labels, None, 0.0), ("smooth", labels, None, 0.1), ("weighted", labels, weights, 0.0),
    ("both", labels, weights, 0.1), ("soft", soft, None, 0.0), ("soft_both", soft, weights, 0.1),
]:
    put(f"loss.{name}", torch.nn.functional.cross_entropy(logits, targets, weight, label_smoothing=smoothing))

Path(__file__).with_name("reference.txt").write_text("\n".join(lines) + "\n")
