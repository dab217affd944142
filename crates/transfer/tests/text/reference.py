"""What Hugging Face's transformers say, for reference.rs and lora.rs: `python reference.py FOLDER_OF_ALL_MINILM`.

Written with transformers 5.24, peft 0.21 and torch 2.13. The three small nets have weights from formulas (no training), so that
their files are ours; of all-MiniLM-L6-v2, only what it says of four sentences of ours is kept.
"""

import sys
from pathlib import Path

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from transformers import AutoModel, AutoTokenizer, BertConfig, BertModel, DistilBertConfig, DistilBertModel
from transformers import RobertaConfig, RobertaModel

HERE = Path(__file__).parent
SENTENCES = [
    "My fern arrived with brown leaves, and I would like another one.",
    "still nothing.",
    "How often should I water a monstera that stands at a north window in winter, when the heating is on?",
    "Où est mon colis?",
]


def fill(net):
    """Weights from a formula, of the size that trained ones have."""
    with torch.no_grad():
        for number, (name, weight) in enumerate(sorted(net.named_parameters())):
            places = torch.arange(weight.numel(), dtype=torch.float64)
            waves = torch.sin(places * 0.37 + number) * 0.2
            if name.endswith("LayerNorm.weight") or name.endswith("layer_norm.weight"):
                waves += 1.0
            weight.copy_(waves.reshape(weight.shape).float())


def small(name, net, pad):
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    fill(net.eval())
    ids = torch.tensor([[5, 9, 31, 7, 22, 6], [5, 17, 6, pad, pad, pad], [5, 40, 41, 42, 6, pad]])
    mask = (ids != pad).long()
    with torch.no_grad():
        said = net(input_ids=ids, attention_mask=mask, output_hidden_states=True)
        alone = net(input_ids=ids[1:2, :3], attention_mask=mask[1:2, :3]).last_hidden_state
    net.save_pretrained(folder)
    states = {f"hidden.{number}": state.contiguous() for number, state in enumerate(said.hidden_states)}
    save_file({"ids": ids, "mask": mask, "alone": alone.contiguous(), **states}, folder / "expected.safetensors")


def main():
    shape = dict(vocab_size=48, hidden_size=16, num_hidden_layers=2, num_attention_heads=4, intermediate_size=24)
    small("bert", BertModel(BertConfig(**shape, max_position_embeddings=12)), 0)
    roberta = RobertaConfig(**shape, max_position_embeddings=14, pad_token_id=1, type_vocab_size=1)
    small("roberta", RobertaModel(roberta), 1)
    distilled = DistilBertConfig(vocab_size=48, dim=16, n_layers=2, n_heads=4, hidden_dim=24, max_position_embeddings=12)
    small("distilbert", DistilBertModel(distilled), 0)

    # An adapter that has learned something, on the small BERT.
    plain = BertModel.from_pretrained(HERE / "bert")
    adapter = get_peft_model(plain, LoraConfig(r=3, lora_alpha=7, target_modules=["query", "value", "output.dense"])).eval()
    with torch.no_grad():
        for number, (name, weight) in enumerate(sorted(adapter.named_parameters())):
            if "lora_B" in name:
                weight.copy_(torch.sin(torch.arange(weight.numel()) * 0.7 + number).reshape(weight.shape) * 0.3)
        ids = torch.tensor([[5, 9, 31, 7, 22, 6]])
        hidden = adapter(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
    adapter.peft_config["default"].base_model_name_or_path = "bert"
    adapter.save_pretrained(HERE / "peft")
    (HERE / "peft" / "README.md").unlink()
    expected = {"ids": ids, "mask": torch.ones_like(ids), "hidden": hidden.contiguous()}
    save_file(expected, HERE / "peft" / "expected.safetensors")

    folder = sys.argv[1]
    tokenizer, net = AutoTokenizer.from_pretrained(folder), AutoModel.from_pretrained(folder).eval()
    batch = tokenizer(SENTENCES, padding=True, return_tensors="pt")
    with torch.no_grad():
        hidden = net(**batch).last_hidden_state
    mask = batch["attention_mask"]
    pooled = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdim=True)
    # Every fourth number of each vector: enough to tell one net from another, and a small file.
    kept = hidden[..., ::4].contiguous()
    save_file({"ids": batch["input_ids"], "mask": mask, "hidden": kept, "pooled": pooled}, HERE / "minilm.safetensors")


main()
