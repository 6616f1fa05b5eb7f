def gated_sum(x: Tensor, gate: Tensor, y: Tensor) -> Tensor:
  # In place.
  return torch.addcmul_(x, torch.unsqueeze(gate, 1), y)
def rotated_norm(x: Tensor, w: Dict[str, Tensor], p: str, turns: Tensor, eps: float) -> Tensor:
  # x [B, n, heads * d]: each head's RMS norm, then rotation, in place. Blocks of positions stay in the processor's cache.
  b, n, c = torch.size(x)
  gain = torch.to(w[p + ".weight"], 6)
  d = torch.size(gain, 0)
  block = ops.prim.max(1, 262144 // (b * c))
  for i in range((n + block - 1) // block):
    into = torch.slice(x, 1, i * block, i * block + block)
    part = torch.reshape(torch.to(into, 6), [b, -1, c // d, d])
    part = __torch__.rotated(torch.mul_(torch.mul(part, __torch__.inverse_rms(part, eps)), gain), torch.slice(turns, 0, i * block, i * block + block))
    _0 = torch.copy_(into, torch.flatten(part, 2))
  return x
def joined(room: List[Tensor], i: int, text: Tensor, image: Tensor) -> Tensor:
  # Both, one behind the other, in kept memory.
  b, n, c = torch.size(text)
  return torch.cat([text, image], 1, out=__torch__.kept(room, i, [b, n + torch.size(image, 1), c], text))
