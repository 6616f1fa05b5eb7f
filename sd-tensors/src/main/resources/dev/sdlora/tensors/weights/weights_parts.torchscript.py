def values(stored: Tensor, hidden: int) -> Tensor:
  # Bytes of a hidden format become numbers. TorchScript's text has no view of a tensor in another format, only a copy.
  if hidden >= 0:
    stored = torch.view_copy(stored, dtype=hidden)
  else:
    pass
  return stored
def stack(ups: List[Tensor], downs: List[Tensor], scales: List[float]) -> Tuple[Tensor, Tensor, Tensor]:
  # Low-rank changes side by side: their sum is one product.
  scaled = annotate(List[Tensor], [])
  for i in range(torch.len(ups)):
    _0 = torch.append(scaled, torch.mul(ups[i], scales[i]))
  up = torch.cat(scaled, 1)
  down = torch.cat(downs, 0)
  finite = torch.logical_and(torch.all(torch.isfinite(up)), torch.all(torch.isfinite(down)))
  return (up, down, finite)
def product(shape: List[int]) -> int:
  elements = 1
  for i in range(torch.len(shape)):
    elements = elements * shape[i]
  return elements
def width(format: int) -> int:
  # Bytes of a number: uint8, int8, int16, int32, int64, float16, float32, float64; bool; bfloat16.
  widths = [1, 1, 2, 4, 8, 2, 4, 8, 0, 0, 0, 1, 0, 0, 0, 2]
  return widths[format]
