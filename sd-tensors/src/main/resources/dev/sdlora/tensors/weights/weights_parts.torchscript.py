def values(stored: Tensor, hidden: int, scale: float) -> Tensor:
  # Bytes of a hidden format become numbers. TorchScript's text has no view of a tensor in another format, only a copy. With a
  # scale they are multiplied in float32; in 8 bits nothing can be computed.
  if hidden >= 0:
    stored = torch.view_copy(stored, dtype=hidden)
  else:
    pass
  if scale != 1.:
    stored = torch.mul(torch.to(stored, 6), scale)
  else:
    pass
  return stored
def hidden_width(hidden: int) -> int:
  # Bytes of the format's numbers: 23 and 24 are floats of 8 bits. What is not hidden comes as numbers.
  width = 1
  if hidden >= 0:
    if hidden < 23:
      width = 2
  return width
def matrix(t: Tensor) -> Tensor:
  # [out, in·k·k]; numbers in a row as one column.
  return torch.view(t, [torch.size(t, 0), -1])
def patch_rows(part: Tensor, first: int, change: List[Tensor], scale: float) -> Tensor:
  # In float32 (format 6) in place; other formats by way of a float32 copy, rounded once.
  if ops.prim.dtype(part) == 6:
    sum = __torch__.add_rows(part, first, change, scale)
  else:
    sum = torch.copy_(part, __torch__.add_rows(torch.to(part, 6), first, change, scale))
  return sum
def add_rows(rows: Tensor, first: int, change: List[Tensor], scale: float) -> Tensor:
  # Float32 rows, the first of which is that of the whole matrix, plus scale times the rows of the change: a matrix or two factors.
  count = torch.size(rows, 0)
  if torch.len(change) == 2:
    sum = torch.addmm_(rows, torch.slice(change[0], 0, first, first + count), change[1], beta=1, alpha=scale)
  else:
    sum = torch.add_(rows, torch.slice(__torch__.matrix(change[0]), 0, first, first + count), alpha=scale)
  return sum
