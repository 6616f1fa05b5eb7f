  def load(self: __torch__.Net, bytes: Tensor, stored: int, shape: List[int], wanted: int) -> Tensor:
    # Raw bytes in the stored format -> a new tensor of the wanted format. (TorchScript has no view to another format.)
    return torch.to(torch.reshape(torch.view_copy(bytes, dtype=stored), shape), wanted)
  def fill(self: __torch__.Net, target: Tensor, bytes: Tensor, stored: int) -> Tensor:
    # The same values as load gives, written into a tensor that exists.
    return torch.copy_(target, torch.reshape(torch.view_copy(bytes, dtype=stored), torch.size(target)))
  def patch(self: __torch__.Net, target: Tensor, ups: List[Tensor], downs: List[Tensor], scales: List[float]) -> Tensor:
    # W += sum of scale * up @ down, in place, with one rounding of the sum; W float32.
    up, down = __torch__.stack(ups, downs, scales)
    return torch.addmm_(torch.view(target, [torch.size(target, 0), -1]), up, down)
  def patch_from(self: __torch__.Net, target: Tensor, original: Tensor, ups: List[Tensor], downs: List[Tensor], scales: List[float]) -> Tensor:
    # The same from a float32 original into a target of another format, rounded to it once.
    up, down = __torch__.stack(ups, downs, scales)
    sum = torch.addmm_(torch.view(original, [torch.size(target, 0), -1]), up, down)
    return torch.copy_(target, torch.reshape(sum, torch.size(target)))
  def floats(self: __torch__.Net, t: Tensor) -> Tensor:
    return torch.to(t, 6)
  def finite(self: __torch__.Net, t: Tensor) -> Tensor:
    return torch.all(torch.isfinite(t))
