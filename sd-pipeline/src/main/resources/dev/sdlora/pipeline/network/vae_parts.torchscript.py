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
    y = __torch__.conv3(torch.upsample_nearest2d(x, [2 * torch.size(x, 2), 2 * torch.size(x, 3)]), w, c, 1, wrap)
  return y
def down_conv(x: Tensor, w: Dict[str, Tensor], c: str, wrap: int, strip: int) -> Tensor:
  # Beyond the edges on the right and below only.
  if strip > 0:
    y = __torch__.strip_conv(annotate(Optional[Tensor], None), x, w, "", c, 1, 2, wrap, strip)
  else:
    y = __torch__.conv(__torch__.bordered(x, wrap, 0, 1), w, c, 2, 0)
  return y
def strip_conv(sum: Optional[Tensor], x: Tensor, w: Dict[str, Tensor], n: str, c: str, up: int, stride: int, wrap: int, strip: int) -> Tensor:
  # The same some rows at a time, so that beside x and the result there is never more than a strip of some positions.
  # A norm named n comes first, its statistics over all of x. The result, float32 (format 6), is added to sum.
  b, ch, hh, ww = torch.size(x)
  height = up * hh
  weight = w[c + ".weight"]
  kernel = torch.size(weight, 2)
  before = (kernel - stride) // 2
  scale, shift = __torch__.norm_factors(x, w, n)
  shape = [b, torch.size(weight, 0), height // stride, up * ww // stride]
  if torch.__isnot__(sum, None):
    y = unchecked_cast(Tensor, sum)
  else:
    y = torch.zeros(shape, dtype=weight.dtype, layout=0, device=x.device, pin_memory=False)
  rows = torch.add(torch.floordiv(strip, shape[3]), 1)
  for i in range(torch.floordiv(shape[2] + rows - 1, rows)):
    first = i * rows
    last = __torch__.least(first + rows, shape[2])
    # Rows of the enlarged x that this strip sees; some may lie beyond its edges.
    top = first * stride - before
    bottom = (last - 1) * stride - before + kernel
    s = __torch__.rows_of(x, 0 - __torch__.least(0 - top, 0), __torch__.least(bottom, height), up, n, scale, shift)
    if top < 0:
      s = torch.cat([__torch__.beyond(x, height - 1, up, n, scale, shift, wrap), s], 2)
    if bottom > height:
      s = torch.cat([s, __torch__.beyond(x, 0, up, n, scale, shift, wrap)], 2)
    s = __torch__.border(s, 3, wrap % 2, before, kernel - stride - before)
    part = __torch__.conv(torch.to(s, weight.dtype), w, c, stride, 0)
    _0 = torch.add_(torch.slice(y, 2, first, last), part)
  return y
def beyond(x: Tensor, row: int, up: int, n: str, scale: Tensor, shift: Tensor, wrap: int) -> Tensor:
  # What lies beyond an edge: a row from the other end, or zeros.
  y = __torch__.rows_of(x, row, row + 1, up, n, scale, shift)
  if wrap < 2:
    y = torch.zeros_like(y)
  return y
def rows_of(x: Tensor, first: int, last: int, up: int, n: str, scale: Tensor, shift: Tensor) -> Tensor:
  # Rows of x after norm, activation and enlarging.
  start = torch.floordiv(first, up)
  s = torch.slice(x, 2, start, torch.floordiv(last + up - 1, up))
  if torch.ne(n, ""):
    s = torch.silu(torch.addcmul(shift, s, scale))
  if up > 1:
    s = torch.upsample_nearest2d(s, [up * torch.size(s, 2), up * torch.size(s, 3)])
    s = torch.slice(s, 2, first - up * start, last - up * start)
  return s
def least(a: int, b: int) -> int:
  if b < a:
    a = b
  return a
def norm_factors(x: Tensor, w: Dict[str, Tensor], n: str) -> Tuple[Tensor, Tensor]:
  # Group norm as factor and summand of each channel, float32 [B, C, 1, 1].
  scale = torch.reshape(x, [-1])
  shift = scale
  if torch.ne(n, ""):
    b, c = torch.size(x, 0), torch.size(x, 1)
    variance, mean = __torch__.group_moments(torch.reshape(x, [b, 32, -1]))
    each = torch.reshape(torch.to(w[n + ".weight"], 6), [1, 32, -1])
    factor = torch.mul(torch.rsqrt(torch.add(variance, 1e-6)), each)
    rest = torch.sub(torch.reshape(torch.to(w[n + ".bias"], 6), [1, 32, -1]), torch.mul(mean, factor))
    scale = torch.reshape(factor, [b, c, 1, 1])
    shift = torch.reshape(rest, [b, c, 1, 1])
  return (scale, shift)
def group_moments(x: Tensor) -> Tuple[Tensor, Tensor]:
  # Variance and mean of the rows of x [B, 32, n], float32 [B, 32, 1]. Other formats are widened row by row, never as a whole.
  if ops.prim.dtype(x) == 6:
    variance, mean = torch.var_mean(x, [2], False, True)
  else:
    variances = annotate(List[Tensor], [])
    means = annotate(List[Tensor], [])
    for i in range(32):
      v, m = torch.var_mean(torch.to(torch.slice(x, 1, i, i + 1), 6), [2], False, True)
      _0 = torch.append(variances, v)
      _1 = torch.append(means, m)
    variance = torch.cat(variances, 1)
    mean = torch.cat(means, 1)
  return (variance, mean)
