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
def row_length(t: Tensor) -> int:
  # Numbers for each place of the first dimension.
  if torch.dim(t) == 0:
    length = 1
  else:
    length = torch.numel(t) // torch.size(t, 0)
  return length
def matrix(t: Tensor) -> Tensor:
  # [out, in·k·k]; numbers in a row as one column.
  if torch.dim(t) == 0:
    rows = torch.view(t, [1, 1])
  else:
    rows = torch.view(t, [torch.size(t, 0), -1])
  return rows
def widened(values: Tensor, block: Tensor) -> Tensor:
  # A float32 copy of the values, in the block if that is long enough.
  count = torch.numel(values)
  if count <= torch.numel(block):
    wide = torch.copy_(torch.view(torch.slice(block, 0, 0, count), torch.size(values)), values)
  else:
    wide = torch.to(values, 6, False, True)
  return wide
def add_rows(rows: Tensor, first: int, change: List[Tensor], scale: float) -> Tensor:
  # Float32 rows, the first of which is that of the whole matrix, plus scale times the rows of the change: nothing, a matrix, or two factors.
  count = torch.size(rows, 0)
  if torch.len(change) == 2:
    sum = torch.addmm_(rows, torch.slice(change[0], 0, first, first + count), change[1], beta=1, alpha=scale)
  elif torch.len(change) == 1:
    sum = torch.add_(rows, torch.slice(__torch__.matrix(change[0]), 0, first, first + count), alpha=scale)
  else:
    sum = rows
  return sum
