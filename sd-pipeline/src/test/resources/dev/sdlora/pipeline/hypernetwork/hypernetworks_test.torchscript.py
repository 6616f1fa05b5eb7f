  def change(self: __torch__.Net, x: Tensor, w: Dict[str, Tensor], side: str) -> Tensor:
    return __torch__.hypernetworks(x, w, side)
  def activate(self: __torch__.Net, x: Tensor, w: Dict[str, Tensor]) -> Tensor:
    return __torch__.activated(x, w, "f")
