  def load(self: __torch__.Net, stored: Tensor, hidden: int, shape: List[int], wanted: int) -> Tensor:
    # A flat tensor of stored values -> a new tensor of the requested shape and dtype.
    return torch.to(torch.reshape(__torch__.values(stored, hidden), shape), wanted, False, True)
  def room(self: __torch__.Net, here: Tensor, shape: List[int], wanted: int) -> Tensor:
    # A new uninitialised tensor on the device of another.
    return torch.empty(shape, dtype=wanted, layout=0, device=here.device, pin_memory=False)
  def load_all(self: __torch__.Net, stored: Tensor, format: int, counts: List[int], dims: List[int], sizes: List[int]) -> List[Tensor]:
    # Concatenated tensors of one dtype, as bytes -> float32 (dtype 6) tensors and a last one, the largest magnitude. They are views
    # of one tensor, so that a few operations process all: an operation costs more than the values of a factor.
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
    # The first values of a flat tensor, in another shape.
    count = 1
    for i in range(torch.len(shape)):
      count = torch.mul(count, shape[i])
    return torch.view(torch.slice(row, 0, 0, count), shape)
  def kernel_part(self: __torch__.Net, row: Tensor, shape: List[int]) -> Tensor:
    # The first values of a flat tensor, as a convolution kernel with the inputs last in memory.
    outs, ins, height, width = shape
    numbers = torch.slice(row, 0, 0, outs * ins * height * width)
    return torch.permute(torch.view(numbers, [outs, height, width, ins]), [0, 3, 1, 2])
  def write_rows(self: __torch__.Net, target: Tensor, first: int, stored: Tensor, hidden: int, change: List[Tensor], scale: float, block: Tensor) -> Tensor:
    # Writes rows of the target, beginning at the first: the stored rows plus scale times the change, summed in float32 (dtype 6) and
    # rounded once. Even without a change, bfloat16 is converted through float32: libtorch has no fast conversion from float16. The sum is computed
    # in the target itself or in the block, a flat float32 buffer: allocating memory for each block would cost more than the computation.
    values = torch.reshape(__torch__.values(stored, hidden), [-1, __torch__.row_length(target)])
    last = first + torch.size(values, 0)
    if torch.is_contiguous(target):
      part = torch.slice(__torch__.matrix(target), 0, first, last)
      if ops.prim.dtype(part) == 6:
        sum = __torch__.add_rows(torch.copy_(part, values), first, change, scale)
      else:
        sum = torch.copy_(part, __torch__.add_rows(__torch__.widened(values, block), first, change, scale))
    else:
      # A kernel with the inputs last.
      part = torch.slice(target, 0, first, last)
      wide = __torch__.add_rows(__torch__.widened(values, block), first, change, scale)
      sum = torch.copy_(part, torch.view(wide, torch.size(part)))
    return sum
  def stack(self: __torch__.Net, ups: List[Tensor], downs: List[Tensor], scales: List[float]) -> List[Tensor]:
    # Concatenates low-rank changes: their sum is one product, which is rounded once when it is added.
    scaled = annotate(List[Tensor], [])
    for i in range(torch.len(ups)):
      _0 = torch.append(scaled, torch.mul(ups[i], scales[i]))
    return [torch.cat(scaled, 1), torch.cat(downs, 0)]
  def floats(self: __torch__.Net, t: Tensor) -> Tensor:
    return torch.to(t, 6)
  def finite(self: __torch__.Net, t: Tensor) -> Tensor:
    return torch.all(torch.isfinite(t))
