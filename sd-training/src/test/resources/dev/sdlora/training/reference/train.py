"""Trains small models for 20 steps in double precision and writes inputs and results; see README.md."""

import math
import sys

import numpy as np
import torch
from diffusers import UNet2DConditionModel
from diffusers.loaders.single_file_utils import convert_ldm_unet_checkpoint
from diffusers.optimization import get_scheduler
from safetensors.numpy import save_file
from safetensors.torch import load_file as load_torch

STEPS = 20
MEMBERS = 40  # 20 batches of two, or 40 of one
LATENTS, NOISES = 3, 10  # member m has number m modulo these
SIDE = 16
RANK, ALPHA = 2, 1.0
DTYPE = torch.float64


# ---- Networks: predict(x, times, text, pooled) of a frozen model, and the inputs of its members ----


class UNet:
    """A U-Net of a checkpoint in one file with LDM's names."""

    def __init__(self, file, text_width, velocity=False, pooled=0, prefix="model.diffusion_model.", **config):
        self.velocity, self.pooled = velocity, pooled
        self.shape, self.text = (4, SIDE, SIDE), (77, text_width)
        self.net = UNet2DConditionModel(cross_attention_dim=text_width, **config)
        weights = {k: v for k, v in load_torch(file).items() if k.startswith(prefix)}
        self.net.load_state_dict(convert_ldm_unet_checkpoint(weights, self.net.config))
        self.net.to(DTYPE).requires_grad_(False)
        betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=DTYPE) ** 2
        self.alphas = torch.cumprod(1 - betas, 0)

    def noisy(self, clean, noise, positions):
        """Noisy latents, what to predict, the times that the network reads, signal-to-noise ratios."""
        times = (positions * 1000).long()
        alpha = self.alphas[times].view(-1, 1, 1, 1)
        signal, sigma = alpha.sqrt(), (1 - alpha).sqrt()
        target = signal * noise - sigma * clean if self.velocity else noise
        return signal * clean + sigma * noise, target, times, (alpha / (1 - alpha)).flatten()

    def predict(self, x, times, text, pooled):
        added = None
        if self.pooled:
            sizes = torch.tensor([[8 * SIDE, 8 * SIDE, 0, 0, 8 * SIDE, 8 * SIDE]] * len(x), dtype=DTYPE)
            added = {"text_embeds": pooled, "time_ids": sizes}
        return self.net(x, times, text, added_cond_kwargs=added).sample

    def layers(self):
        """The layers to train: those of attention, by name."""
        named = dict(self.net.named_modules())
        return {n: m for n, m in named.items() if isinstance(m, torch.nn.Linear) and (".attn1." in n or ".attn2." in n)}


CROSS_DOWN, CROSS_UP = "CrossAttnDownBlock2D", "CrossAttnUpBlock2D"
FOUR_LEVELS = dict(
    down_block_types=[CROSS_DOWN] * 3 + ["DownBlock2D"], up_block_types=["UpBlock2D"] + [CROSS_UP] * 3
)
NETWORKS = {
    "sd1": lambda models: UNet(
        models + "/tiny-sd1.safetensors", 32,
        block_out_channels=[32, 32, 32, 64], attention_head_dim=8, **FOUR_LEVELS,
    ),
    "sd2": lambda models: UNet(
        models + "/families/tiny-sd2-v.safetensors", 32, velocity=True,
        block_out_channels=[32] * 4, attention_head_dim=4, use_linear_projection=True, **FOUR_LEVELS,
    ),
    "sdxl": lambda models: UNet(
        models + "/families/tiny-sdxl.safetensors", 96, pooled=64,
        block_out_channels=[32] * 3, attention_head_dim=4, use_linear_projection=True,
        down_block_types=["DownBlock2D", CROSS_DOWN, CROSS_DOWN], up_block_types=[CROSS_UP, CROSS_UP, "UpBlock2D"],
        transformer_layers_per_block=[1, 2, 2], addition_embed_type="text_time",
        addition_time_embed_dim=ADDED, projection_class_embeddings_input_dim=64 + 6 * ADDED,
    ),
}  # fmt: skip
ADDED = 8


# ---- Adapters: initial factors of a layer by name, and the layer's changed output ----


class Lora:
    @staticmethod
    def layers(network):
        return network.layers()

    @staticmethod
    def initial(layer, random):
        bound = 1 / math.sqrt(layer.in_features)
        return {
            "lora_down.weight": random.uniform(-bound, bound, (RANK, layer.in_features)),
            "lora_up.weight": np.zeros((layer.out_features, RANK)),
        }

    @staticmethod
    def output(layer, x, y, own):
        return y + (x @ own["lora_down.weight"].T) @ own["lora_up.weight"].T * (ALPHA / RANK)


class WeightChange:
    """A kind that is defined by the weights of all layers of the middle block, convolutions included."""

    def __init__(self, start, change, dora=False, names=""):
        self.start, self.change, self.dora, self.names = start, change, dora, names

    def layers(self, network):
        kinds = (torch.nn.Linear, torch.nn.Conv2d)
        middle = {n: m for n, m in network.net.named_modules() if n.startswith("mid_block.") and isinstance(m, kinds)}
        return {n: m for n, m in middle.items() if n.endswith(tuple(self.names.split()))} if self.names else middle

    def initial(self, layer, random):
        weight = layer.weight.detach()
        own = self.start(weight, random)
        if self.dora:
            rows = weight.flatten(1).norm(dim=1)
            own["dora_scale"] = rows.reshape([-1] + [1] * (weight.dim() - 1)).numpy()
        return own

    def output(self, layer, x, y, own):
        weight = self.change(layer.weight, own)
        if self.dora:
            norms = weight.flatten(1).norm(dim=1).reshape(own["dora_scale"].shape)
            weight = own["dora_scale"] * weight / norms
        if weight.dim() == 4:
            return torch.nn.functional.conv2d(x, weight, layer.bias, layer.stride, layer.padding)
        return torch.nn.functional.linear(x, weight, layer.bias)


def locon_start(weight, random):
    out, inputs, *kernel = weight.shape
    bound = 1 / math.sqrt(weight[0].numel())
    return {
        "lora_down.weight": random.uniform(-bound, bound, (RANK, inputs, *kernel)),
        "lora_up.weight": np.zeros((out, RANK, *[1 for _ in kernel])),
    }


def locon(scale):
    def change(weight, own):
        product = torch.einsum("or,r...->o...", own["lora_up.weight"].flatten(1), own["lora_down.weight"])
        return weight + scale * product

    return change


def loha_start(weight, random):
    out, inputs = weight.flatten(1).shape
    return {
        "hada_w1_a": random.normal(size=(out, RANK)) * 0.1,
        "hada_w1_b": random.normal(size=(RANK, inputs)),
        "hada_w2_a": np.zeros((out, RANK)),
        "hada_w2_b": random.normal(size=(RANK, inputs)),
    }


def loha(weight, own):
    first, second = (torch.einsum("or,ri->oi", own[f"hada_w{i}_a"], own[f"hada_w{i}_b"]) for i in (1, 2))
    return weight + ALPHA / RANK * (first * second).reshape(weight.shape)


def lokr_start(factor):
    """Sides are divided by the factor, or where it is 0 by the largest divisor up to the root."""

    def start(weight, random):
        outer = [factor or max(d for d in range(1, math.isqrt(n) + 1) if n % d == 0) for n in weight.shape[:2]]
        inner = [n // o for n, o in zip(weight.shape[:2], outer)]
        columns = inner[1] * weight[0][0].numel()
        own = {"lokr_w1": random.uniform(-1, 1, outer) / math.sqrt(outer[1])}
        if 2 * RANK >= max(inner):
            return own | {"lokr_w2": np.zeros((*inner, *weight.shape[2:]))}
        return own | {
            "lokr_w2_a": random.uniform(-1, 1, (inner[0], RANK)) / math.sqrt(RANK),
            "lokr_w2_b": np.zeros((RANK, columns)),
        }

    return start


def lokr(weight, own):
    if "lokr_w2" in own:
        scale, second = 1, own["lokr_w2"].flatten(1)
    else:
        scale, second = ALPHA / RANK, own["lokr_w2_a"] @ own["lokr_w2_b"]
    first = own["lokr_w1"]
    blocks = [torch.cat([number * second for number in row], 1) for row in first]
    return weight + scale * torch.cat(blocks, 0).reshape(weight.shape)


def ia3_start(name):
    return lambda weight, random: {name: np.zeros(weight.shape[0] if name == "ia3.outputs" else weight.shape[1])}


def ia3(weight, own):
    if "ia3.outputs" in own:
        return weight * (1 + own["ia3.outputs"].unsqueeze(1))
    return weight * (1 + own["ia3.inputs"].unsqueeze(0))


ADAPTERS = {
    "lora": Lora,
    "locon": WeightChange(locon_start, locon(ALPHA / RANK)),
    "rank-stabilised": WeightChange(locon_start, locon(ALPHA / math.sqrt(RANK))),
    "dora": WeightChange(locon_start, locon(ALPHA / RANK), dora=True),
    "loha": WeightChange(loha_start, loha),
    "loha-dora": WeightChange(loha_start, loha, dora=True),
    "lokr": WeightChange(lokr_start(0), lokr),
    "lokr-dora": WeightChange(lokr_start(2), lokr, dora=True),
    "ia3": WeightChange(ia3_start("ia3.outputs"), ia3, names="to_k to_v"),
    "ia3-inputs": WeightChange(ia3_start("ia3.inputs"), ia3, names="ff.net.2"),
}  # fmt: skip


# ---- Optimisers ----


class Lion(torch.optim.Optimizer):
    """Chen et al. 2023, algorithm 2."""

    def __init__(self, params, lr, weight_decay, betas=(0.9, 0.99)):
        super().__init__(params, dict(lr=lr, weight_decay=weight_decay, betas=betas))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            first, second = group["betas"]
            for p in group["params"]:
                m = self.state[p].setdefault("m", torch.zeros_like(p))
                update = (first * m + (1 - first) * p.grad).sign()
                p.copy_(p - group["lr"] * (update + group["weight_decay"] * p))
                m.copy_(second * m + (1 - second) * p.grad)


class Adafactor(torch.optim.Optimizer):
    """Shazeer and Stern 2018, algorithms 4 and 5 with a given learning rate, without momentum."""

    def __init__(self, params, lr, weight_decay):
        super().__init__(params, dict(lr=lr, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                state = self.state[p]
                state["t"] = state.get("t", 0) + 1
                decay = 1 - state["t"] ** -0.8
                square = p.grad**2 + 1e-30

                def average(name, value):
                    old = state.get(name, torch.zeros_like(value))
                    state[name] = decay * old + (1 - decay) * value
                    return state[name]

                if p.dim() < 2:
                    second = average("all", square)
                else:
                    rows, columns = average("rows", square.sum(-1)), average("columns", square.sum(-2))
                    second = rows.unsqueeze(-1) * columns.unsqueeze(-2) / rows.sum(-1, keepdim=True).unsqueeze(-1)
                update = p.grad / second.sqrt()
                update = update / max(1.0, update.square().mean().sqrt().item())
                p.copy_(p - group["lr"] * (update + group["weight_decay"] * p))


def prodigy(params, lr, weight_decay, **options):
    from prodigyopt import Prodigy

    return Prodigy(params, lr=lr, weight_decay=weight_decay, **options)


OPTIMISERS = {"adamw": torch.optim.AdamW, "lion": Lion, "adafactor": Adafactor, "prodigy": prodigy}


# ---- Losses ----


def errors(predicted, target, snr, run):
    """The mean loss of each member."""
    if not run["huber"]:
        return ((predicted - target) ** 2).flatten(1).mean(1)
    delta = torch.full_like(snr, run["huber"])
    if run["by_noise"]:
        sigma = snr**-0.5  # noise by signal
        delta = delta + (1 - delta) / (1 + sigma) ** 2
    delta = delta.view(-1, *[1] * (predicted.dim() - 1))
    loss = 2 * delta * (torch.sqrt((predicted - target) ** 2 + delta**2) - delta)
    return loss.flatten(1).mean(1)


def importance(snr, velocity, run):
    weight = torch.ones_like(snr)
    if run["min_snr"]:
        weight = torch.minimum(snr, torch.full_like(snr, run["min_snr"])) / (snr + 1 if velocity else snr)
    if run["debiased"]:
        bound = snr.clamp(max=1000)
        weight = weight * (1 / (bound + 1) if velocity else bound**-0.5)
    return weight


# ---- Runs ----

DEFAULTS = dict(
    network="sd1", adapter="lora", optimiser="adamw", options={}, rate=1e-3, decay=0.1, clip=1e-6,
    schedule="constant", warmup=0, cycles=1, huber=0, by_noise=False, min_snr=0, debiased=False,
    accumulation=1, ema=0,
)  # fmt: skip
RUNS = {
    "adamw": {},
    "lion": dict(optimiser="lion", rate=3e-4, schedule="linear"),
    "adafactor": dict(optimiser="adafactor", schedule="cosine", warmup=4),
    "prodigy": dict(optimiser="prodigy", options={"d_coef": 30.0}, rate=1.0, schedule="cosine_with_restarts", cycles=2),
    "huber": dict(huber=0.1),
    "huber-by-noise": dict(huber=0.1, by_noise=True, schedule="constant_with_warmup", warmup=5),
    "weighted": dict(min_snr=5, debiased=True),
    "averaged": dict(accumulation=2, ema=0.9),
    "sd2": dict(network="sd2", min_snr=5, debiased=True),
    "sdxl": dict(network="sdxl"),
    **{name: dict(adapter=name, clip=3e-6) for name in ADAPTERS if name != "lora"},
}


def inputs(network, random):
    """What members read."""
    made = {
        "latents": random.normal(size=(LATENTS, *network.shape)),
        "noise": random.normal(size=(NOISES, *network.shape)),
        "positions": (random.permutation(MEMBERS) + random.uniform(0.2, 0.8, MEMBERS)) / MEMBERS,
        "text": random.normal(size=(LATENTS, *network.text)),
    }
    if network.pooled:
        made["pooled"] = random.normal(size=(LATENTS, network.pooled))
    return {name: value.astype(np.float32) for name, value in made.items()}


def initial(network, adapter, random):
    return {
        f"{name}.{factor}": value.astype(np.float32)
        for name, layer in adapter.layers(network).items()
        for factor, value in adapter.initial(layer, random).items()
    }


def changed(network, adapter, factors):
    """Hooks that change the outputs of layers; to be removed."""

    def hook(name):
        prefix = name + "."
        own = {n[len(prefix) :]: f for n, f in factors.items() if n.startswith(prefix)}
        return lambda layer, args, y: adapter.output(layer, args[0], y, own)

    return [layer.register_forward_hook(hook(name)) for name, layer in adapter.layers(network).items()]


def scheduled(optimiser, run):
    """A learning rate of the step: diffusers' schedules, whose warm-up starts one step later."""
    warmup = run["warmup"]
    made = get_scheduler(
        run["schedule"], optimiser, num_warmup_steps=warmup, num_training_steps=STEPS, num_cycles=run["cycles"]
    )
    share = made.lr_lambdas[0]
    return lambda step: run["rate"] * share(step + 1 if step < warmup else step)


def train(network, adapter, members, start, run):
    members = {name: torch.tensor(value, dtype=DTYPE) for name, value in members.items()}
    factors = {name: torch.tensor(value, dtype=DTYPE, requires_grad=True) for name, value in start.items()}
    average = {name: value.detach().clone() for name, value in factors.items()}
    optimiser = OPTIMISERS[run["optimiser"]](
        list(factors.values()), lr=run["rate"], weight_decay=run["decay"], **run["options"]
    )
    rate = scheduled(optimiser, run)
    hooks = changed(network, adapter, factors)
    size = MEMBERS // STEPS // run["accumulation"]
    losses = []
    for step in range(STEPS):
        optimiser.zero_grad()
        losses.append(0)
        for part in range(run["accumulation"]):
            own = torch.arange(size) + (step * run["accumulation"] + part) * size
            x, target, times, snr = network.noisy(
                members["latents"][own % LATENTS], members["noise"][own % NOISES], members["positions"][own]
            )
            pooled = members["pooled"][own % LATENTS] if network.pooled else None
            predicted = network.predict(x, times, members["text"][own % LATENTS], pooled)
            loss = (errors(predicted, target, snr, run) * importance(snr, network.velocity, run)).mean()
            (loss / run["accumulation"]).backward()
            losses[-1] += loss.item() / run["accumulation"]
        norm = math.sqrt(sum(f.grad.square().sum().item() for f in factors.values()))
        for factor in factors.values():
            factor.grad *= min(1, run["clip"] / norm)
        for group in optimiser.param_groups:
            group["lr"] = rate(step)
        optimiser.step()
        keep = min(run["ema"], (2 + step) / (11 + step))
        for name, value in factors.items():
            average[name] = keep * average[name] + (1 - keep) * value.detach()
    for hook in hooks:
        hook.remove()
    return average, losses


def main(models, target, wanted):
    """Files NETWORK (inputs), NETWORK-ADAPTER (initial factors), and RUN (losses, final factors in order of names)."""
    for name, given in RUNS.items():
        if wanted and name not in wanted:
            continue
        run = DEFAULTS | given
        network, adapter = NETWORKS[run["network"]](models), ADAPTERS[run["adapter"]]
        members = inputs(network, np.random.default_rng(40))
        start = initial(network, adapter, np.random.default_rng(41))
        save_file(members, f"{target}/{run['network']}.safetensors")
        save_file(start, f"{target}/{run['network']}-{run['adapter']}.safetensors")
        factors, losses = train(network, adapter, members, start, run)
        flat = torch.cat([factors[key].flatten() for key in sorted(factors)])
        result = {"factors": flat.numpy().astype(np.float32), "losses": np.array(losses, np.float32)}
        save_file(result, f"{target}/run-{name}.safetensors")
        print(f"{name}: losses {losses[0]:.6f} to {losses[-1]:.6f}, {len(flat)} numbers", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3:])
