"""Does the same work as `transfer`'s example `bench`, timed: the PyTorch half of `cargo xtask bench`.

Reads requests from standard input, one JSON object a line, and answers each with one; they are described at the head
of the other half, crates/transfer/examples/bench/main.rs. In place of `draw` it has `prepare`, which makes what both
halves read: weights, inputs, and JPEGs of the pictures that the other half has drawn.

    python bench.py --work FOLDER [--data FOLDER]

Needs torch, torchvision and transformers.
"""

import argparse
import json
import math
import os
import shutil
import statistics
import sys
import time

import torch
import torchvision
import transformers
from PIL import Image
from torch.nn import functional as F
from torchvision import transforms

ROWS, COLUMNS, CLASSES, BATCH = 5000, 512, 10, 64
# Texts of a batch, and tokens of the longest.
TEXTS, TOKENS = 32, 32
MEAN, STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def prepare(work):
    """Writes weights and inputs anew, and the pictures if they are not there."""
    torch.manual_seed(0)
    for name in ("resnet18", "resnet50"):
        torch.save(getattr(torchvision.models, name)().state_dict(), os.path.join(work, f"{name}.pt"))
    labels = torch.arange(ROWS) % CLASSES
    inputs = {
        "pictures_224": torch.randn(8, 3, 224, 224),
        "pictures_64": torch.randn(32, 3, 64, 64),
        "features": torch.randn(ROWS, COLUMNS) + 0.2 * torch.randn(CLASSES, COLUMNS)[labels],
        "labels": labels,
    }
    inputs.update({f"fc.{key}": value for key, value in torch.nn.Linear(COLUMNS, CLASSES).state_dict().items()})
    # The shape of all-MiniLM-L6-v2, without dropout, so that both halves come to the same numbers.
    config = transformers.BertConfig(
        hidden_size=384,
        num_hidden_layers=6,
        intermediate_size=1536,
        hidden_dropout_prob=0.0,
        attention_probs_dropout_prob=0.0,
    )
    transformers.BertModel(config, add_pooling_layer=False).save_pretrained(os.path.join(work, "text"))
    lengths = 8 + torch.arange(TEXTS) * (TOKENS - 8) // (TEXTS - 1)
    inputs["mask"] = (torch.arange(TOKENS) < lengths[:, None]).long()
    inputs["ids"] = torch.randint(1000, 30000, (TEXTS, TOKENS)) * inputs["mask"]
    inputs["classifier.weight"] = torch.randn(2, 384) * 0.02
    torch.save(inputs, os.path.join(work, "inputs.pt"))
    drawn, pictures = os.path.join(work, "drawn"), os.path.join(work, "pictures")
    if os.path.isdir(drawn) and not os.path.isdir(pictures):
        # Renamed when all are there, so that a folder of that name is never half full.
        draft = pictures + ".part"
        shutil.rmtree(draft, ignore_errors=True)
        for name in sorted(os.listdir(drawn)):
            os.makedirs(os.path.join(draft, name))
            for file in sorted(os.listdir(os.path.join(drawn, name))):
                picture = Image.open(os.path.join(drawn, name, file))
                # Colours at half the resolution, as cameras and the web have them.
                picture.save(os.path.join(draft, name, file[:-4] + ".jpg"), quality=90, subsampling="4:2:0")
        os.rename(draft, pictures)


def timed(device, work):
    """The seconds of some work, to its end on the device too."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    start = time.perf_counter()
    work()
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter() - start


class Task:
    """A piece of work that can be done again and again, as `self.work`; `check` returns the numbers that come out.
    `pieces` is how many pictures a repetition reads."""

    pieces = 1

    def run(self):
        return timed(self.device, self.work)

    def close(self):
        pass


def one_thread(_):
    torch.set_num_threads(1)


class Pipeline(Task):
    """A pass of the loader over picture files. Its processes live on from pass to pass."""

    def __init__(self, request, work, data, device):
        self.device = device
        shape = [transforms.Resize(256), transforms.CenterCrop(224)]
        numbers = [transforms.ToTensor(), transforms.Normalize(MEAN, STD)]
        folder = torchvision.datasets.ImageFolder(data, transforms.Compose(shape + numbers))
        every = max(1, math.ceil(len(folder) / request["most"]))
        # One thread: this process itself decodes.
        workers = request["threads"] if request["threads"] > 1 else 0
        self.loader = torch.utils.data.DataLoader(
            torch.utils.data.Subset(folder, range(0, len(folder), every)),
            batch_size=request["batch"],
            num_workers=workers,
            persistent_workers=workers > 0,
            worker_init_fn=one_thread,
        )
        self.pieces = len(self.loader.dataset)

    def check(self):
        return torch.cat([xs for xs, _ in self.loader]).flatten()[::997].tolist()

    def work(self):
        for _ in self.loader:
            pass

    def close(self):
        del self.loader


def net_of(request, work, device):
    net = getattr(torchvision.models, request["net"])()
    net.load_state_dict(torch.load(os.path.join(work, request["net"] + ".pt")))
    return net.to(device)


def input_of(name, work, device):
    return torch.load(os.path.join(work, "inputs.pt"))[name].to(device)


def pictures_of(request, work, device):
    return input_of(f"pictures_{request['size']}", work, device)[: request["batch"]]


class Forward(Task):
    """The forward pass in evaluation, without gradients."""

    def __init__(self, request, work, data, device):
        self.device = device
        self.net = net_of(request, work, device).eval()
        self.xs = pictures_of(request, work, device)

    def work(self):
        with torch.no_grad():
            return self.net(self.xs)

    def check(self):
        return self.work().double().flatten().tolist()


class Train(Task):
    """A step of training: forward, backward, the optimiser."""

    def __init__(self, request, work, data, device):
        self.device = device
        self.net = net_of(request, work, device).train()
        self.xs = pictures_of(request, work, device)
        self.labels = torch.arange(len(self.xs), device=device)
        self.bfloat16 = request["bfloat16"]
        if self.bfloat16:
            self.net.to(memory_format=torch.channels_last)
            self.xs = self.xs.contiguous(memory_format=torch.channels_last)
        if request["optimizer"] == "sgd":
            self.optimizer = torch.optim.SGD(self.net.parameters(), lr=1e-2, momentum=0.9, weight_decay=1e-4)
        else:
            self.optimizer = torch.optim.AdamW(self.net.parameters(), lr=1e-4)

    def work(self):
        self.optimizer.zero_grad()
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.bfloat16):
            logits = self.net(self.xs)
        loss = F.cross_entropy(logits.float(), self.labels)
        loss.backward()
        self.optimizer.step()
        return loss

    def check(self):
        return [self.work().item() for _ in range(4)]


def encoder_of(work, device):
    folder = os.path.join(work, "text")
    return transformers.BertModel.from_pretrained(folder, add_pooling_layer=False).to(device)


class Encode(Task):
    """The vectors of texts: a mean over each one's tokens."""

    def __init__(self, request, work, data, device):
        self.device = device
        self.net = encoder_of(work, device).eval()
        self.ids, self.mask = (input_of(name, work, device) for name in ("ids", "mask"))

    def vectors(self):
        hidden = self.net(input_ids=self.ids, attention_mask=self.mask).last_hidden_state
        tokens = self.mask[..., None]
        return (hidden * tokens).sum(1) / tokens.sum(1)

    def work(self):
        with torch.no_grad():
            return self.vectors()

    def check(self):
        return self.work().double().flatten().tolist()


class TrainText(Encode):
    """A step of training a classifier of texts: forward, backward, AdamW over everything."""

    def __init__(self, request, work, data, device):
        super().__init__(request, work, data, device)
        self.net.train()
        self.head = torch.nn.Linear(384, 2).to(device)
        with torch.no_grad():
            self.head.weight.copy_(input_of("classifier.weight", work, device))
            self.head.bias.zero_()
        self.labels = torch.arange(TEXTS, device=device) % 2
        parameters = [*self.net.parameters(), *self.head.parameters()]
        self.optimizer = torch.optim.AdamW(parameters, lr=1e-5)

    def work(self):
        self.optimizer.zero_grad()
        loss = F.cross_entropy(self.head(self.vectors()), self.labels)
        loss.backward()
        self.optimizer.step()
        return loss

    def check(self):
        return [self.work().item() for _ in range(4)]


class Load(Task):
    """The weights of a ResNet-50 from a file."""

    def __init__(self, request, work, data, device):
        self.device = device
        self.net = torchvision.models.resnet50().to(device)
        self.file = os.path.join(work, "resnet50.pt")

    def work(self):
        self.net.load_state_dict(torch.load(self.file))

    def check(self):
        self.work()
        state = self.net.state_dict()
        names = (name for name in sorted(state) if not name.endswith("num_batches_tracked"))
        return [state[name].double().mean().item() for name in names]


class Probe(Task):
    """An epoch of a linear head on stored features, in batches: loss and hits are asked for, as the Learner does."""

    def __init__(self, request, work, data, device):
        self.device = device
        cpu = torch.device("cpu")
        self.features, self.labels = input_of("features", work, cpu), input_of("labels", work, cpu)
        self.head = torch.nn.Linear(COLUMNS, CLASSES)
        self.head.load_state_dict({name: input_of(f"fc.{name}", work, cpu) for name in ("weight", "bias")})
        self.head.to(device)
        self.optimizer = torch.optim.AdamW(self.head.parameters(), lr=1e-3)

    def work(self):
        total, hits = 0.0, 0
        for rows in torch.arange(ROWS).split(BATCH):
            xs = self.features.index_select(0, rows).to(self.device)
            labels = self.labels.index_select(0, rows).to(self.device)
            self.optimizer.zero_grad()
            logits = self.head(xs)
            loss = F.cross_entropy(logits, labels)
            loss.backward()
            self.optimizer.step()
            total += loss.item() * len(rows)
            hits += (logits.argmax(-1) == labels).sum().item()
        return total / ROWS

    def check(self):
        return [self.work() for _ in range(2)]

    def run(self):
        return statistics.median(timed(self.device, self.work) for _ in range(5))


class Head(Task):
    """100 steps of Adam over all rows at once, standardised, with a squared penalty: what `LinearHead::fit` does."""

    def __init__(self, request, work, data, device):
        self.device = device
        self.features, self.labels = input_of("features", work, device), input_of("labels", work, device)

    def work(self):
        torch.manual_seed(0)
        mean, deviation = self.features.mean(0, keepdim=True), self.features.std(0, unbiased=False, keepdim=True)
        xs = (self.features - mean) * (deviation + (deviation == 0).float()).reciprocal()
        weight = (0.01 * torch.randn(COLUMNS, CLASSES, device=self.device)).requires_grad_()
        bias = torch.zeros(CLASSES, device=self.device, requires_grad=True)
        optimizer = torch.optim.Adam([weight, bias], lr=0.02)

        def loss():
            return F.cross_entropy(xs @ weight + bias, self.labels) + weight.square().sum() * 0.05

        for step in range(100):
            for group in optimizer.param_groups:
                group["lr"] = 0.02 * 0.5 * (1 + math.cos(math.pi * step / 100))
            optimizer.zero_grad()
            loss().backward()
            optimizer.step()
        with torch.no_grad():
            return loss().item()

    def check(self):
        return [self.work()]


TASKS = {
    "pipeline": Pipeline,
    "forward": Forward,
    "train": Train,
    "encode": Encode,
    "train text": TrainText,
    "load": Load,
    "probe": Probe,
    "head": Head,
}


class Server:
    def __init__(self, work, data):
        self.folder, self.data, self.task = work, data, None

    def answer(self, request):
        if request["do"] == "prepare":
            prepare(self.folder)
            return {}
        if request["do"] == "open":
            if self.task is not None:
                self.task.close()
                self.task = None
            torch.set_num_threads(request["threads"])
            self.task = TASKS[request["task"]](request, self.folder, self.data, torch.device(request["device"]))
            numbers = self.task.check()
            return {"numbers": numbers, "pieces": self.task.pieces, "threads": torch.get_num_threads()}
        if request["do"] == "time":
            end = time.perf_counter() + request["seconds"]
            seconds = [self.task.run()]
            while time.perf_counter() < end:
                seconds.append(self.task.run())
            # The upper one of two in the middle, as the other half takes it.
            return {"seconds": statistics.median_high(seconds), "repetitions": len(seconds)}
        raise ValueError(f"there is no request {request['do']!r}")


def main():
    parser = argparse.ArgumentParser(description="The PyTorch half of `cargo xtask bench`")
    parser.add_argument("--work", required=True, help="where the two halves keep what they share")
    parser.add_argument("--data", help="a folder with a folder of pictures per class [default: WORK/pictures]")
    given = parser.parse_args()
    server = Server(given.work, given.data or os.path.join(given.work, "pictures"))
    name = f"PyTorch {torch.__version__}, torchvision {torchvision.__version__}, transformers {transformers.__version__}"
    print(json.dumps({"name": name, "cuda": torch.cuda.is_available()}), flush=True)
    for line in sys.stdin:
        try:
            answer = server.answer(json.loads(line))
        except Exception as error:  # Whatever it is, the one who asked is told.
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
