def widened(head: Tensor, parts: List[Tensor], dtype: int) -> Tensor:
  # The weight with a head [code of its format, sizes of its dimensions] in float32 (dtype 6) or bfloat16 (15), in new memory.
  return __torch__.widened_into(head, parts, dtype, torch.empty([0], dtype=dtype, layout=0, device=parts[0].device, pin_memory=False))
def widened_into(head: Tensor, parts: List[Tensor], dtype: int, memory: Tensor) -> Tensor:
  # The same in the memory of a flat tensor of the dtype, if that is large enough. New memory for each weight costs more than widening.
  code = int(torch.select(head, 0, 0))
  shape = annotate(List[int], [])
  count = 1
  for i in range(1, torch.size(head, 0)):
    _0 = torch.append(shape, int(torch.select(head, 0, i)))
    count = torch.mul(count, shape[i - 1])
  if code == 103 and dtype == 15:
    weight = torch.view(parts[0], shape)
  else:
    if torch.numel(memory) < count or ops.prim.dtype(memory) != dtype:
      flat = __torch__.widen_room(count, dtype, parts[0])
    else:
      flat = torch.slice(memory, 0, 0, count)
    if code < 100:
      _1 = __torch__.widen_blocks(flat, code, parts)
    else:
      _2 = __torch__.widen_bytes(flat, code, parts)
    weight = torch.view(flat, shape)
  return weight
def widen_room(count: int, dtype: int, like: Tensor) -> Tensor:
  return torch.empty([count], dtype=dtype, layout=0, device=like.device, pin_memory=False)
def widen_blocks(flat: Tensor, code: int, parts: List[Tensor]) -> Tensor:
  # Integers of ggml's blocks times scales, plus or minus minimums: in float32, in tiles that stay in the cache, and rounded once.
  count = torch.numel(flat)
  step = 524288
  length = torch.min(torch.tensor([count, step]))
  room = int(length)
  if ops.prim.dtype(flat) == 6:
    tile = flat
  else:
    tile = __torch__.widen_room(room, 6, flat)
  if code == 8:
    bytes = tile
  else:
    bytes = __torch__.widen_room(room, 0, flat)
  factors = __torch__.widen_factors(code, parts)
  for j in range((count + step - 1) // step):
    first = j * step
    last = first + step
    if last > count:
      last = count
    else:
      pass
    if ops.prim.dtype(flat) == 6:
      wide = torch.slice(flat, 0, first, last)
    else:
      wide = torch.slice(tile, 0, 0, last - first)
    if code == 8:
      codes = torch.slice(parts[0], 0, first, last)
    else:
      codes = __torch__.widen_codes(torch.slice(bytes, 0, 0, last - first), code, parts, first, last)
    _0 = torch.copy_(wide, codes)
    _1 = __torch__.widen_scale(wide, code, factors, first, last)
    if ops.prim.dtype(flat) == 6:
      pass
    else:
      _2 = torch.copy_(torch.slice(flat, 0, first, last), wide)
  return flat
def widen_scale(wide: Tensor, code: int, factors: List[Tensor], first: int, last: int) -> Tensor:
  # Multiplies integers, the elements first to last, by their scales, and adds or subtracts their minimums.
  group = 32
  if code == 10 or code == 11 or code == 14:
    group = 16
  else:
    pass
  groups = torch.view(wide, [-1, group])
  _0 = torch.mul_(groups, torch.slice(factors[0], 0, first // group, last // group))
  if code == 3 or code == 7:
    _1 = torch.add_(groups, torch.slice(factors[1], 0, first // group, last // group))
  elif code == 10 or code == 12 or code == 13:
    _2 = torch.sub_(groups, torch.slice(factors[1], 0, first // group, last // group))
  else:
    pass
  return wide
def widen_factors(code: int, parts: List[Tensor]) -> List[Tensor]:
  # The float32 scale of each group of elements, [groups, 1], and the minimum.
  halves = torch.to(parts[1], 6)
  factors = annotate(List[Tensor], [])
  if code < 10 or code == 20:
    all = halves
  elif code == 10:
    # A scale and a minimum of four bits in each byte.
    small = torch.stack([torch.bitwise_and(parts[2], 15), torch.bitwise_right_shift(parts[2], 4)])
    all = torch.mul(torch.to(small, 6), torch.unsqueeze(halves, 2))
  else:
    all = torch.mul(torch.to(parts[2], 6), torch.unsqueeze(halves, 2))
  for i in range(torch.size(all, 0)):
    _0 = torch.append(factors, torch.view(all[i], [-1, 1]))
  return factors
def widen_codes(bytes: Tensor, code: int, parts: List[Tensor], first: int, last: int) -> Tensor:
  # The integers of a tile, uint8 or int8, computed in the given bytes.
  if code == 20 or code == 23:
    both = torch.slice(parts[0], 0, first // 2, last // 2)
    _0 = torch.bitwise_and(both, 15, out=torch.select(torch.view(bytes, [-1, 2]), 1, 0))
    _1 = torch.bitwise_right_shift(both, 4, out=torch.select(torch.view(bytes, [-1, 2]), 1, 1))
  elif code == 10 or code == 11:
    _2 = __torch__.widen_planes(bytes, parts[0], 2, first, last)
  else:
    _3 = __torch__.widen_planes(bytes, parts[0], 4, first, last)
  width, to = __torch__.widen_high(code)
  if width > 0:
    _4 = __torch__.widen_high_bits(bytes, parts[torch.len(parts) - 1], width, to, first, last)
  else:
    pass
  return __torch__.widen_middle(bytes, code)
def widen_high(code: int) -> Tuple[int, int]:
  # The number of high bits of integers that are stored apart from the low ones, and their place.
  width = 0
  to = 4
  if code == 6 or code == 7 or code == 13:
    width = 1
  elif code == 11:
    width = 1
    to = 2
  elif code == 14:
    width = 2
  else:
    pass
  return (width, to)
def widen_middle(bytes: Tensor, code: int) -> Tensor:
  # Stored integers -> those that scales multiply: minus the middle of their range, or one of the levels of IQ4_NL and IQ4_XS.
  middle = 0
  if code == 2:
    middle = 8
  elif code == 6:
    middle = 16
  elif code == 11:
    middle = 4
  elif code == 14:
    middle = 32
  else:
    pass
  if code == 20 or code == 23:
    levels = torch.tensor([-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113], dtype=1, device=bytes.device)
    codes = torch.index_select(levels, 0, torch.to(bytes, 3))
  elif middle == 0:
    codes = bytes
  else:
    # The difference modulo 256, read as signed.
    codes = __torch__.widen_as(torch.sub_(bytes, middle), 1)
  return codes
def widen_as(t: Tensor, dtype: int) -> Tensor:
  # The bits of a flat tensor as those of another dtype of the same size, without a copy: TorchScript text has no view for that.
  return torch.set_(torch.empty([0], dtype=dtype, layout=0, device=t.device, pin_memory=False), t, 0, [torch.numel(t)], [1])
def widen_planes(bytes: Tensor, packed: Tensor, width: int, first: int, last: int) -> Tensor:
  # Sets bytes of a tile to numbers of 2 or 4 bits: the lowest bits of all packed bytes of the tile are the first numbers, the highest the last.
  count = 8 // width
  stored = torch.slice(packed, 0, first // count, last // count)
  length = torch.size(stored, 0)
  _0 = torch.bitwise_and(stored, torch.__lshift__(1, width) - 1, out=torch.slice(bytes, 0, 0, length))
  for i in range(1, count):
    target = torch.slice(bytes, 0, i * length, (i + 1) * length)
    _1 = torch.bitwise_right_shift(stored, i * width, out=target)
    if i + 1 < count:
      _2 = torch.bitwise_and_(target, torch.__lshift__(1, width) - 1)
    else:
      pass
  return bytes
def widen_high_bits(bytes: Tensor, packed: Tensor, width: int, to: int, first: int, last: int) -> Tensor:
  # Adds numbers of 1 or 2 bits, packed in the same way, from a bit of the bytes on.
  count = 8 // width
  stored = torch.slice(packed, 0, first // count, last // count)
  length = torch.size(stored, 0)
  bits = torch.empty_like(stored)
  for i in range(count):
    target = torch.slice(bytes, 0, i * length, (i + 1) * length)
    at = i * width
    _0 = torch.bitwise_and(stored, torch.__lshift__(torch.__lshift__(1, width) - 1, at), out=bits)
    if at < to:
      _1 = torch.__ilshift__(bits, to - at)
    elif at > to:
      _2 = torch.__irshift__(bits, at - to)
    else:
      pass
    _3 = torch.add_(target, bits)
  return bytes
def widen_bytes(flat: Tensor, code: int, parts: List[Tensor]) -> Tensor:
  # 8-bit floats (codes 100 and 101), integers (102) and bfloat16 (103), with a factor for all, or for as many neighbours each.
  count = torch.numel(flat)
  step = 524288
  each = count
  if torch.len(parts) > 1:
    each = count // torch.numel(parts[1])
    factors = torch.view(parts[1], [-1, 1])
  else:
    factors = parts[0]
  if each < step:
    step = step // each * each
  else:
    pass
  length = torch.min(torch.tensor([count, step]))
  room = int(length)
  if ops.prim.dtype(flat) == 6:
    tile = flat
  else:
    tile = __torch__.widen_room(room, 6, flat)
  if code == 102 or code == 103:
    bits = tile
  else:
    bits = __torch__.widen_room(room, 2, flat)
  for j in range((count + step - 1) // step):
    first = j * step
    last = first + step
    if last > count:
      last = count
    else:
      pass
    if ops.prim.dtype(flat) == 6:
      wide = torch.slice(flat, 0, first, last)
    else:
      wide = torch.slice(tile, 0, 0, last - first)
    stored = torch.slice(parts[0], 0, first, last)
    if code == 102 or code == 103:
      _0 = torch.copy_(wide, stored)
    elif ops.prim.dtype(stored) == 0:
      _1 = torch.copy_(wide, torch.view_copy(stored, dtype=124 - code))
    else:
      # The bits as those of a float16, which has five exponent bits.
      some = torch.slice(bits, 0, 0, last - first)
      _2 = torch.copy_(some, stored)
      if code == 100:
        _3 = torch.bitwise_and_(torch.__ilshift__(some, 7), -16512)
      else:
        _4 = torch.__ilshift__(some, 8)
      _5 = torch.copy_(wide, __torch__.widen_as(some, 5))
    if torch.len(parts) > 1:
      if each < step:
        _6 = torch.mul_(torch.view(wide, [-1, each]), torch.slice(factors, 0, first // each, last // each))
      else:
        _7 = __torch__.widen_multiply(wide, factors, first, last, each)
    else:
      pass
    if ops.prim.dtype(flat) == 6:
      pass
    else:
      _8 = torch.copy_(torch.slice(flat, 0, first, last), wide)
  return flat
def widen_multiply(wide: Tensor, factors: Tensor, first: int, last: int, each: int) -> Tensor:
  # Multiplies elements first to last by factors for so many elements each that a tile has few of them.
  for i in range(first // each, (last + each - 1) // each):
    from_ = i * each - first
    if from_ < 0:
      from_ = 0
    else:
      pass
    _0 = torch.mul_(torch.slice(wide, 0, from_, (i + 1) * each - first), factors[i])
  return wide
def widened_rows(head: Tensor, parts: List[Tensor], ids: Tensor, dtype: int) -> Tensor:
  # Some rows of a matrix, [n, columns], for n indices: all others stay as they are stored.
  code = int(torch.select(head, 0, 0))
  rows = int(torch.select(head, 0, 1))
  columns = int(torch.select(head, 0, 2))
  block = 32
  if code >= 10 and code < 100 and code != 20:
    block = 256
  else:
    pass
  n = torch.numel(ids)
  some = annotate(List[Tensor], [])
  if code >= 100:
    for i in range(torch.len(parts)):
      if torch.numel(parts[i]) % rows == 0:
        _0 = torch.append(some, torch.reshape(torch.index_select(torch.view(parts[i], [rows, -1]), 0, ids), [-1]))
      else:
        _1 = torch.append(some, parts[i])
    found = __torch__.widened(torch.cat([torch.slice(head, 0, 0, 1), torch.tensor([n, columns], dtype=4)], 0), some, dtype)
  elif columns % block > 0:
    found = torch.index_select(__torch__.widened(head, parts, dtype), 0, ids)
  else:
    _2 = torch.append(some, parts[0])
    halves = torch.size(parts[1], 0)
    _3 = torch.append(some, torch.view(torch.index_select(torch.view(parts[1], [halves, rows, -1]), 1, ids), [halves, -1]))
    if code == 10:
      _4 = torch.append(some, torch.view(torch.index_select(torch.view(parts[2], [rows, -1]), 0, ids), [-1, 16]))
    elif block == 256:
      sizes = torch.size(parts[2])
      _5 = torch.append(some, torch.view(torch.index_select(torch.view(parts[2], [sizes[0], rows, -1]), 1, ids), [sizes[0], -1, sizes[2]]))
    else:
      pass
    first = torch.mul(torch.unsqueeze(ids, 1), columns)
    places = torch.reshape(torch.add(first, torch.arange(columns, dtype=4, layout=0, device=ids.device, pin_memory=False)), [-1])
    count = rows * columns
    if code == 8:
      codes = torch.index_select(parts[0], 0, places)
    else:
      if code == 20 or code == 23:
        shift = torch.to(torch.mul(torch.bitwise_and(places, 1), 4), 0)
        bytes = torch.bitwise_and(torch.bitwise_right_shift(torch.index_select(parts[0], 0, torch.bitwise_right_shift(places, 1)), shift), 15)
      elif code == 10 or code == 11:
        bytes = __torch__.widen_numbers(parts[0], 2, places, count)
      else:
        bytes = __torch__.widen_numbers(parts[0], 4, places, count)
      width, to = __torch__.widen_high(code)
      if width > 0:
        high = __torch__.widen_numbers(parts[torch.len(parts) - 1], width, places, count)
        _6 = torch.add_(bytes, torch.bitwise_left_shift(high, to))
      else:
        pass
      codes = __torch__.widen_middle(bytes, code)
    wide = torch.to(codes, 6)
    _7 = __torch__.widen_scale(wide, code, __torch__.widen_factors(code, some), 0, torch.numel(wide))
    found = torch.view(torch.to(wide, dtype), [n, columns])
  return found
def widen_numbers(packed: Tensor, width: int, places: Tensor, count: int) -> Tensor:
  # The numbers at some places of a tensor of a count of numbers, packed as widen_planes describes.
  numbers = 8 // width
  step = 524288
  start = torch.mul(torch.floor_divide(places, step), step)
  length = torch.floor_divide(torch.clamp(torch.add(torch.neg(start), count), None, step), numbers)
  inside = torch.sub(places, start)
  byte = torch.add(torch.floor_divide(start, numbers), torch.remainder(inside, length))
  shift = torch.to(torch.mul(torch.floor_divide(inside, length), width), 0)
  return torch.bitwise_and(torch.bitwise_right_shift(torch.index_select(packed, 0, byte), shift), torch.__lshift__(1, width) - 1)
