def time_embedding(t: Tensor, width: int, dtype: int, w: Dict[str, Tensor]) -> Tensor:
  # Sines and cosines of t at falling frequencies, through two layers.
  half = width // 2
  freqs = torch.exp(torch.mul(torch.arange(half, dtype=6, layout=0, device=t.device, pin_memory=False), -9.210340371976184 / half))
  arg = torch.mul(torch.unsqueeze(t, 1), torch.unsqueeze(freqs, 0))
  emb = torch.to(torch.cat([torch.cos(arg), torch.sin(arg)], 1), dtype)
  emb = __torch__.linear(torch.silu(__torch__.linear(emb, w, "time_embedding.linear_1")), w, "time_embedding.linear_2")
  return torch.silu(emb)
def unet_down(h: Tensor, emb: Tensor, ctx: Tensor, w: Dict[str, Tensor], heads: int, depth: List[int], layers: int, wrap: int, features: List[Tensor]) -> List[Tensor]:
  # The input and the outputs of all blocks on the way down. To the last block of each level features are added, those of
  # any number of T2I-Adapters, one behind another.
  skips = annotate(List[Tensor], [h])
  n = torch.len(depth)
  for i in range(n):
    b = "down_blocks." + str(i)
    for j in range(layers):
      h = __torch__.resnet(h, emb, w, b + ".resnets." + str(j), 1e-5, wrap)
      if depth[i] > 0:
        h = __torch__.spatial(h, ctx, w, b + ".attentions." + str(j), heads, depth[i])
      if j > layers - 2:
        for f in range(torch.len(features) // n):
          h = torch.add(h, torch.to(features[f * n + i], h.dtype))
      _0 = torch.append(skips, h)
    if i < n - 1:
      h = __torch__.conv3(h, w, b + ".downsamplers.0.conv", 2, wrap)
      _1 = torch.append(skips, h)
  return skips
def unet_middle(h: Tensor, emb: Tensor, ctx: Tensor, w: Dict[str, Tensor], heads: int, middle: int, wrap: int) -> Tensor:
  h = __torch__.resnet(h, emb, w, "mid_block.resnets.0", 1e-5, wrap)
  h = __torch__.spatial(h, ctx, w, "mid_block.attentions.0", heads, middle)
  return __torch__.resnet(h, emb, w, "mid_block.resnets.1", 1e-5, wrap)
