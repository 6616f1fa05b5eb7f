  def load(self: __torch__.Net, stored: Tensor, hidden: int, shape: List[int], wanted: int) -> Tensor:
    # Stored values in a row -> a new tensor of the wanted shape and format.
    return torch.to(torch.reshape(__torch__.values(stored, hidden), shape), wanted, False, True)
  def load_all(self: __torch__.Net, stored: Tensor, layout: List[int], sizes: List[int]) -> List[Tensor]:
    # layout holds for each tensor where its bytes start, their format, how many sizes it has. All become neighbours in one new
    # float32 tensor, so that one look finds whether a number is not finite.
    count = torch.len(layout) // 3
    shapes = annotate(List[List[int]], [])
    total = 0
    at = 0
    for i in range(count):
      shape = torch.slice(sizes, at, at + layout[3 * i + 2])
      at = at + torch.len(shape)
      _0 = torch.append(shapes, shape)
      total = total + __torch__.product(shape)
    flat = torch.empty([total], dtype=6, device=ops.prim.device(stored))
    tensors = annotate(List[Tensor], [])
    done = 0
    for i in range(count):
      elements = __torch__.product(shapes[i])
      start = layout[3 * i]
      bytes = torch.slice(stored, 0, start, start + elements * __torch__.width(layout[3 * i + 1]))
      part = torch.slice(flat, 0, done, done + elements)
      _1 = torch.copy_(part, torch.view_copy(bytes, dtype=layout[3 * i + 1]))
      _2 = torch.append(tensors, torch.view(part, shapes[i]))
      done = done + elements
    if total == 0:
      largest = torch.zeros([], dtype=6)
    else:
      largest = torch.max(torch.abs(flat))
    _3 = torch.append(tensors, largest)
    return tensors
  def fill(self: __torch__.Net, target: Tensor, stored: Tensor, hidden: int) -> Tensor:
    # The same values as load gives, written into a tensor that exists.
    return torch.copy_(target, torch.reshape(__torch__.values(stored, hidden), torch.size(target)))
  def patch(self: __torch__.Net, target: Tensor, ups: List[Tensor], downs: List[Tensor], scales: List[float]) -> Tensor:
    # W += sum of scale * up @ down, in place, with one rounding of the sum; W float32. Nothing if a factor is not finite.
    up, down, finite = __torch__.stack(ups, downs, scales)
    if bool(finite):
      _0 = torch.addmm_(torch.view(target, [torch.size(target, 0), -1]), up, down)
    else:
      pass
    return finite
  def patch_from(self: __torch__.Net, target: Tensor, original: Tensor, ups: List[Tensor], downs: List[Tensor], scales: List[float]) -> Tensor:
    # The same from a float32 original into a target of another format, rounded to it once.
    up, down, finite = __torch__.stack(ups, downs, scales)
    if bool(finite):
      sum = torch.addmm_(torch.view(original, [torch.size(target, 0), -1]), up, down)
      _0 = torch.copy_(target, torch.reshape(sum, torch.size(target)))
    else:
      _1 = torch.copy_(target, original)
    return finite
  def floats(self: __torch__.Net, t: Tensor) -> Tensor:
    return torch.to(t, 6)
  def finite(self: __torch__.Net, t: Tensor) -> Tensor:
    return torch.all(torch.isfinite(t))
