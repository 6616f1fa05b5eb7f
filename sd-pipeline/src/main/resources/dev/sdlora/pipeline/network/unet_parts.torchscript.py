def count(w: Dict[str, Tensor], before: str, behind: str) -> int:
  # How many weights there are whose names differ in a number that counts from 0.
  n = 0
  while torch.__contains__(w, before + str(n) + behind):
    n = torch.add(n, 1)
  return n
def are_alike(tensors: List[Tensor]) -> bool:
  # Whether all rows of each are the same numbers.
  alike = True
  for i in range(torch.len(tensors)):
    rows = tensors[i]
    if torch.__not__(torch.equal(rows, torch.expand_as(torch.slice(rows, 0, 0, 1), rows))):
      alike = False
  return alike
def time_embedding(t: Tensor, vector: Tensor, guidance: Tensor, dtype: int, w: Dict[str, Tensor]) -> Tensor:
  # Sines and cosines of t at falling frequencies, through two layers; format 6 is float32.
  half = torch.size(w["time_embedding.linear_1.weight"], 1) // 2
  freqs = torch.exp(torch.mul(torch.arange(half, dtype=6, layout=0, device=t.device, pin_memory=False), -9.210340371976184 / half))
  arg = torch.mul(torch.unsqueeze(t, 1), torch.unsqueeze(freqs, 0))
  emb = torch.to(torch.cat([torch.cos(arg), torch.sin(arg)], 1), dtype)
  # How strongly a distilled network is to guide (Luo et al. 2023, "Latent Consistency Models").
  if torch.__contains__(w, "time_embedding.cond_proj.weight"):
    emb = torch.add(emb, __torch__.linear(torch.to(guidance, dtype), w, "time_embedding.cond_proj"))
  emb = __torch__.linear(torch.silu(__torch__.linear(emb, w, "time_embedding.linear_1")), w, "time_embedding.linear_2")
  # What SDXL is told of the whole text and of sizes.
  if torch.__contains__(w, "add_embedding.linear_1.weight"):
    added = __torch__.linear(torch.to(vector, dtype), w, "add_embedding.linear_1")
    emb = torch.add(emb, __torch__.linear(torch.silu(added), w, "add_embedding.linear_2"))
  return torch.silu(emb)
def unet_down(h: Tensor, emb: Tensor, ctx: Tensor, texts: Dict[str, Tensor], w: Dict[str, Tensor], heads: List[int], wrap: int, features: List[Tensor], merge: float, merging: int, outputs: int) -> List[Tensor]:
  # The input and the outputs of blocks on the way down, at most so many.
  skips = annotate(List[Tensor], [h])
  n = torch.len(heads)
  for i in range(n):
    b = "down_blocks." + str(i)
    layers = __torch__.count(w, b + ".resnets.", ".conv1.weight")
    # T2I-Adapters act on the last block of a level, and on the downsampler of one without transformers (SDXL has such a level).
    acts = layers - 1
    if i < n - 1:
      if torch.__not__(torch.__contains__(w, b + ".attentions." + str(layers - 1) + ".proj_in.weight")):
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
  # Tokens are merged where there are most of them, in the largest levels.
  share = 0.
  if torch.lt(level, merging):
    share = merge
  return share
def with_features(h: Tensor, features: List[Tensor], place: int, levels: int) -> Tensor:
  # Adds what T2I-Adapters say of a level, or of the middle, which comes behind all levels; any number of them, one behind another.
  for f in range(torch.len(features) // (levels + 1)):
    h = torch.add(h, torch.to(features[f * (levels + 1) + place], h.dtype))
  return h
def unet_middle(h: Tensor, emb: Tensor, ctx: Tensor, texts: Dict[str, Tensor], w: Dict[str, Tensor], heads: int, wrap: int) -> Tensor:
  # Two blocks with transformers between them; distilled networks have one block alone or none.
  blocks = __torch__.count(w, "mid_block.resnets.", ".conv1.weight")
  for i in range(blocks):
    h = __torch__.resnet(h, emb, w, "mid_block.resnets." + str(i), 1e-5, wrap)
    if i < blocks - 1:
      h = __torch__.spatial(h, ctx, texts, w, "mid_block.attentions." + str(i), heads, 0.)
  return h
