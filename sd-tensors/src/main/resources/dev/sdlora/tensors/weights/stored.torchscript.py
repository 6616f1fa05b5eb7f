  def room(self: __torch__.Net, factors: Tensor, code: int, blocks: int) -> List[Tensor]:
    # Uninitialised tensors of a format for a number of blocks: of its elements, then of their scales.
    if code == 8:
      parts = [__torch__.empty([blocks * 32], 1, factors), __torch__.empty([1, blocks], 5, factors)]
    elif code == 2 or code == 20:
      parts = [__torch__.empty([blocks * 16], 0, factors), __torch__.empty([1, blocks], 5, factors)]
    elif code == 3:
      parts = [__torch__.empty([blocks * 16], 0, factors), __torch__.empty([2, blocks], 5, factors)]
    elif code == 6:
      parts = [__torch__.empty([blocks * 16], 0, factors), __torch__.empty([1, blocks], 5, factors), __torch__.empty([blocks * 4], 0, factors)]
    elif code == 7:
      parts = [__torch__.empty([blocks * 16], 0, factors), __torch__.empty([2, blocks], 5, factors), __torch__.empty([blocks * 4], 0, factors)]
    elif code == 10:
      parts = [__torch__.empty([blocks * 64], 0, factors), __torch__.empty([2, blocks], 5, factors), __torch__.empty([blocks, 16], 0, factors)]
    elif code == 11:
      parts = [__torch__.empty([blocks * 64], 0, factors), __torch__.empty([1, blocks], 5, factors), __torch__.empty([1, blocks, 16], 1, factors), __torch__.empty([blocks * 32], 0, factors)]
    elif code == 12:
      parts = [__torch__.empty([blocks * 128], 0, factors), __torch__.empty([2, blocks], 5, factors), __torch__.empty([2, blocks, 8], 1, factors)]
    elif code == 13:
      parts = [__torch__.empty([blocks * 128], 0, factors), __torch__.empty([2, blocks], 5, factors), __torch__.empty([2, blocks, 8], 1, factors), __torch__.empty([blocks * 32], 0, factors)]
    elif code == 14:
      parts = [__torch__.empty([blocks * 128], 0, factors), __torch__.empty([1, blocks], 5, factors), __torch__.empty([1, blocks, 16], 1, factors), __torch__.empty([blocks * 64], 0, factors)]
    elif code == 23:
      parts = [__torch__.empty([blocks * 128], 0, factors), __torch__.empty([1, blocks], 5, factors), __torch__.empty([1, blocks, 8], 1, factors)]
    else:
      parts = [__torch__.empty([blocks], 1, factors)]
      if torch.numel(factors) > 0:
        _0 = torch.append(parts, torch.clone(factors))
      else:
        pass
    return parts
  def fill(self: __torch__.Net, parts: List[Tensor], code: int, first: int, raw: Tensor) -> Tensor:
    # Lays out the blocks of a tile, uint8 [blocks, bytes], from a block on. Offsets are those of ggml.
    last = first + torch.size(raw, 0)
    if code == 8:
      _0 = __torch__.put(parts[1], 1, first, __torch__.halves(raw, 0, 1))
      _1 = torch.copy_(torch.view(torch.slice(parts[0], 0, first * 32, last * 32), [-1, 32]), torch.view_copy(torch.slice(raw, 1, 2, 34), dtype=1))
    elif code == 2:
      _2 = __torch__.put(parts[1], 1, first, __torch__.halves(raw, 0, 1))
      _3 = __torch__.put(parts[0], 0, first * 16, __torch__.planes(__torch__.fields(raw, 2, 18, 4, 16), 4))
    elif code == 3:
      _4 = __torch__.put(parts[1], 1, first, __torch__.halves(raw, 0, 2))
      _5 = __torch__.put(parts[0], 0, first * 16, __torch__.planes(__torch__.fields(raw, 4, 20, 4, 16), 4))
    elif code == 6:
      _6 = __torch__.put(parts[1], 1, first, __torch__.halves(raw, 0, 1))
      _7 = __torch__.put(parts[2], 0, first * 4, __torch__.planes(__torch__.fields(raw, 2, 6, 1, 1), 1))
      _8 = __torch__.put(parts[0], 0, first * 16, __torch__.planes(__torch__.fields(raw, 6, 22, 4, 16), 4))
    elif code == 7:
      _9 = __torch__.put(parts[1], 1, first, __torch__.halves(raw, 0, 2))
      _10 = __torch__.put(parts[2], 0, first * 4, __torch__.planes(__torch__.fields(raw, 4, 8, 1, 1), 1))
      _11 = __torch__.put(parts[0], 0, first * 16, __torch__.planes(__torch__.fields(raw, 8, 24, 4, 16), 4))
    elif code == 10:
      _12 = __torch__.put(parts[2], 0, first, torch.slice(raw, 1, 0, 16))
      _13 = __torch__.put(parts[0], 0, first * 64, __torch__.planes(__torch__.fields(raw, 16, 80, 2, 32), 2))
      _14 = __torch__.put(parts[1], 1, first, __torch__.halves(raw, 80, 2))
    elif code == 11:
      _15 = __torch__.put(parts[3], 0, first * 32, __torch__.planes(__torch__.fields(raw, 0, 32, 1, 32), 1))
      _16 = __torch__.put(parts[0], 0, first * 64, __torch__.planes(__torch__.fields(raw, 32, 96, 2, 32), 2))
      scales = torch.bitwise_or(__torch__.fields(raw, 96, 104, 4, 8), torch.mul(__torch__.fields(raw, 104, 108, 2, 4), 16))
      _17 = __torch__.put(parts[2], 1, first, torch.unsqueeze(torch.sub(torch.to(scales, 1), 32), 0))
      _18 = __torch__.put(parts[1], 1, first, __torch__.halves(raw, 108, 1))
    elif code == 12 or code == 13:
      _19 = __torch__.put(parts[1], 1, first, __torch__.halves(raw, 0, 2))
      _20 = __torch__.put(parts[2], 1, first, torch.to(__torch__.scales(torch.slice(raw, 1, 4, 16)), 1))
      if code == 12:
        _21 = __torch__.put(parts[0], 0, first * 128, __torch__.planes(__torch__.fields(raw, 16, 144, 4, 32), 4))
      else:
        _22 = __torch__.put(parts[3], 0, first * 32, __torch__.planes(__torch__.fields(raw, 16, 48, 1, 32), 1))
        _23 = __torch__.put(parts[0], 0, first * 128, __torch__.planes(__torch__.fields(raw, 48, 176, 4, 32), 4))
    elif code == 14:
      _24 = __torch__.put(parts[0], 0, first * 128, __torch__.planes(__torch__.fields(raw, 0, 128, 4, 64), 4))
      _25 = __torch__.put(parts[3], 0, first * 64, __torch__.planes(__torch__.fields(raw, 128, 192, 2, 32), 2))
      _26 = __torch__.put(parts[2], 1, first, torch.unsqueeze(torch.view_copy(torch.slice(raw, 1, 192, 208), dtype=1), 0))
      _27 = __torch__.put(parts[1], 1, first, __torch__.halves(raw, 208, 1))
    elif code == 20:
      _28 = __torch__.put(parts[1], 1, first, __torch__.halves(raw, 0, 1))
      _29 = __torch__.put(parts[0], 0, first * 16, __torch__.pairs(__torch__.fields(raw, 2, 18, 4, 16)))
    elif code == 23:
      _30 = __torch__.put(parts[1], 1, first, __torch__.halves(raw, 0, 1))
      high = torch.mul(__torch__.fields(raw, 2, 4, 2, 1), 16)
      steps = torch.bitwise_or(__torch__.fields(raw, 4, 8, 4, 1), high)
      _31 = __torch__.put(parts[2], 1, first, torch.unsqueeze(torch.sub(torch.to(steps, 1), 32), 0))
      _32 = __torch__.put(parts[0], 0, first * 128, __torch__.pairs(__torch__.fields(raw, 8, 136, 4, 16)))
    else:
      _33 = torch.copy_(torch.slice(parts[0], 0, first, last), torch.view(torch.view_copy(raw, dtype=1), [-1]))
    return parts[0]
  def parts(self: __torch__.Net, room: List[Tensor], code: int) -> List[Tensor]:
    # The filled tensors. Bytes of 8-bit floats are signed, and with four exponent bits, factors are 256 times as large, which is faster to widen,
    # if all values and factors are finite.
    if code == 100 or code == 101:
      least = 127
      larger = annotate(List[Tensor], [])
      if code == 101:
        least = 124
      elif torch.len(room) > 1:
        larger = [torch.mul(room[1], 256)]
      else:
        larger = [torch.full([1], 256., dtype=6, layout=0, device=room[0].device, pin_memory=False)]
      finite = not bool(torch.any(torch.ge(torch.bitwise_and(room[0], 127), least)))
      if torch.len(larger) > 0:
        finite = finite and bool(torch.all(torch.isfinite(larger[0])))
      else:
        pass
      if not finite:
        parts = [torch.view_copy(room[0], dtype=0)]
        if torch.len(room) > 1:
          _0 = torch.append(parts, room[1])
        else:
          pass
      elif torch.len(larger) > 0:
        parts = [room[0], larger[0]]
      else:
        parts = room
    else:
      parts = room
    return parts
  def rounded(self: __torch__.Net, values: Tensor, code: int) -> List[Tensor]:
    # Float32 values -> int8 with a scale for each row (102), or bfloat16 (103).
    if code == 103:
      parts = [torch.to(torch.reshape(values, [-1]), 15)]
    else:
      rows = torch.reshape(values, [torch.size(values, 0), -1])
      scale = torch.div(torch.amax(torch.abs(rows), [1], True), 127)
      # A row of zeros has scale 0, and so has one whose scale would be too small for a float32.
      steps = torch.div(rows, torch.where(torch.gt(scale, 0), scale, torch.ones_like(scale)))
      bytes = torch.to(torch.clamp(torch.round(steps), -127, 127), 1)
      parts = [torch.reshape(bytes, [-1]), torch.reshape(scale, [-1])]
    return parts
