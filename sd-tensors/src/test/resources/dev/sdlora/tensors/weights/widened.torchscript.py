  def widen(self: __torch__.Net, head: Tensor, parts: List[Tensor], dtype: int) -> Tensor:
    return __torch__.widened(head, parts, dtype)
  def floats(self: __torch__.Net, t: Tensor) -> Tensor:
    return torch.to(t, 6)
  def widen_into(self: __torch__.Net, head: Tensor, parts: List[Tensor], dtype: int, memory: Tensor) -> Tensor:
    return torch.clone(__torch__.widened_into(head, parts, dtype, memory))
  def rows(self: __torch__.Net, head: Tensor, parts: List[Tensor], ids: Tensor, dtype: int) -> Tensor:
    return __torch__.widened_rows(head, parts, ids, dtype)
