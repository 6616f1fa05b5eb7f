def widened(head: Tensor, parts: List[Tensor], dtype: int) -> Tensor:
  # The weight with a head [code of its format, sizes of its dimensions] in float32 (dtype 6) or bfloat16 (15). Values are computed in float32 and
  # rounded once, in tiles that stay in the cache.
  code = int(torch.select(head, 0, 0))
  shape = annotate(List[int], [])
  for i in range(1, torch.size(head, 0)):
    _0 = torch.append(shape, int(torch.select(head, 0, i)))
  weight = __torch__.widen_room(shape, dtype, parts[0])
  flat = torch.view(weight, [-1])
  count = torch.numel(flat)
  step = 524288
  room = count
  if room > step:
    room = step
  else:
    pass
  if dtype == 6:
    tile = flat
  else:
    tile = __torch__.widen_room([room], 6, weight)
  if code == 8 or code == 102 or code == 103:
    codes = tile
  elif code == 100 or code == 101:
    codes = __torch__.widen_room([room], 2, weight)
  else:
    codes = __torch__.widen_room([room], 1, weight)
  for j in range((count + step - 1) // step):
    first = j * step
    last = first + step
    if last > count:
      last = count
    else:
      pass
    rows = torch.slice(flat, 0, first, last)
    if dtype == 6:
      wide = rows
    else:
      wide = torch.slice(tile, 0, 0, last - first)
    if code == 8:
      _1 = torch.copy_(torch.view(wide, [-1, 32]), torch.slice(parts[0], 0, first // 32, last // 32))
      _2 = torch.mul_(torch.view(wide, [-1, 32]), torch.unsqueeze(torch.slice(parts[1], 0, first // 32, last // 32), 1))
    elif code < 100:
      _3 = torch.copy_(wide, __torch__.widen_codes(torch.slice(codes, 0, 0, last - first), code, parts, first, last))
      _4 = __torch__.widen_scales(wide, code, parts, first, last)
    else:
      _5 = __torch__.widen_bytes(wide, codes, code, parts, first, last, count)
    if dtype == 6:
      pass
    else:
      _6 = torch.copy_(rows, wide)
  return weight
def widen_room(shape: List[int], dtype: int, like: Tensor) -> Tensor:
  return torch.empty(shape, dtype=dtype, layout=0, device=like.device, pin_memory=False)
def widen_codes(codes: Tensor, code: int, parts: List[Tensor], first: int, last: int) -> Tensor:
  # The integers of a tile, int8, which are multiplied by scales.
  if code == 2:
    _0 = torch.sub_(__torch__.widen_planes(codes, parts[0], 4, 0, first, last), 8)
  elif code == 3 or code == 12:
    _1 = __torch__.widen_planes(codes, parts[0], 4, 0, first, last)
  elif code == 6 or code == 7:
    _2 = __torch__.widen_planes(codes, parts[0], 4, 0, first, last)
    _3 = __torch__.widen_planes(codes, parts[2], 1, 4, first, last)
    if code == 6:
      _4 = torch.sub_(codes, 16)
    else:
      pass
  elif code == 10:
    _5 = __torch__.widen_planes(codes, parts[0], 2, 0, first, last)
  elif code == 11:
    _6 = __torch__.widen_planes(codes, parts[0], 2, 0, first, last)
    _7 = torch.sub_(__torch__.widen_planes(codes, parts[3], 1, 2, first, last), 4)
  elif code == 13:
    _8 = __torch__.widen_planes(codes, parts[0], 4, 0, first, last)
    _9 = __torch__.widen_planes(codes, parts[3], 1, 4, first, last)
  elif code == 14:
    _10 = __torch__.widen_planes(codes, parts[0], 4, 0, first, last)
    _11 = torch.sub_(__torch__.widen_planes(codes, parts[3], 2, 4, first, last), 32)
  else:
    # The levels of IQ4_NL and IQ4_XS.
    levels = torch.tensor([-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113], dtype=1, device=codes.device)
    bytes = torch.slice(parts[0], 0, first // 2, last // 2)
    both = torch.view(codes, [-1, 2])
    _12 = torch.copy_(torch.select(both, 1, 0), torch.index_select(levels, 0, torch.to(torch.bitwise_and(bytes, 15), 3)))
    _13 = torch.copy_(torch.select(both, 1, 1), torch.index_select(levels, 0, torch.to(torch.bitwise_right_shift(bytes, 4), 3)))
  return codes
def widen_planes(codes: Tensor, packed: Tensor, width: int, to: int, first: int, last: int) -> Tensor:
  # Sets the lowest bits of codes, or adds bits from the bit `to` on, by numbers of some bits. The lowest bits of all bytes of a tile are its first numbers.
  count = 8 // width
  bytes = torch.slice(packed, 0, first // count, last // count)
  length = torch.size(bytes, 0)
  for i in range(count):
    target = torch.slice(codes, 0, i * length, (i + 1) * length)
    at = i * width
    if at == 0:
      bits = bytes
    else:
      bits = torch.bitwise_right_shift(bytes, at)
    if at + width < 8:
      bits = torch.bitwise_and(bits, torch.__lshift__(1, width) - 1)
    else:
      pass
    if to == 0:
      _0 = torch.copy_(target, bits)
    else:
      _1 = torch.add_(target, torch.bitwise_left_shift(bits, to))
  return codes
def widen_scales(wide: Tensor, code: int, parts: List[Tensor], first: int, last: int) -> Tensor:
  # Multiplies the integers of a tile by their scales, and adds or subtracts their minimums.
  group = 32
  if code == 10 or code == 11 or code == 14:
    group = 16
  else:
    pass
  groups = torch.view(wide, [-1, group])
  if code == 2 or code == 3 or code == 6 or code == 7 or code == 20:
    factors = torch.to(torch.slice(parts[1], 1, first // 32, last // 32), 6)
  else:
    halves = torch.to(torch.slice(parts[1], 1, first // 256, last // 256), 6)
    if code == 10:
      bytes = torch.slice(parts[2], 0, first // 256, last // 256)
      small = torch.stack([torch.bitwise_and(bytes, 15), torch.bitwise_right_shift(bytes, 4)])
    else:
      small = torch.slice(parts[2], 1, first // 256, last // 256)
    factors = torch.mul(torch.to(small, 6), torch.unsqueeze(halves, 2))
  _0 = torch.mul_(groups, torch.view(factors[0], [-1, 1]))
  if code == 3 or code == 7:
    _1 = torch.add_(groups, torch.view(factors[1], [-1, 1]))
  elif code == 10 or code == 12 or code == 13:
    _2 = torch.sub_(groups, torch.view(factors[1], [-1, 1]))
  else:
    pass
  return wide
def widen_bytes(wide: Tensor, room: Tensor, code: int, parts: List[Tensor], first: int, last: int, count: int) -> Tensor:
  # 8-bit floats (codes 100 and 101) and integers, with a factor for all, or for as many neighbours each.
  stored = torch.slice(parts[0], 0, first, last)
  if code == 102 or code == 103:
    _0 = torch.copy_(wide, stored)
  elif ops.prim.dtype(stored) == 0:
    # Some are NaN or infinite.
    _1 = torch.copy_(wide, torch.view_copy(stored, dtype=124 - code))
  else:
    # The bits as those of a float16, which has five exponent bits.
    bits = torch.slice(room, 0, 0, last - first)
    _2 = torch.copy_(bits, stored)
    if code == 100:
      _3 = torch.bitwise_and_(torch.__ilshift__(bits, 7), -16512)
      _4 = torch.mul_(torch.copy_(wide, torch.view_copy(bits, dtype=5)), 256)
    else:
      _5 = torch.__ilshift__(bits, 8)
      _6 = torch.copy_(wide, torch.view_copy(bits, dtype=5))
  if torch.len(parts) > 1:
    _7 = __torch__.widen_factors(wide, parts[1], first, last, count)
  else:
    pass
  return wide
def widen_factors(wide: Tensor, factors: Tensor, first: int, last: int, count: int) -> Tensor:
  # Multiplies elements first to last by their factors: of all factors, each is for as many of the count of elements.
  each = count // torch.numel(factors)
  from_ = first // each
  until = (last + each - 1) // each
  if until - from_ == 1:
    _0 = torch.mul_(wide, torch.slice(factors, 0, from_, until))
  elif first % each == 0 and last % each == 0:
    _1 = torch.mul_(torch.view(wide, [-1, each]), torch.unsqueeze(torch.slice(factors, 0, from_, until), 1))
  else:
    repeated = torch.repeat_interleave(torch.slice(factors, 0, from_, until), each)
    _2 = torch.mul_(wide, torch.slice(repeated, 0, first - from_ * each, last - from_ * each))
  return wide
