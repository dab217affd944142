"""What cleanlab makes of probabilities and labels that are drawn at random: writes reference.txt beside itself.

    python -m venv venv && venv/bin/pip install cleanlab==2.9.0 numpy==2.4.6 scikit-learn==1.9.1
    venv/bin/python reference.py

Lines are `case.name number number ...`. The probabilities are not stored: confident.rs beside this file draws the same ones.
Where two calibrated counts are equally far from whole numbers, cleanlab rounds as numpy's unstable sort has it, which may
differ between machines: the seeds are such that there are none.
"""
from pathlib import Path

import numpy as np
from cleanlab.count import compute_confident_joint, get_confident_thresholds
from cleanlab.filter import find_label_issues
from cleanlab.rank import get_normalized_margin_for_each_label

# Rows, classes, how many of 100 labels are wrong, how sure the net is, and classes at the end that no label names.
CASES = {
    "two": dict(seed=11, rows=60, classes=2, wrong=15, sure=3000, absent=0),
    "five": dict(seed=467, rows=200, classes=5, wrong=10, sure=6000, absent=0),
    "noisy": dict(seed=20, rows=300, classes=4, wrong=40, sure=2500, absent=0),
    "unsure": dict(seed=41573, rows=150, classes=6, wrong=10, sure=600, absent=0),
    "absent": dict(seed=15, rows=120, classes=5, wrong=12, sure=5000, absent=1),
    "clean": dict(seed=16, rows=100, classes=3, wrong=0, sure=20000, absent=0),
    "rare": dict(seed=17, rows=24, classes=12, wrong=25, sure=4000, absent=0),
}


class Random:
    """SplitMix64."""

    def __init__(self, seed):
        self.state = seed

    def below(self, end):
        mask = (1 << 64) - 1
        self.state = (self.state + 0x9E3779B97F4A7C15) & mask
        z = self.state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & mask
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & mask
        return ((z ^ (z >> 31)) >> 33) % end


def draw(case):
    random = Random(case["seed"])
    labels, rows = [], []
    for row in range(case["rows"]):
        # Each class that has labels has two at least.
        named = case["classes"] - case["absent"]
        truth = row % named
        wrong = row >= 2 * named and random.below(100) < case["wrong"]
        labels.append((truth + 1 + random.below(named - 1)) % named if wrong else truth)
        weights = [1 + random.below(1000) for _ in range(case["classes"])]
        weights[truth] += random.below(case["sure"])
        rows.append([weight / sum(weights) for weight in weights])
    return np.array(labels), np.array(rows)


def has_ties(counts, labels):
    """Whether a row of the calibrated joint has two counts of equal fractions, which are not whole."""
    for given, row in enumerate(counts):
        scaled = row / row.sum() * (labels == given).sum()
        fractions = (scaled - scaled.round()).round(9)
        fractions = fractions[fractions != 0]
        if len(set(fractions)) < len(fractions):
            return True
    return False


lines = ["# Written by reference.py."]
for name, case in CASES.items():
    labels, rows = draw(case)
    counts = compute_confident_joint(labels, rows, calibrate=False)
    assert not has_ties(counts, labels), name
    joint = compute_confident_joint(labels, rows, calibrate=True)
    thresholds = get_confident_thresholds(labels, rows)
    lines.append(f"{name}.thresholds " + " ".join(repr(float(value)) for value in thresholds))
    lines.append(f"{name}.counts " + " ".join(str(value) for value in counts.flatten()))
    lines.append(f"{name}.joint " + " ".join(str(value) for value in joint.flatten()))
    margins = get_normalized_margin_for_each_label(labels, rows)
    lines.append(f"{name}.margins " + " ".join(repr(float(value)) for value in margins))
    for method in ["prune_by_noise_rate", "confident_learning"]:
        found = find_label_issues(labels, rows, filter_by=method, return_indices_ranked_by="normalized_margin", n_jobs=1)
        # Not empty, so that a line always has a number.
        lines.append(f"{name}.{method} " + " ".join(str(value) for value in [len(found), *found]))
(Path(__file__).parent / "reference.txt").write_text("\n".join(lines) + "\n")
