  def layer(self: __torch__.Net, x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
    return __torch__.linear(x, w, p)
  def room(self: __torch__.Net, here: Tensor, positions: int, width: int, format: int) -> Tensor:
    return torch.to(torch.randn([1, positions, width], dtype=6, layout=0, device=here.device, pin_memory=False), format)
