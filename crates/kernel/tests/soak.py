"""A long session: hundreds of cells that define anew, draw, hold 100 MB, fail and crash, and what memory does meanwhile.

    python soak.py [KERNEL] [--cells N]

Every tenth cell fails, in turn by a panic, a `?` and a compile error; every hundredth aborts the process. Ends with an
error where the kernel's memory, or the cells', grows by more than a tenth from the first third to the last.
"""

import argparse
import sys
from statistics import median

from session import DEPENDENCY, Session

NET = "let net: ResNet = ResNet::resnet18(10, Device::Cpu, 0);"
FAILURES = [
    ('panic!("on purpose");', "Panic"),
    ('let n: i32 = "x".parse()?;', "Error"),
    ("let n: i32 = net;", "CompileError"),
]
WORK = [
    # 25 million floats, in place of those of the last time
    "let big: Tensor = Tensor::ones([25, 1000, 1000], (Kind::Float, Device::Cpu));",
    "fn changing(x: f64) -> f64 {{ x * {number}.0 }}",
    '{{ println!("{{}}", changing(2.0) + big.double_value(&[0, 0, 0])); }}',
    "#[derive(Clone, Debug)] pub struct Redefined {{ pub field_{number}: f64 }}",
    "let redefined: Redefined = Redefined {{ field_{number}: 1.0 }};",
    'bars("Run {number}", "%", 100.0, &[Bar::new("a", &[70.0, 72.0]), Bar::new("b", &[60.0, 61.0])])?',
    "let sum: f64 = {{ let ys = net.forward_t(&Tensor::zeros([8, 3, 64, 64], (Kind::Float, Device::Cpu)), false); "
    "ys.sum(Kind::Float).double_value(&[]) }};",
    'show_all(&[&df!("x" => [1, 2, {number}])?])',
    "let names: Vec<String> = (0..{number}).map(|i| i.to_string()).collect();",
]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kernel", nargs="?", default="rust")
    parser.add_argument("--cells", type=int, default=300)
    options = parser.parse_args()
    held = []
    with Session(options.kernel) as kernel:

        def expect(code, status="ok", name=""):
            answer = kernel.run(code)
            if (answer.status, answer.name) != (status, name):
                sys.exit(f"cell {number}: expected {status} {name}, found {answer.status}: {code}\n{answer.text()}")
            return answer

        number = 0
        expect(DEPENDENCY)
        expect(NET)
        for number in range(1, options.cells + 1):
            if number % 100 == 0:
                expect("std::process::abort();", "error", "Crash")
                expect(DEPENDENCY)
                expect(NET)
            elif number % 10 == 0:
                code, name = FAILURES[number // 10 % len(FAILURES)]
                expect(code, "error", name)
            else:
                # All that a crash took is there again before it is asked for.
                expect(WORK[number % 10 - 1].format(number=number // 10 + 1))
            if number % 10 == 9:
                shares = kernel.processes()
                held.append((shares[kernel.pid][1], sum(share for _, share in shares.values())))
                mine, all_ = held[-1]
                print(f"cell {number}: kernel {mine:.0f} MB, cells and relay {all_ - mine:.0f} MB", flush=True)
    third = len(held) // 3
    for what, values in (("kernel", [mine for mine, _ in held]), ("cells", [all_ - mine for mine, all_ in held])):
        early, late = median(values[:third]), median(values[-third:])
        print(f"{what}: {early:.0f} MB in the first third, {late:.0f} MB in the last ({late / early:.2f})")
        if late > 1.1 * early:
            sys.exit(f"{what}: the memory grows")


if __name__ == "__main__":
    main()
