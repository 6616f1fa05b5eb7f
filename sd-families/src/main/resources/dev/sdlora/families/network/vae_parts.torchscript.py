def vae_resnet(x: Tensor, w: Dict[str, Tensor], p: str, wrap: int, strip: int) -> Tensor:
  if strip > 0:
    h = __torch__.norm_conv(x, w, p + ".norm1", p + ".conv1", wrap, strip)
    if torch.__contains__(w, p + ".conv_shortcut.weight"):
      x = __torch__.strip_conv(annotate(Optional[Tensor], None), x, w, "", p + ".conv_shortcut", 1, 1, wrap, strip)
    # x is not used again, so the sum overwrites it.
    x = __torch__.strip_conv(x, h, w, p + ".norm2", p + ".conv2", 1, 1, wrap, strip)
  else:
    x = __torch__.resnet(x, x, w, p, 1e-6, wrap)
  return x
def quant_conv(x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  # The 1x1 convolution next to the latent, which some autoencoders do not have.
  if torch.__contains__(w, p + ".weight"):
    x = __torch__.conv(x, w, p, 1, 0)
  return x
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
  # Pads only at the right and bottom.
  if strip > 0:
    y = __torch__.strip_conv(annotate(Optional[Tensor], None), x, w, "", c, 1, 2, wrap, strip)
  else:
    y = __torch__.conv(__torch__.bordered(x, wrap, 0, 1), w, c, 2, 0)
  return y
def strip_conv(sum: Optional[Tensor], x: Tensor, w: Dict[str, Tensor], n: str, c: str, up: int, stride: int, wrap: int, strip: int) -> Tensor:
  # The same in strips of rows, so that only one strip of limited size exists in addition to x and the result.
  # A norm named n is applied first, with statistics over all of x. The result is added to sum in place, if there is one.
  b, ch, hh, ww = torch.size(x)
  weight = w[c + ".weight"]
  # Packed 1x1 kernels are matrices.
  kernel = 1
  if torch.eq(torch.dim(weight), 4):
    kernel = torch.size(weight, 2)
  before = (kernel - stride) // 2
  after = kernel - stride - before
  # The convolution pads the sides with zeros if both sides need the same number.
  columns = before
  if wrap % 2 + after - before > 0:
    columns = 0
  mean, variance = __torch__.group_moments(x, n, strip)
  shape = [b, torch.size(w[c + ".bias"], 0), up * hh // stride, up * ww // stride]
  rows = __torch__.strip_rows(b * ops.prim.max(ch * ww, up * shape[1] * shape[3] // stride), hh, stride, strip)
  if torch.eq(rows, hh) and torch.eq(before, after) and wrap < 2:
    # A single strip, which the convolution also pads above and below.
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
  # A convolution of rows, which are doubled first if up is 2; or its sum with other rows, in place.
  if torch.__isnot__(sum, None):
    y = __torch__.rows_conv_sum(unchecked_cast(Tensor, sum), s, w, c, rows, columns)
  else:
    if up > 1:
      y = __torch__.doubled_rows_conv(s, w, c, rows, columns)
    else:
      y = __torch__.rows_conv(s, w, c, stride, rows, columns)
  return y
def sides(s: Tensor, wrap: int, columns: int, before: int, after: int) -> Tensor:
  # Adds the columns beyond the edges that the convolution does not add itself.
  if columns < after:
    s = __torch__.border(s, 3, wrap % 2, before, after)
  return s
def seen_rows(x: Tensor, top: int, bottom: int, w: Dict[str, Tensor], n: str, mean: Tensor, variance: Tensor, format: int, wrap: int) -> Tensor:
  # Rows of x, some of which may be beyond its edges.
  hh = torch.size(x, 2)
  s = __torch__.rows_of(x, ops.prim.max(top, 0), ops.prim.min(bottom, hh), w, n, mean, variance, format)
  if top < 0:
    s = torch.cat([__torch__.beyond(x, hh - 1, w, n, mean, variance, format, wrap), s], 2)
  if bottom > hh:
    s = torch.cat([s, __torch__.beyond(x, 0, w, n, mean, variance, format, wrap)], 2)
  return s
def strip_rows(numbers: int, rows: int, stride: int, strip: int) -> int:
  # The number of rows in a strip, a multiple of the stride.
  return ops.prim.min(ops.prim.max(torch.floordiv(strip, numbers * stride), 1) * stride, rows)
def beyond(x: Tensor, row: int, w: Dict[str, Tensor], n: str, mean: Tensor, variance: Tensor, format: int, wrap: int) -> Tensor:
  # A row beyond an edge: the row at the opposite edge, or zeros.
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
  # A norm with precomputed moments [B, C].
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
  # A group norm alone.
  if strip > 0:
    mean, variance = __torch__.group_moments(x, n, strip)
    y = __torch__.moved(x, w, n, mean, variance)
  else:
    y = __torch__.group_norm(x, w, n, 1e-6)
  return y
def group_moments(x: Tensor, n: str, strip: int) -> Tuple[Tensor, Tensor]:
  # The mean and variance of each channel's group in a norm named n, float32 (dtype 6) [B, C], combined from channels in strips. Does not use
  # the mean of squares minus the square of the mean, as libtorch's group norm does for channels-last tensors, because that loses precision.
  b, ch, hh, ww = torch.size(x)
  means = annotate(List[Tensor], [])
  variances = annotate(List[Tensor], [])
  zeros = torch.zeros([ch], dtype=6, layout=0, device=x.device, pin_memory=False)
  if torch.eq(n, ""):
    # No norm uses these.
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
      # Sums and results have the dtype of the running moments, which are not used here.
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
