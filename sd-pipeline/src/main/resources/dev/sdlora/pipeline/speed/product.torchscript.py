  def square(self: __torch__.Net, here: Tensor, side: int, format: int) -> Tensor:
    # A matrix of random numbers.
    return torch.to(torch.randn([side, side], dtype=6, layout=0, device=here.device, pin_memory=False), format)
  def product(self: __torch__.Net, x: Tensor) -> Tensor:
    return torch.matmul(x, x)
