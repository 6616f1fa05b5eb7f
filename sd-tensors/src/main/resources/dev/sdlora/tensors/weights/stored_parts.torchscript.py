def empty(shape: List[int], dtype: int, like: Tensor) -> Tensor:
  return torch.empty(shape, dtype=dtype, layout=0, device=like.device, pin_memory=False)
def put(target: Tensor, dim: int, first: int, values: Tensor) -> Tensor:
  return torch.copy_(torch.slice(target, dim, first, first + torch.size(values, dim)), values)
def halves(raw: Tensor, at: int, count: int) -> Tensor:
  # Float16 numbers of all blocks from a byte on -> [count, blocks].
  bytes = torch.contiguous(torch.slice(raw, 1, at, at + 2 * count))
  return torch.transpose(torch.view_copy(bytes, dtype=5), 0, 1)
def fields(raw: Tensor, start: int, end: int, width: int, group: int) -> Tensor:
  # Numbers of some bits in bytes of blocks -> uint8 [blocks, numbers]. The lowest bits of a group of bytes come first, then the next.
  bytes = torch.reshape(torch.slice(raw, 1, start, end), [torch.size(raw, 0), (end - start) // group, 1, group])
  shifts = torch.view(torch.arange(0, 8, width, dtype=0, layout=0, device=raw.device, pin_memory=False), [-1, 1])
  numbers = torch.bitwise_and(torch.bitwise_right_shift(bytes, shifts), torch.__lshift__(1, width) - 1)
  return torch.reshape(numbers, [torch.size(raw, 0), -1])
def planes(numbers: Tensor, width: int) -> Tensor:
  # Packs numbers of 1, 2 or 4 bits, so that the lowest bits of all bytes are the first numbers, and the highest the last.
  count = 8 // width
  rows = torch.view(numbers, [count, -1])
  packed = torch.clone(rows[0])
  for i in range(1, count):
    _0 = torch.add_(packed, torch.mul(rows[i], torch.__lshift__(1, i * width)))
  return packed
def pairs(numbers: Tensor) -> Tensor:
  # Packs numbers of 4 bits, so that neighbours are in one byte, the first in its low half.
  both = torch.view(numbers, [-1, 2])
  return torch.add(torch.select(both, 1, 0), torch.mul(torch.select(both, 1, 1), 16))
def scales(bytes: Tensor) -> Tensor:
  # The 6-bit scales and minimums of Q4_K and Q5_K, [blocks, 12] -> [2, blocks, 8].
  a = torch.slice(bytes, 1, 0, 4)
  b = torch.slice(bytes, 1, 4, 8)
  c = torch.slice(bytes, 1, 8, 12)
  scale = torch.bitwise_or(torch.bitwise_and(c, 15), torch.mul(torch.bitwise_right_shift(a, 6), 16))
  least = torch.bitwise_or(torch.bitwise_right_shift(c, 4), torch.mul(torch.bitwise_right_shift(b, 6), 16))
  return torch.stack([torch.cat([torch.bitwise_and(a, 63), scale], 1), torch.cat([torch.bitwise_and(b, 63), least], 1)])
