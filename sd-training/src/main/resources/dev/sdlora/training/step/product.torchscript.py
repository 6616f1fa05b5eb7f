  def convert(self: __torch__.Net, t: Tensor, format: int) -> Tensor:
    return torch.to(t, format)
  def product(self: __torch__.Net, t: Tensor) -> Tensor:
    return torch.matmul(t, t)
