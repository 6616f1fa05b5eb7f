  def load(self: __torch__.Net, stored: Tensor, hidden: int, scale: float, shape: List[int], wanted: int) -> Tensor:
    # Stored values in a row -> a new tensor of the wanted shape and format.
    return torch.to(torch.reshape(__torch__.values(stored, hidden, scale), shape), wanted, False, True)
  def room(self: __torch__.Net, here: Tensor, shape: List[int], wanted: int) -> Tensor:
    # A new tensor on the device of another, with numbers still to be written.
    return torch.empty(shape, dtype=wanted, layout=0, device=here.device, pin_memory=False)
  def load_all(self: __torch__.Net, stored: Tensor, format: int, counts: List[int], dims: List[int], sizes: List[int]) -> List[Tensor]:
    # Tensors of one format behind each other, as bytes -> float32 (format 6) tensors and a last one, the largest magnitude. They are parts
    # of one tensor, so that a few operations do for all: each costs more than the numbers of a factor.
    flat = torch.to(torch.view_copy(stored, dtype=format), 6)
    tensors = annotate(List[Tensor], [])
    done = 0
    at = 0
    for i in range(torch.len(counts)):
      shape = torch.slice(sizes, at, at + dims[i])
      _0 = torch.append(tensors, torch.view(torch.slice(flat, 0, done, done + counts[i]), shape))
      at = at + dims[i]
      done = done + counts[i]
    if done == 0:
      largest = torch.zeros([], dtype=6)
    else:
      low, high = torch.aminmax(flat)
      largest = torch.maximum(torch.neg(low), high)
    _1 = torch.append(tensors, largest)
    return tensors
  def fill_part(self: __torch__.Net, target: Tensor, first: int, stored: Tensor, hidden: int, scale: float) -> Tensor:
    # Numbers of the target from the first on become the stored ones, the very values that load gives. In steps of fewer than
    # 32,768 numbers, on which libtorch works alone on the calling thread: callers share out parts among threads themselves.
    width = __torch__.hidden_width(hidden)
    step = 32704
    count = torch.numel(stored) // width
    steps = torch.split(torch.slice(torch.view(target, [-1]), 0, first, first + count), step)
    values = torch.split(stored, step * width)
    if hidden >= 0:
      for i in range(torch.len(steps)):
        _0 = torch.copy_(steps[i], __torch__.values(values[i], hidden, scale))
    else:
      torch._foreach_copy_(steps, values)
    return target
  def write_rows(self: __torch__.Net, target: Tensor, first: int, stored: Tensor, hidden: int, factor: float, change: List[Tensor], scale: float) -> Tensor:
    # Rows of the target from the first on become the stored ones plus scale times the change, summed in float32 and rounded once.
    rows = __torch__.matrix(target)
    values = torch.reshape(__torch__.values(stored, hidden, factor), [-1, torch.size(rows, 1)])
    sum = __torch__.add_rows(torch.to(values, 6, False, True), first, change, scale)
    return torch.copy_(torch.slice(rows, 0, first, first + torch.size(values, 0)), sum)
  def patch_all(self: __torch__.Net, targets: List[Tensor], ups: List[Tensor], downs: List[Tensor], scales: List[float], block: int) -> Tensor:
    # W += scale * up @ down for each; what is not float32 in blocks of so many numbers, whose float32 copy stays in the cache.
    for i in range(torch.len(targets)):
      rows = __torch__.matrix(targets[i])
      change = [ups[i], downs[i]]
      if ops.prim.dtype(rows) == 6:
        _0 = __torch__.add_rows(rows, 0, change, scales[i])
      else:
        count = torch.size(rows, 0)
        step = ops.prim.max(1, block // torch.size(rows, 1))
        for j in range((count + step - 1) // step):
          first = j * step
          part = torch.slice(rows, 0, first, ops.prim.min(count, first + step))
          _1 = __torch__.patch_rows(part, first, change, scales[i])
    return targets[0]
  def patch(self: __torch__.Net, target: Tensor, delta: Tensor) -> Tensor:
    # W += delta, float32.
    return __torch__.patch_rows(__torch__.matrix(target), 0, [delta], 1.)
  def stack(self: __torch__.Net, ups: List[Tensor], downs: List[Tensor], scales: List[float]) -> List[Tensor]:
    # Low-rank changes side by side: their sum is one product, which is rounded once when it is added.
    scaled = annotate(List[Tensor], [])
    for i in range(torch.len(ups)):
      _0 = torch.append(scaled, torch.mul(ups[i], scales[i]))
    return [torch.cat(scaled, 1), torch.cat(downs, 0)]
  def floats(self: __torch__.Net, t: Tensor) -> Tensor:
    return torch.to(t, 6)
  def finite(self: __torch__.Net, t: Tensor) -> Tensor:
    return torch.all(torch.isfinite(t))
