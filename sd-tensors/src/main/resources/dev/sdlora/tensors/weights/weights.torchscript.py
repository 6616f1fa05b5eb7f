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
  def part(self: __torch__.Net, row: Tensor, shape: List[int]) -> Tensor:
    # The first numbers of a tensor in a row, in another shape.
    count = 1
    for i in range(torch.len(shape)):
      count = torch.mul(count, shape[i])
    return torch.view(torch.slice(row, 0, 0, count), shape)
  def kernel_part(self: __torch__.Net, row: Tensor, shape: List[int]) -> Tensor:
    # The same as the kernel of a convolution whose inputs come last in memory.
    outs, ins, height, width = shape
    numbers = torch.slice(row, 0, 0, outs * ins * height * width)
    return torch.permute(torch.view(numbers, [outs, height, width, ins]), [0, 3, 1, 2])
  def write_rows(self: __torch__.Net, target: Tensor, first: int, stored: Tensor, hidden: int, factor: float, change: List[Tensor], scale: float, block: Tensor) -> Tensor:
    # Rows of the target from the first on become the stored ones plus scale times the change, summed in float32 (format 6) and
    # rounded once. Also without a change bfloat16 is made by way of float32: libtorch has no quick way from float16. The sum is taken
    # in the target itself or in the block, a row of float32 numbers: memory that is new for each block costs more than what is done in it.
    values = torch.reshape(__torch__.values(stored, hidden, factor), [-1, __torch__.row_length(target)])
    last = first + torch.size(values, 0)
    if torch.is_contiguous(target):
      part = torch.slice(__torch__.matrix(target), 0, first, last)
      if ops.prim.dtype(part) == 6:
        sum = __torch__.add_rows(torch.copy_(part, values), first, change, scale)
      else:
        sum = torch.copy_(part, __torch__.add_rows(__torch__.widened(values, block), first, change, scale))
    else:
      # A kernel whose inputs come last.
      part = torch.slice(target, 0, first, last)
      wide = __torch__.add_rows(__torch__.widened(values, block), first, change, scale)
      sum = torch.copy_(part, torch.view(wide, torch.size(part)))
    return sum
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
