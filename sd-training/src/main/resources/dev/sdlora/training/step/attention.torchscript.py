def attend(q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
  # In float32 whatever the rest is in: fused attention takes small products one by one, and those of bfloat16 are then set up anew
  # each. Steps of small networks take a fifth less time.
  return torch.to(__torch__.heads_attention(torch.to(q, 6), torch.to(k, 6), torch.to(v, 6), heads, False), q.dtype)
