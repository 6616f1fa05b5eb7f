def vae_resnet(x: Tensor, w: Dict[str, Tensor], p: str, wrap: int, strip: int) -> Tensor:
  if strip > 0:
    h = __torch__.norm_conv(x, w, p + ".norm1", p + ".conv1", wrap, strip)
    if torch.__contains__(w, p + ".conv_shortcut.weight"):
      x = __torch__.strip_conv(annotate(Optional[Tensor], None), x, w, "", p + ".conv_shortcut", 1, 1, wrap, strip)
    # Nobody else reads x, so the sum takes its place.
    x = __torch__.strip_conv(x, h, w, p + ".norm2", p + ".conv2", 1, 1, wrap, strip)
  else:
    x = __torch__.resnet(x, x, w, p, 1e-6, wrap)
  return x
def in_float32(w: Dict[str, Tensor], names: List[str]) -> Dict[str, Tensor]:
  # The layers at the end: eight bits of a 16-bit format are fewer than a grey level has.
  wide = annotate(Dict[str, Tensor], {})
  for i in range(torch.len(names)):
    _0 = torch._set_item(wide, names[i] + ".weight", torch.to(w[names[i] + ".weight"], 6))
    _1 = torch._set_item(wide, names[i] + ".bias", torch.to(w[names[i] + ".bias"], 6))
  return wide
def norm_conv(x: Tensor, w: Dict[str, Tensor], n: str, c: str, wrap: int, strip: int) -> Tensor:
  if strip > 0:
    y = __torch__.strip_conv(annotate(Optional[Tensor], None), x, w, n, c, 1, 1, wrap, strip)
  else:
    h = torch.silu(torch.group_norm(x, 32, torch.to(w[n + ".weight"], x.dtype), torch.to(w[n + ".bias"], x.dtype), 1e-6))
    y = __torch__.conv3(torch.to(h, w[c + ".weight"].dtype), w, c, 1, wrap)
  return y
def in_conv(x: Tensor, w: Dict[str, Tensor], c: str, wrap: int, strip: int) -> Tensor:
  if strip > 0:
    y = __torch__.strip_conv(annotate(Optional[Tensor], None), x, w, "", c, 1, 1, wrap, strip)
  else:
    y = __torch__.conv3(x, w, c, 1, wrap)
  return y
def up_conv(x: Tensor, w: Dict[str, Tensor], c: str, wrap: int, strip: int) -> Tensor:
  if strip > 0:
    y = __torch__.strip_conv(annotate(Optional[Tensor], None), x, w, "", c, 2, 1, wrap, strip)
  else:
    y = __torch__.enlarged_conv3(x, w, c, 2 * torch.size(x, 2), 2 * torch.size(x, 3), wrap)
  return y
def down_conv(x: Tensor, w: Dict[str, Tensor], c: str, wrap: int, strip: int) -> Tensor:
  # Beyond the edges on the right and below only.
  if strip > 0:
    y = __torch__.strip_conv(annotate(Optional[Tensor], None), x, w, "", c, 1, 2, wrap, strip)
  else:
    y = __torch__.conv(__torch__.bordered(x, wrap, 0, 1), w, c, 2, 0)
  return y
def strip_conv(sum: Optional[Tensor], x: Tensor, w: Dict[str, Tensor], n: str, c: str, up: int, stride: int, wrap: int, strip: int) -> Tensor:
  # The same some rows at a time, so that beside x and the result there is never more than a strip of some numbers.
  # A norm named n comes first, its statistics over all of x. The result is added to sum in place, if there is one.
  b, ch, hh, ww = torch.size(x)
  weight = w[c + ".weight"]
  # Packed kernels of 1x1 are matrices.
  kernel = 1
  if torch.eq(torch.dim(weight), 4):
    kernel = torch.size(weight, 2)
  before = (kernel - stride) // 2
  after = kernel - stride - before
  # The convolution adds zeros at the sides, if there are as many on both.
  columns = before
  if wrap % 2 + after - before > 0:
    columns = 0
  mean, variance = __torch__.group_moments(x, n, strip)
  shape = [b, torch.size(w[c + ".bias"], 0), up * hh // stride, up * ww // stride]
  rows = __torch__.strip_rows(b * ops.prim.max(ch * ww, up * shape[1] * shape[3] // stride), hh, stride, strip)
  if torch.eq(rows, hh) and torch.eq(before, after) and wrap < 2:
    # A single strip, to which it adds zeros above and below too.
    s = __torch__.rows_of(x, 0, hh, w, n, mean, variance, weight.dtype)
    y = __torch__.rows_product(sum, __torch__.sides(s, wrap, columns, before, after), w, c, up, stride, before, columns)
  else:
    if torch.__isnot__(sum, None):
      y = unchecked_cast(Tensor, sum)
    else:
      y = torch.empty(shape, dtype=weight.dtype, layout=0, device=x.device, pin_memory=False, memory_format=2)
    for i in range(torch.floordiv(hh + rows - 1, rows)):
      first = i * rows
      last = ops.prim.min(first + rows, hh)
      s = __torch__.seen_rows(x, first - before, last + after, w, n, mean, variance, weight.dtype, wrap)
      s = __torch__.sides(s, wrap, columns, before, after)
      place = torch.slice(y, 2, up * first // stride, up * last // stride)
      if torch.__isnot__(sum, None):
        _0 = __torch__.rows_product(place, s, w, c, up, stride, 0, columns)
      else:
        _1 = torch.copy_(place, __torch__.rows_product(sum, s, w, c, up, stride, 0, columns))
  return y
def rows_product(sum: Optional[Tensor], s: Tensor, w: Dict[str, Tensor], c: str, up: int, stride: int, rows: int, columns: int) -> Tensor:
  # A convolution of rows, which become twice as many first if up is 2, or its sum with others in their place.
  if torch.__isnot__(sum, None):
    y = __torch__.rows_conv_sum(unchecked_cast(Tensor, sum), s, w, c, rows, columns)
  else:
    if up > 1:
      y = __torch__.doubled_rows_conv(s, w, c, rows, columns)
    else:
      y = __torch__.rows_conv(s, w, c, stride, rows, columns)
  return y
def sides(s: Tensor, wrap: int, columns: int, before: int, after: int) -> Tensor:
  # Columns beyond the edges that the convolution does not add.
  if columns < after:
    s = __torch__.border(s, 3, wrap % 2, before, after)
  return s
def seen_rows(x: Tensor, top: int, bottom: int, w: Dict[str, Tensor], n: str, mean: Tensor, variance: Tensor, format: int, wrap: int) -> Tensor:
  # Rows of x some of which may lie beyond its edges.
  hh = torch.size(x, 2)
  s = __torch__.rows_of(x, ops.prim.max(top, 0), ops.prim.min(bottom, hh), w, n, mean, variance, format)
  if top < 0:
    s = torch.cat([__torch__.beyond(x, hh - 1, w, n, mean, variance, format, wrap), s], 2)
  if bottom > hh:
    s = torch.cat([s, __torch__.beyond(x, 0, w, n, mean, variance, format, wrap)], 2)
  return s
def strip_rows(numbers: int, rows: int, stride: int, strip: int) -> int:
  # How many rows of so many numbers are in a strip; full strides of them.
  return ops.prim.min(ops.prim.max(torch.floordiv(strip, numbers * stride), 1) * stride, rows)
def beyond(x: Tensor, row: int, w: Dict[str, Tensor], n: str, mean: Tensor, variance: Tensor, format: int, wrap: int) -> Tensor:
  # What lies beyond an edge: a row from the other end, or zeros.
  y = __torch__.rows_of(x, row, row + 1, w, n, mean, variance, format)
  if wrap < 2:
    y = torch.zeros_like(y)
  return y
def rows_of(x: Tensor, first: int, last: int, w: Dict[str, Tensor], n: str, mean: Tensor, variance: Tensor, format: int) -> Tensor:
  # Rows of x after norm and activation.
  s = torch.to(torch.slice(x, 2, first, last), format)
  if torch.ne(n, ""):
    s = torch.silu_(__torch__.moved(s, w, n, mean, variance))
  return s
def moved(x: Tensor, w: Dict[str, Tensor], n: str, mean: Tensor, variance: Tensor) -> Tensor:
  # A norm by moments [B, C] that are known already.
  scale = torch.to(w[n + ".weight"], 6)
  shift = torch.to(w[n + ".bias"], 6)
  parts = annotate(List[Tensor], [])
  for i in range(torch.size(x, 0)):
    _0 = torch.append(parts, torch.batch_norm(torch.slice(x, 0, i, i + 1), scale, shift, mean[i], variance[i], False, 0., 1e-6, False))
  y = parts[0]
  if torch.gt(torch.len(parts), 1):
    y = torch.cat(parts, 0)
  return y
def whole_norm(x: Tensor, w: Dict[str, Tensor], n: str, strip: int) -> Tensor:
  # A group norm by itself.
  if strip > 0:
    mean, variance = __torch__.group_moments(x, n, strip)
    y = __torch__.moved(x, w, n, mean, variance)
  else:
    y = __torch__.group_norm(x, w, n, 1e-6)
  return y
def group_moments(x: Tensor, n: str, strip: int) -> Tuple[Tensor, Tensor]:
  # Mean and variance of each channel's group in a norm named n, float32 (format 6) [B, C]: those of the channels in each strip, joined. Not
  # the mean of squares less the square of the mean, which libtorch's group norm takes where channels come last, and which leaves few digits.
  b, ch, hh, ww = torch.size(x)
  means = annotate(List[Tensor], [])
  variances = annotate(List[Tensor], [])
  zeros = torch.zeros([ch], dtype=6, layout=0, device=x.device, pin_memory=False)
  if torch.eq(n, ""):
    # No norm reads these.
    b = 0
    _0 = torch.append(means, zeros)
    _1 = torch.append(variances, zeros)
  rows = __torch__.strip_rows(ch * ww, hh, 1, ops.prim.min(strip, 4194304))
  for i in range(b):
    picture = torch.slice(x, 0, i, i + 1)
    m = annotate(List[Tensor], [])
    v = annotate(List[Tensor], [])
    mean = torch.zeros([32, 1], dtype=6, layout=0, device=x.device, pin_memory=False)
    for j in range(torch.floordiv(hh + rows - 1, rows)):
      part = torch.slice(picture, 2, j * rows, (j + 1) * rows)
      # Sums and results are in the format of the running moments, which nobody wants here.
      each, spread = torch.batch_norm_update_stats(part, zeros, zeros, 0.)
      _2 = torch.append(m, torch.reshape(each, [32, -1]))
      _3 = torch.append(v, torch.reshape(spread, [32, -1]))
      mean = torch.add(mean, torch.mean(m[-1], [1], True), alpha=torch.size(part, 2) / hh)
    variance = torch.zeros_like(mean)
    for j in range(torch.len(m)):
      spread = torch.mean(torch.add(v[j], torch.square(torch.sub(m[j], mean))), [1], True)
      variance = torch.add(variance, spread, alpha=ops.prim.min(rows, hh - j * rows) / hh)
    _4 = torch.append(means, torch.reshape(torch.expand_as(mean, m[0]), [-1]))
    _5 = torch.append(variances, torch.reshape(torch.expand_as(variance, m[0]), [-1]))
  return (torch.stack(means), torch.stack(variances))
