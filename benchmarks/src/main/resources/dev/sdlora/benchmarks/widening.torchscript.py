  def random(self: __torch__.Net, here: Tensor, rows: int, columns: int) -> Tensor:
    return torch.to(torch.randn([rows, columns], dtype=6, layout=0, device=here.device, pin_memory=False), 15)
  def plain(self: __torch__.Net, x: Tensor, weight: Tensor) -> Tensor:
    return torch.linear(x, weight)
  def stored(self: __torch__.Net, x: Tensor, head: Tensor, parts: List[Tensor], memory: Tensor) -> Tensor:
    return torch.linear(x, __torch__.widened_into(head, parts, 15, memory))
