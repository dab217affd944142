"""How long a reader waits: the same cells in kernels that take turns, each time in a fresh one.

    python latency.py [--rounds N] [--pause S] KERNEL [KERNEL ...]      names of kernelspecs; prints a table

A kernel that keeps what it has compiled (evcxr_jupyter with EVCXR_TMPDIR set) compiles in the first round, which
is printed apart; the table has the medians of the rounds after it.
"""

import argparse
import sys
import time
from statistics import median

from session import DEPENDENCY, Session

CELLS = [
    ("`:dep` and `use`", DEPENDENCY),
    ("a net", "let net: ResNet = ResNet::resnet18(10, best_device(), 0);"),
    ("`let lr = 0.01;`", "let lr = 0.01;"),
    ("a tensor", "let xs = Tensor::randn([8, 3, 64, 64], (Kind::Float, Device::Cpu));"),
    ("a forward pass", "let ys = tch::no_grad(|| net.features(&xs, false));"),
    ("a value", "ys.size()"),
    ("a function", "fn percent(right: usize, all: usize) -> f64 { 100.0 * right as f64 / all as f64 }"),
    ("a line of text", 'println!("{:.1} %", percent(3, 4) * lr);'),
    ("a type", "#[derive(Clone, Debug)] pub struct Run { pub name: String, pub losses: Vec<f64> }"),
    ("a vector of it", 'let runs: Vec<Run> = vec![Run { name: "a".into(), losses: vec![3.0, 2.0, 1.0] }];'),
    ("a chart", 'let bars_of: Vec<Bar> = vec![Bar::new("a", &[70.0, 72.0]), Bar::new("b", &[60.0, 61.0])];\n'
                'bars("Accuracy", "%", 100.0, &bars_of)?'),
    ("a table", 'let table: DataFrame = df!("x" => [1, 2, 3], "y" => [1.0, 4.0, 9.0])?;\nshow_all(&[&table])'),
    ("pictures", "let leaves: Leaves = Leaves::new(SpeciesSet::Novel, 1, 64, 1);\n"
                 "let mut tiles: Vec<Tile> = Vec::new();\n"
                 'for i in 0..8 { tiles.push(Tile::new(leaves.picture(i)?, "leaf")); }\ngrid(&tiles, 8)?'),
    ("a loop", "{ let mut sum = 0.0; for run in &runs { for loss in &run.losses { sum += loss; } }\n"
               'println!("{sum}"); };'),
    ("the same again", "{ let mut sum = 0.0; for run in &runs { for loss in &run.losses { sum += loss; } }\n"
                       'println!("{sum}"); };'),
]
FIRST = 2


def measure(name, pause):
    """Seconds per row, and megabytes, of a fresh kernel."""
    rows = {}
    with Session(name) as kernel:
        rows["ready"] = kernel.ready
        time.sleep(pause)
        for index, (what, code) in enumerate(CELLS):
            answer = kernel.run(code, timeout=3600)
            if answer.status != "ok":
                sys.exit(f"{name}: {what}: {answer.text()}")
            rows[what] = answer.seconds
            if index + 1 == FIRST:
                rows["MB after it"] = kernel.memory()
        rows["MB at the end"] = kernel.memory()
    rows["median cell"] = median(rows[what] for what, _ in CELLS[FIRST:])
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--pause", type=float, default=0, help="seconds of reading before the first cell")
    parser.add_argument("kernels", nargs="+")
    options = parser.parse_args()
    measured = {name: [] for name in options.kernels}
    for number in range(options.rounds + 1):
        for name in options.kernels:
            measured[name].append(measure(name, options.pause))
            told = ", ".join(f"{what} {value:.2f}" for what, value in measured[name][-1].items())
            print(f"round {number}, {name}: {told}", file=sys.stderr)
    first = options.kernels[0]
    print("| | " + " | ".join(options.kernels) + " | ratio |")
    print("|---" * (len(options.kernels) + 2) + "|")
    for what in measured[first][0]:
        values = [median(rows[what] for rows in measured[name][1:]) for name in options.kernels]
        pairs = zip(measured[first][1:], measured[options.kernels[-1]][1:])
        ratio = median(theirs[what] / ours[what] for ours, theirs in pairs)
        shown = "{:.0f}" if what.startswith("MB") else "{:.2f}"
        print(f"| {what} | " + " | ".join(shown.format(value) for value in values) + f" | {ratio:.1f} |")


if __name__ == "__main__":
    main()
