def linears(x: Tensor, w: Dict[str, Tensor], names: List[str]) -> List[Tensor]:
  # Queries, keys and values: layers over the same input, or one layer with the rows of all three.
  if __torch__.has_weight(w, names[0]):
    results = annotate(List[Tensor], [])
    for i in range(torch.len(names)):
      _0 = torch.append(results, __torch__.linear(x, w, names[i]))
  else:
    fused = torch.replace(torch.replace(names[0], "add_q_proj", "to_added_qkv"), "to_q", "to_qkv")
    results = torch.chunk(__torch__.linear(x, w, fused), torch.len(names), -1)
  return results
def gated_sum(x: Tensor, gate: Tensor, y: Tensor) -> Tensor:
  return torch.addcmul(x, torch.unsqueeze(gate, 1), y)
def rotated_norm(x: Tensor, w: Dict[str, Tensor], p: str, turns: Tensor, eps: float) -> Tensor:
  # x [B, n, heads * d]: each head's RMS norm, then rotation of neighbouring channels, in float32 (dtype 6) and rounded once.
  b, n, c = torch.size(x)
  gain = torch.to(w[p + ".weight"], 6)
  d = torch.size(gain, 0)
  y = torch.reshape(torch.to(x, 6), [b, n, c // d, d])
  y = torch.mul(torch.mul(y, __torch__.inverse_rms(y, eps)), gain)
  pairs = torch.view_as_complex(torch.reshape(y, [b, n, c // d, d // 2, 2]))
  y = torch.view_as_real(torch.mul(pairs, torch.unsqueeze(turns, 1)))
  return torch.to(torch.flatten(y, 2), x.dtype)
def joined(room: List[Tensor], i: int, text: Tensor, image: Tensor) -> Tensor:
  return torch.cat([text, image], 1)
