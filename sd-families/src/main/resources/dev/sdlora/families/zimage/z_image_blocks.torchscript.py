def z_image_block(x: Tensor, time: Tensor, turns: Tensor, w: Dict[str, Tensor], p: str, heads: int) -> Tensor:
  # x [1, n, C] is changed in place.
  gains = __torch__.z_image_gains(time, w, p)
  y = __torch__.scaled_norm(x, gains[0])
  three = __torch__.linears(y, w, [p + ".attention.to_q", p + ".attention.to_k", p + ".attention.to_v"])
  q = __torch__.rotated_norm(three[0], w, p + ".attention.norm_q", turns, 1e-5)
  k = __torch__.rotated_norm(three[1], w, p + ".attention.norm_k", turns, 1e-5)
  y = __torch__.attend(q, k, three[2], heads)
  x = __torch__.plus_scaled_norm(x, __torch__.linear(y, w, p + ".attention.to_out.0"), gains[1])
  # Blocks of positions limit the memory of the wide layer.
  step = 2048
  for i in range((torch.size(x, 1) + step - 1) // step):
    part = torch.slice(x, 1, i * step, i * step + step)
    y = __torch__.gated(__torch__.scaled_norm(part, gains[2]), w, p + ".feed_forward.w1", p + ".feed_forward.w3")
    part = __torch__.plus_scaled_norm(part, __torch__.linear(y, w, p + ".feed_forward.w2"), gains[3])
  return x
def scaled_norm(x: Tensor, gain: Tensor) -> Tensor:
  # x [1, n, C], gain float32 [C]: RMS norm in float32, rounded once. Blocks of positions stay in the processor's cache.
  y = torch.empty_like(x)
  n = torch.size(x, 1)
  block = ops.prim.max(1, 524288 // torch.size(x, 2))
  for i in range((n + block - 1) // block):
    part = __torch__.norm_part(torch.slice(x, 1, i * block, i * block + block), gain)
    _0 = torch.copy_(torch.slice(y, 1, i * block, i * block + block), part)
  return y
def plus_scaled_norm(sum: Tensor, x: Tensor, gain: Tensor) -> Tensor:
  # In place: sum + scaled_norm(x, gain), rounded once.
  n = torch.size(x, 1)
  block = ops.prim.max(1, 524288 // torch.size(x, 2))
  for i in range((n + block - 1) // block):
    part = __torch__.norm_part(torch.slice(x, 1, i * block, i * block + block), gain)
    into = torch.slice(sum, 1, i * block, i * block + block)
    _0 = torch.copy_(into, torch.add_(part, into))
  return sum
