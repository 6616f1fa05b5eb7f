def count(w: Dict[str, Tensor], before: str, behind: str) -> int:
  # Counts the weights whose names differ only in a number, from 0.
  n = 0
  while torch.__contains__(w, before + str(n) + behind):
    n = torch.add(n, 1)
  return n
def are_alike(tensors: List[Tensor]) -> bool:
  # Whether all rows of each tensor are equal.
  alike = True
  for i in range(torch.len(tensors)):
    rows = tensors[i]
    if torch.__not__(torch.equal(rows, torch.expand_as(torch.slice(rows, 0, 0, 1), rows))):
      alike = False
  return alike
def time_embedding(t: Tensor, vector: Tensor, guidance: Tensor, dtype: int, w: Dict[str, Tensor]) -> Tensor:
  # Sines and cosines of t at decreasing frequencies, through two layers; dtype 6 is float32.
  half = torch.size(w["time_embedding.linear_1.weight"], 1) // 2
  freqs = torch.exp(torch.mul(torch.arange(half, dtype=6, layout=0, device=t.device, pin_memory=False), -9.210340371976184 / half))
  arg = torch.mul(torch.unsqueeze(t, 1), torch.unsqueeze(freqs, 0))
  emb = torch.to(torch.cat([torch.cos(arg), torch.sin(arg)], 1), dtype)
  # The guidance scale of a distilled network (Luo et al. 2023, "Latent Consistency Models").
  if torch.__contains__(w, "time_embedding.cond_proj.weight"):
    emb = torch.add(emb, __torch__.linear(torch.to(guidance, dtype), w, "time_embedding.cond_proj"))
  emb = __torch__.linear(torch.silu(__torch__.linear(emb, w, "time_embedding.linear_1")), w, "time_embedding.linear_2")
  # The pooled text and size conditions of SDXL.
  if torch.__contains__(w, "add_embedding.linear_1.bias"):
    added = __torch__.linear(torch.to(vector, dtype), w, "add_embedding.linear_1")
    emb = torch.add(emb, __torch__.linear(torch.silu(added), w, "add_embedding.linear_2"))
  # The types of the control images of a ControlNet Union, [1, T], in the place of the guidance scale.
  if torch.__contains__(w, "control_add_embedding.linear_1.bias"):
    types = __torch__.linear(torch.to(guidance, dtype), w, "control_add_embedding.linear_1")
    emb = torch.add(emb, __torch__.linear(torch.silu(types), w, "control_add_embedding.linear_2"))
  return torch.silu(emb)
def unet_down(h: Tensor, emb: Tensor, ctx: Tensor, texts: Dict[str, Tensor], w: Dict[str, Tensor], heads: List[int], wrap: int, features: List[Tensor], merge: float, merging: int, outputs: int) -> List[Tensor]:
  # The input and the outputs of the encoder's blocks, at most the given number.
  skips = annotate(List[Tensor], [h])
  n = torch.len(heads)
  for i in range(n):
    b = "down_blocks." + str(i)
    layers = __torch__.count(w, b + ".resnets.", ".conv1.bias")
    # T2I-Adapters apply to the last block of a level, and to the downsampler of a level without transformers (as in SDXL).
    acts = layers - 1
    if i < n - 1:
      if torch.__not__(torch.__contains__(w, b + ".attentions." + str(layers - 1) + ".proj_in.bias")):
        acts = layers
    for j in range(layers):
      if torch.lt(torch.len(skips), outputs):
        h = __torch__.resnet(h, emb, w, b + ".resnets." + str(j), 1e-5, wrap)
        h = __torch__.spatial(h, ctx, texts, w, b + ".attentions." + str(j), heads[i], __torch__.at_level(i, merge, merging))
        if torch.eq(j, acts):
          h = __torch__.with_features(h, features, i, n)
        _0 = torch.append(skips, h)
    if i < n - 1:
      if torch.lt(torch.len(skips), outputs):
        h = __torch__.conv3(h, w, b + ".downsamplers.0.conv", 2, wrap)
        if torch.eq(layers, acts):
          h = __torch__.with_features(h, features, i, n)
        _1 = torch.append(skips, h)
  return skips
def at_level(level: int, merge: float, merging: int) -> float:
  # Tokens are merged in the levels with the most tokens.
  share = 0.
  if torch.lt(level, merging):
    share = merge
  return share
def with_features(h: Tensor, features: List[Tensor], place: int, levels: int) -> Tensor:
  # Adds the features of any number of T2I-Adapters, concatenated, for a level or for the middle, which comes after all levels.
  for f in range(torch.len(features) // (levels + 1)):
    h = torch.add(h, torch.to(features[f * (levels + 1) + place], h.dtype))
  return h
def unet_middle(h: Tensor, emb: Tensor, ctx: Tensor, texts: Dict[str, Tensor], w: Dict[str, Tensor], heads: int, wrap: int) -> Tensor:
  # Two blocks with transformers between them; distilled networks have only one block or none.
  blocks = __torch__.count(w, "mid_block.resnets.", ".conv1.bias")
  for i in range(blocks):
    h = __torch__.resnet(h, emb, w, "mid_block.resnets." + str(i), 1e-5, wrap)
    if i < blocks - 1:
      h = __torch__.spatial(h, ctx, texts, w, "mid_block.attentions." + str(i), heads, 0.)
  return h
def unet_output(h: Tensor, w: Dict[str, Tensor], wrap: int) -> Tensor:
  # The last layers, in float32: guidance multiplies the differences of predictions, and with them their rounding.
  wide = __torch__.in_float32(w, ["conv_norm_out", "conv_out", "lora_masks"])
  _0 = torch._set_item(wide, "conv_out.weight", torch.to(__torch__.weight(w, "conv_out", h.dtype), 6))
  h = torch.silu(__torch__.group_norm(torch.to(h, 6), wide, "conv_norm_out", 1e-5))
  return __torch__.conv3(h, wide, "conv_out", 1, wrap)
