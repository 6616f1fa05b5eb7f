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
  def fill_part(self: __torch__.Net, target: Tensor, first: int, stored: Tensor, hidden: int) -> Tensor:
    # Numbers of the target from the first on become the stored ones, the very values that load gives. In steps of fewer than
    # 32,768 numbers, on which libtorch works alone on the calling thread: callers share out parts among threads themselves.
    flat = torch.view(target, [-1])
    width = 1
    if hidden >= 0:
      width = 2
    count = torch.numel(stored) // width
    step = 32704
    for i in range((count + step - 1) // step):
      at = i * step
      end = ops.prim.min(count, at + step)
      values = __torch__.values(torch.slice(stored, 0, at * width, end * width), hidden)
      _0 = torch.copy_(torch.slice(flat, 0, first + at, first + end), values)
    return target
  def write_rows(self: __torch__.Net, target: Tensor, first: int, stored: Tensor, hidden: int, change: List[Tensor], scale: float) -> Tensor:
    # Rows of the target from the first on become the stored ones plus scale times the change, summed in float32 and rounded once.
    rows = __torch__.matrix(target)
    values = torch.reshape(__torch__.values(stored, hidden), [-1, torch.size(rows, 1)])
    sum = __torch__.add_rows(torch.to(values, 6, False, True), first, change, scale)
    return torch.copy_(torch.slice(rows, 0, first, first + torch.size(values, 0)), sum)
  def patch_all(self: __torch__.Net, targets: List[Tensor], ups: List[Tensor], downs: List[Tensor], scales: List[float], block: int) -> Tensor:
    # W += scale * up @ down for each, in blocks of so many numbers.
    for i in range(torch.len(targets)):
      rows = __torch__.matrix(targets[i])
      count = torch.size(rows, 0)
      step = ops.prim.max(1, block // torch.size(rows, 1))
      for j in range((count + step - 1) // step):
        first = j * step
        part = torch.slice(rows, 0, first, ops.prim.min(count, first + step))
        _0 = __torch__.patch_rows(part, first, [ups[i], downs[i]], scales[i])
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
