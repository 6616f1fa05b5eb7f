  def matrices(self: __torch__.Net, q: Tensor, k: Tensor, v: Tensor, heads: int, format: int) -> Tensor:
    return torch.to(__torch__.matrix_attention(torch.to(q, format), torch.to(k, format), torch.to(v, format), heads), 6)
  def fused(self: __torch__.Net, q: Tensor, k: Tensor, v: Tensor, heads: int, format: int) -> Tensor:
    return torch.to(__torch__.heads_attention(torch.to(q, format), torch.to(k, format), torch.to(v, format), heads, False), 6)
