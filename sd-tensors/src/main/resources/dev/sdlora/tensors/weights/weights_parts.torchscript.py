def values(stored: Tensor, hidden: int) -> Tensor:
  # Converts bytes of a hidden dtype to numbers. TorchScript text has no view of a tensor with another dtype, only a copy.
  if hidden >= 0:
    stored = torch.view_copy(stored, dtype=hidden)
  else:
    pass
  return stored
def row_length(t: Tensor) -> int:
  # The number of values for each index of the first dimension.
  if torch.dim(t) == 0:
    length = 1
  else:
    length = torch.numel(t) // torch.size(t, 0)
  return length
def matrix(t: Tensor) -> Tensor:
  # [out, in·k·k]; a vector becomes one column.
  if torch.dim(t) == 0:
    rows = torch.view(t, [1, 1])
  else:
    rows = torch.view(t, [torch.size(t, 0), -1])
  return rows
def widened(values: Tensor, block: Tensor) -> Tensor:
  # A float32 copy of the values, in the block if it is long enough.
  count = torch.numel(values)
  if count <= torch.numel(block):
    wide = torch.copy_(torch.view(torch.slice(block, 0, 0, count), torch.size(values)), values)
  else:
    wide = torch.to(values, 6, False, True)
  return wide
def add_rows(rows: Tensor, first: int, change: List[Tensor], scale: float) -> Tensor:
  # Adds scale times the rows of a change, from the row `first` on, to float32 rows. The change is empty, a matrix, or two factors.
  count = torch.size(rows, 0)
  if torch.len(change) == 2:
    sum = torch.addmm_(rows, torch.slice(change[0], 0, first, first + count), change[1], beta=1, alpha=scale)
  elif torch.len(change) == 1:
    sum = torch.add_(rows, torch.slice(__torch__.matrix(change[0]), 0, first, first + count), alpha=scale)
  else:
    sum = rows
  return sum
