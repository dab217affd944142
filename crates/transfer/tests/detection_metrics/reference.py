"""What pycocotools, the definition of PASCAL VOC's measure and TIDE's program make of random pictures: writes reference.txt
beside itself.

    python -m venv venv && venv/bin/pip install numpy==2.4.6 pycocotools==2.0.11 && venv/bin/pip install --no-deps tidecv==1.0.1
    venv/bin/python reference.py

Lines are `name number number ...`; NaN is a figure that there is not (-1 in pycocotools). The pictures are not stored: cases.rs
beside this file draws the same ones.
"""
import contextlib
import importlib.metadata
import io
import sys
import types
from pathlib import Path
from unittest.mock import MagicMock

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

for name in ["cv2", "pandas", "seaborn", "appdirs", "matplotlib", "matplotlib.pyplot", "matplotlib.lines"]:
    sys.modules[name] = MagicMock()  # TIDE draws charts with these; it counts without them.
import tidecv
from tidecv.data import Data
from tidecv.errors.main_errors import BackgroundError, BoxError, ClassError, DuplicateError, MissedError, OtherError

NAN = float("nan")
PLAIN = dict(pictures=12, classes=4, shown=4, unit=(1, 4), truths=8, noise=6, scores=1 << 20, empty=0, crowd=0, difficult=0,
             area=0, twice=0)
CASES = {
    "plain": dict(seed=1),
    "sevenths": dict(seed=2, unit=(1, 7), scores=5, twice=20),
    "crowds": dict(seed=3, classes=2, shown=2, crowd=40),
    "ties": dict(seed=4, classes=2, shown=2, unit=(20, 1), scores=3, twice=30),
    "many": dict(seed=5, pictures=3, classes=1, shown=1, truths=40, noise=300, crowd=10, scores=200),
    "absent": dict(seed=6, pictures=10, classes=5, shown=2, empty=40),
    "areas": dict(seed=7, unit=(8, 1), crowd=10, area=60, twice=10, scores=50),
    "difficult": dict(seed=8, classes=3, shown=3, difficult=40, twice=10),
    "everything": dict(seed=9, pictures=40, classes=6, shown=5, unit=(4, 1), scores=20, empty=20, crowd=15, difficult=15,
                       area=20, twice=15),
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

    def chance(self, percent):
        return self.below(100) < percent

    def shift(self, most):
        return self.below(2 * most + 1) - most


def draw(case):
    """Pictures: true boxes and detections, dicts."""
    case = types.SimpleNamespace(**(PLAIN | case))
    random = Random(case.seed)
    numerator, denominator = case.unit
    units = lambda pixels: pixels * denominator // numerator

    def bounds(left, top, width, height):
        ends = [left, top, left + max(width, 1), top + max(height, 1)]
        return [end * numerator / denominator for end in ends]

    def thing():
        least, most = [(4, 40), (24, 110), (80, 320)][random.below(3)]
        width, height = [1 + units(least) + random.below(units(most - least) + 1) for _ in range(2)]
        return [random.below(units(400)), random.below(units(400)), width, height]

    def find(found, whole, label):
        score = (1 + random.below(case.scores)) / (case.scores + 1)
        detection = dict(bounds=bounds(*whole), label=label, score=score)
        found += [detection] * (2 if random.chance(case.twice) else 1)

    def picture():
        truths, found = [], []
        count = 0 if random.chance(case.empty) else random.below(case.truths + 1)
        for _ in range(count):
            whole = thing()
            truth = dict(bounds=bounds(*whole), label=random.below(case.shown))
            truth["crowd"] = random.chance(case.crowd)
            truth["difficult"] = random.chance(case.difficult)
            left, top, right, bottom = truth["bounds"]
            truth["area"] = (right - left) * (bottom - top)
            if random.chance(case.area):
                truth["area"] = [0, 1024, 9216, 1000, 9217, 20000][random.below(6)]
            for _ in range(random.below(3)):
                most = random.below(max(whole[2:]) // 4 + 2)
                moved = [value + random.shift(most) for value in whole]
                label = random.below(case.classes) if random.chance(15) else truth["label"]
                find(found, moved, label)
            truths.append(truth)
        for _ in range(random.below(case.noise + 1)):
            whole = thing()
            find(found, whole, random.below(case.classes))
        return truths, found

    return [picture() for _ in range(case.pictures)], case.classes


def corner_size(bounds):
    left, top, right, bottom = bounds
    return [left, top, right - left, bottom - top]


def coco(pictures, classes):
    """COCOeval's precision [T, R, K, A, M], scores of the same shape, the twelve figures, and how many objects each class has."""
    truths = [dict(id=0, image_id=number, category_id=truth["label"] + 1, bbox=corner_size(truth["bounds"]), area=truth["area"],
                   iscrowd=int(truth["crowd"])) for number, (there, _) in enumerate(pictures) for truth in there]
    for number, truth in enumerate(truths):
        truth["id"] = number + 1  # COCOeval takes 0 for no match.
    found = [dict(image_id=number, category_id=one["label"] + 1, bbox=corner_size(one["bounds"]), score=one["score"])
             for number, (_, found) in enumerate(pictures) for one in found]
    with contextlib.redirect_stdout(io.StringIO()):
        data = COCO()
        data.dataset = dict(images=[dict(id=number) for number in range(len(pictures))], annotations=truths,
                            categories=[dict(id=label + 1) for label in range(classes)])
        data.createIndex()
        judged = COCOeval(data, data.loadRes(found), "bbox")
        judged.evaluate()
        judged.accumulate()
        judged.summarize()
    objects = [sum(not truth["iscrowd"] for truth in truths if truth["category_id"] == label + 1) for label in range(classes)]
    return judged.eval["precision"], judged.eval["scores"], judged.stats, objects


def iou(one, other):
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(width, 0) * max(height, 0)
    area = lambda bounds: (bounds[2] - bounds[0]) * (bounds[3] - bounds[1])
    return shared / (area(one) + area(other) - shared)


def voc(pictures, label, threshold):
    """The two average precisions of a class, from the definitions: over all pictures at once, without an envelope."""
    found = [(one, number) for number, (_, found) in enumerate(pictures) for one in found if one["label"] == label]
    there = [[truth for truth in truths if truth["label"] == label] for truths, _ in pictures]
    asked = lambda truth: not (truth["difficult"] or truth["crowd"])
    objects = sum(asked(truth) for truths in there for truth in truths)
    if objects == 0:
        return NAN, NAN
    taken, hits = set(), []
    for one, number in sorted(found, key=lambda pair: -pair[0]["score"]):
        overlaps = [iou(truth["bounds"], one["bounds"]) for truth in there[number]]
        best = max(range(len(overlaps)), key=overlaps.__getitem__, default=None)
        if best is None or overlaps[best] < threshold:
            hits.append(False)
        elif asked(there[number][best]):
            hits.append((number, best) not in taken)
            taken.add((number, best))
    points = [(sum(hits[:count]) / objects, sum(hits[:count]) / count) for count in range(1, len(hits) + 1)]
    best = lambda recall: max((precision for reached, precision in points if reached >= recall), default=0.0)
    return sum(best(tenth / 10) for tenth in range(11)) / 11, sum(best(k / objects) for k in range(1, objects + 1)) / objects


def tide(pictures, classes, threshold):
    """Right, confused, badly placed, both, doubled, background, missed."""
    truth_data, found_data = Data("truth"), Data("found")
    for data in truth_data, found_data:
        for label in range(classes):
            data.add_class(label, str(label))
        for number in range(len(pictures)):
            data.add_image(number, str(number))
    for number, (truths, found) in enumerate(pictures):
        found = [one for one in found if one["score"] >= threshold]
        assert len(found) <= 100
        for truth in truths:
            # Where the paper and the program are not of one mind about equality.
            overlaps = [iou(truth["bounds"], one["bounds"]) for one in found]
            assert all(abs(overlap - limit) > 1e-9 for overlap in overlaps for limit in [0.1, 0.5])
            truth_data.add_ground_truth(number, truth["label"], corner_size(truth["bounds"]))
        for one in found:
            found_data.add_detection(number, one["label"], one["score"], corner_size(one["bounds"]))
    run = tidecv.TIDE().evaluate(truth_data, found_data, pos_threshold=0.5, background_threshold=0.1, mode=tidecv.TIDE.BOX)
    kinds = [ClassError, BoxError, OtherError, DuplicateError, BackgroundError, MissedError]
    counts = [len(run.error_dict[kind]) for kind in kinds]
    return [len(found_data.annotations) - sum(counts[:-1]), *counts]


lines = []


def put(name, values):
    values = np.asarray(values, dtype=np.float64).flatten().tolist()
    lines.append(" ".join([name, *("NaN" if value != value or value == -1 else f"{value!r}" for value in values)]))


for name, case in CASES.items():
    pictures, classes = draw(case)
    bounds = [box["bounds"] for pair in pictures for boxes in pair for box in boxes]
    total = sum((number + 1) * (a + 2 * b + 3 * c + 4 * d) for number, (a, b, c, d) in enumerate(bounds))
    lines.append(f"{name}.boxes {sum(len(t) for t, _ in pictures)} {sum(len(f) for _, f in pictures)} {total!r}")

    precision, scores, stats, objects = coco(pictures, classes)
    every = precision[:, :, :, 0, 2]
    assert ((every == -1).all((0, 1)) == (np.array(objects) == 0)).all()
    put(f"{name}.coco", stats)
    put(f"{name}.class_ap", every.mean((0, 1)))
    put(f"{name}.class_ap50", every[0].mean(0))
    put(f"{name}.objects", objects)
    of_label = lambda found, label: sum(one["label"] == label for one in found)
    put(f"{name}.beyond_limit", [sum(max(of_label(found, label) - 100, 0) for _, found in pictures) for label in range(classes)])
    for threshold, percent in [(0, 50), (5, 75)]:
        sampled = [[every[threshold, 10 * tenth, label], scores[threshold, 10 * tenth, label, 0, 2]]
                   for label in range(classes) if objects[label] for tenth in range(1, 11)]
        put(f"{name}.curve{percent}", sampled)
    for percent in [50, 70]:
        pairs = [voc(pictures, label, percent / 100) for label in range(classes)]
        for kind, values in zip(["eleven", "area"], zip(*pairs)):
            put(f"{name}.voc_{kind}{percent}", [*values, np.nanmean(values)])
    # The program of 1.0.1 counts detections of crowds among the errors, which TIDE's later source has put right.
    if name in ["plain", "sevenths", "absent"]:
        for percent in [0, 50]:
            put(f"{name}.tide{percent}", tide(pictures, classes, percent / 100))

versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ["pycocotools", "tidecv", "numpy"])
Path(__file__).with_name("reference.txt").write_text("\n".join([f"# Written by reference.py with {versions}.", *lines]) + "\n")
