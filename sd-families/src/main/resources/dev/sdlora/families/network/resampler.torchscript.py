def resampled(x: Tensor, w: Dict[str, Tensor], heads: int, layers: int) -> Tensor:
  # A fixed number of latents reads x [B, n, C] (Alayrac et al. 2022, "Flamingo", perceiver resampler).
  latents = w["image_proj.latents"]
  h = torch.expand(latents, [torch.size(x, 0), torch.size(latents, 1), torch.size(latents, 2)])
  for i in range(layers):
    p = "image_proj.layers." + str(i)
    y = __torch__.layer_norm(h, w, p + ".0.norm2")
    both = torch.cat([__torch__.layer_norm(x, w, p + ".0.norm1"), y], 1)
    k, v = torch.chunk(__torch__.linear(both, w, p + ".0.to_kv"), 2, -1)
    o = __torch__.heads_attention(__torch__.linear(y, w, p + ".0.to_q"), torch.contiguous(k), torch.contiguous(v), heads, False)
    h = torch.add(h, __torch__.linear(o, w, p + ".0.to_out"))
    y = torch.gelu(__torch__.linear(__torch__.layer_norm(h, w, p + ".1.0"), w, p + ".1.1"))
    h = torch.add(h, __torch__.linear(y, w, p + ".1.3"))
  return h
