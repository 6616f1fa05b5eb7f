"""Trains a LoRA of a tiny transformer for 20 steps, in double precision with diffusers' networks and PyTorch's AdamW.

usage: train_flow.py klein|z_image|flux1 FOLDER TARGET
FOLDER: the transformer as diffusers writes it; its weights are those of sd-testkit's single files.
TARGET: a safetensors file with the batches, the factors before and after, and the losses of all steps.

Recipe: 4 batches of 2 members, used in turn; members differ in text length, LoRA strength and weight of the loss.
The loss is the mean over members of weight * mean((velocity - (noise - clean))^2) at (1 - sigma) * clean + sigma * noise.
Factors have rank 2 and alpha 2; those of klein's queries, keys and values are shared: one down, one up of all rows.
AdamW: rate 1e-3, betas 0.9 and 0.999, epsilon 1e-8, decay 0.01, gradients scaled to a norm of at most 1.
"""
import json
import math
import sys

import torch
from safetensors.torch import load_file, save_file

import diffusers.models.embeddings as embeddings
import diffusers.models.transformers.transformer_z_image as z_image
from diffusers import Flux2Transformer2DModel, FluxTransformer2DModel, ZImageTransformer2DModel

BATCHES, MEMBERS, STEPS, RANK = 4, 2, 20, 2
TOKENS = [5, 8, 3]
FAMILIES = {
    "klein": (Flux2Transformer2DModel, ("transformer_blocks.", "single_transformer_blocks."), (128, 2, 3)),
    "z_image": (ZImageTransformer2DModel, ("layers.",), (16, 4, 6)),
    "flux1": (FluxTransformer2DModel, ("transformer_blocks.", "single_transformer_blocks."), (16, 4, 6)),
}
FUSED = [("attn.to_qkv", ("attn.to_q", "attn.to_k", "attn.to_v")),
         ("attn.to_added_qkv", ("attn.add_q_proj", "attn.add_k_proj", "attn.add_v_proj"))]


def sinusoid(times, width, *_, **__):
    """Cosines, then sines; angles in double precision."""
    steps = torch.arange(width // 2, dtype=torch.float64)
    angles = torch.outer(times.double(), torch.exp(-math.log(10000) * steps / (width // 2)))
    return torch.cat([torch.cos(angles), torch.sin(angles)], 1)


embeddings.get_timestep_embedding = sinusoid
z_image.TimestepEmbedder.timestep_embedding = staticmethod(sinusoid)


def load(kind, folder):
    model = FAMILIES[kind][0].from_config(json.load(open(folder + "/config.json")))
    model.load_state_dict(load_file(folder + "/diffusion_pytorch_model.safetensors"))
    return model.double().eval().requires_grad_(False)


def velocity(kind, model, x, sigma, text, pooled):
    c, h, w = x.shape
    time = torch.tensor([sigma], dtype=torch.float64)
    if kind == "z_image":
        return -model([x.unsqueeze(1)], 1 - time, [text], return_dict=False)[0][0].squeeze(1)
    if kind == "klein":
        tokens = x.reshape(c, h * w).T.unsqueeze(0)
        places = torch.tensor([[0, r, q, 0] for r in range(h) for q in range(w)])
        words = torch.tensor([[0, 0, 0, i] for i in range(len(text))])
        y = model(tokens, text.unsqueeze(0), time, places, words, None, return_dict=False)[0]
        return y[0].T.reshape(c, h, w)
    tokens = x.reshape(c, h // 2, 2, w // 2, 2).permute(1, 3, 0, 2, 4).reshape(1, -1, 4 * c)
    places = torch.tensor([[0, r, q] for r in range(h // 2) for q in range(w // 2)])
    words = torch.zeros(len(text), 3)
    y = model(tokens, text.unsqueeze(0), pooled.unsqueeze(0), time, places, words, torch.ones(1).double(),
              return_dict=False)[0]
    return y[0].reshape(h // 2, w // 2, c, 2, 2).permute(2, 0, 3, 1, 4).reshape(c, h, w)


def adapt(kind, model, generator):
    """Adds factors to all linear layers of blocks; returns them, and a list with the strength that acts."""
    factors, strength = {}, [1.0]

    def hook(down, up, rows):
        def add(_, inputs, output):
            first, count = rows
            return output + strength[0] * (inputs[0] @ down.T @ up[first:first + count].T)
        return add

    for name, layer in model.named_modules():
        if not isinstance(layer, torch.nn.Linear) or not name.startswith(FAMILIES[kind][1]):
            continue
        shared, part, parts = name, 0, 1
        for fused, names in FUSED:
            for i, each in enumerate(names):
                if kind == "klein" and name.startswith("transformer_blocks.") and name.endswith("." + each):
                    shared, part, parts = name[:-len(each)] + fused, i, len(names)
        if shared + ".lora_down.weight" not in factors:
            for end, shape in ((".lora_down.weight", (RANK, layer.in_features)),
                               (".lora_up.weight", (layer.out_features * parts, RANK))):
                value = (torch.randn(shape, generator=generator) * 0.05).double()
                factors[shared + end] = value.requires_grad_(True)
        rows = (part * layer.out_features, layer.out_features)
        layer.register_forward_hook(hook(factors[shared + ".lora_down.weight"], factors[shared + ".lora_up.weight"], rows))
    return factors, strength


def main(kind, folder, target):
    generator = torch.Generator().manual_seed(5)
    draw = lambda *shape: torch.randn(shape, generator=generator)
    model = load(kind, folder)
    factors, strength = adapt(kind, model, generator)
    width = model.config.cap_feat_dim if kind == "z_image" else model.config.joint_attention_dim
    shape = FAMILIES[kind][2]
    texts = [draw(n, width) for n in TOKENS]
    pooled = [draw(model.config.pooled_projection_dim) for _ in TOKENS] if kind == "flux1" else []
    clean, noise = draw(BATCHES, MEMBERS, *shape), draw(BATCHES, MEMBERS, *shape)
    sigmas = torch.rand((BATCHES, MEMBERS), generator=generator)
    weights, strengths = torch.tensor([1.0, 0.5]), torch.tensor([1.0, -0.5])
    level = sigmas.double()[..., None, None, None]
    noisy = ((1 - level) * clean + level * noise).float()
    aims = noise - clean
    saved = {"noisy": noisy, "target": aims, "sigmas": sigmas, "weights": weights, "strengths": strengths}
    saved |= {f"text.{i}": text for i, text in enumerate(texts)} | {f"pooled.{i}": p for i, p in enumerate(pooled)}
    saved |= {"before." + name: value.detach().float() for name, value in factors.items()}
    optimiser = torch.optim.AdamW(factors.values(), lr=1e-3, weight_decay=0.01)
    losses = []
    for step in range(STEPS):
        batch, loss = step % BATCHES, 0
        for member in range(MEMBERS):
            strength[0] = strengths[member].item()
            text = (batch + member) % len(TOKENS)
            found = velocity(kind, model, noisy[batch, member].double(), sigmas[batch, member].double(),
                             texts[text].double(), pooled[text].double() if pooled else None)
            loss = loss + weights[member].item() * ((found - aims[batch, member].double()) ** 2).mean() / MEMBERS
        optimiser.zero_grad()
        loss.backward()
        norm = torch.sqrt(sum((value.grad ** 2).sum() for value in factors.values()))
        for value in factors.values():
            value.grad *= min(1.0, 1.0 / norm.item())
        optimiser.step()
        losses.append(loss.item())
    saved |= {"after." + name: value.detach().float() for name, value in factors.items()}
    saved["losses"] = torch.tensor(losses, dtype=torch.float64).float()
    save_file({name: value.contiguous() for name, value in saved.items()}, target)
    print(kind, losses[0], losses[-1], len(factors), norm.item())


main(*sys.argv[1:])
