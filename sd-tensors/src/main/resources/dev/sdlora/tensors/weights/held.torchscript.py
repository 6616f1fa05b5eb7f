  def head(self: __torch__.Net, numbers: List[int]) -> Tensor:
    # On the processor, wherever the parts are: programs read the numbers at each call.
    return torch.tensor(numbers, dtype=4)
  def values(self: __torch__.Net, head: Tensor, parts: List[Tensor], dtype: int) -> Tensor:
    # The values of a stored weight in a dtype.
    return __torch__.widened(head, parts, dtype)
  def joined(self: __torch__.Net, parts: List[Tensor]) -> Tensor:
    return torch.cat(parts, 0)
  def put(self: __torch__.Net, w: Dict[str, Tensor], name: str, t: Tensor) -> Tensor:
    # The dictionary is the caller's, so the change is visible to all readers.
    _0 = torch._set_item(w, name, t)
    return torch.zeros([], dtype=6)
  def remove(self: __torch__.Net, w: Dict[str, Tensor], name: str) -> Tensor:
    if torch.__contains__(w, name):
      _0 = torch.pop(w, name)
    return torch.zeros([], dtype=6)
