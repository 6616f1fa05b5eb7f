def attend(q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
  # Always in float32: fused attention computes small products one by one, and in bfloat16 each of them is set up anew.
  # Steps of small networks take a fifth less time.
  return torch.to(__torch__.heads_attention(torch.to(q, 6), torch.to(k, 6), torch.to(v, 6), heads, False), q.dtype)
