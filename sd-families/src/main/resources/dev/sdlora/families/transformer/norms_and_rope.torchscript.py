def modulated(x: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
  # x [B, n, C]; shift and scale [1, C] or [B, C] -> (1 + scale) * norm(x) + shift, with the norm's sums in float32 (dtype 6) and one rounding.
  scale = torch.add(torch.to(scale, 6), 1)
  shift = torch.to(shift, 6)
  c = torch.size(x, -1)
  rows = torch.size(scale, 0)
  if torch.eq(rows, 1):
    y = torch.layer_norm(x, [c], scale[0], shift[0], 1e-6)
  else:
    parts = annotate(List[Tensor], [])
    for i in range(rows):
      _0 = torch.append(parts, torch.layer_norm(torch.slice(x, 0, i, i + 1), [c], scale[i], shift[i], 1e-6))
    y = torch.cat(parts, 0)
  return y
def inverse_rms(x: Tensor, eps: float) -> Tensor:
  # x float32 [..., C] -> [..., 1]
  length = torch.linalg_vector_norm(x, 2, [-1], True)
  return torch.rsqrt(torch.add(torch.div(torch.square(length), torch.size(x, -1)), eps))
def rms_norm(x: Tensor, w: Dict[str, Tensor], p: str, eps: float) -> Tensor:
  # Over the last axis, in float32 and rounded once.
  y = torch.to(x, 6)
  y = torch.mul_(torch.mul(y, __torch__.inverse_rms(y, eps)), torch.to(w[p + ".weight"], 6))
  return torch.to(y, x.dtype)
def rotated(x: Tensor, turns: Tensor) -> Tensor:
  # x float32 [B, n, heads, d], turns [n, d / 2]: rotates neighbouring channels, 2i and 2i + 1, together (Su et al. 2021), in place.
  b, n, heads, d = torch.size(x)
  pairs = torch.view_as_complex(torch.reshape(x, [b, n, heads, d // 2, 2]))
  return torch.flatten(torch.view_as_real(torch.mul_(pairs, torch.unsqueeze(turns, 1))), 3)
def doubles(t: Tensor) -> Tensor:
  # In float64 (dtype 7), on the processor: Apple's GPUs have no float64, and these tensors are small.
  return torch.to(t, torch.device("cpu"), 7)
def turns(ids: Tensor, axes: List[int], theta: float, like: Tensor) -> Tensor:
  # ids float64 [n, A] on the processor, the places on each axis; axes: the channels that each turns -> unit complex numbers [n, C / 2], computed in float64.
  parts = annotate(List[Tensor], [])
  for i in range(torch.len(axes)):
    steps = torch.arange(0, axes[i], 2, dtype=7, layout=0, device=torch.device("cpu"), pin_memory=False)
    speeds = torch.exp(torch.mul(steps, -torch.log(theta) / axes[i]))
    _0 = torch.append(parts, torch.outer(torch.select(ids, 1, i), speeds))
  angles = torch.cat(parts, 1)
  return torch.to(torch.complex(torch.to(torch.cos(angles), 6), torch.to(torch.sin(angles), 6)), like.device, 9)
def grid_ids(first: int, top: int, height: int, width: int, axes: int) -> Tensor:
  # The places of a grid's positions, row by row, float64 [height * width, axes] on the processor: (first, top + row, column, 0 ...).
  rows = torch.add(torch.arange(height, dtype=7, layout=0, device=torch.device("cpu"), pin_memory=False), top)
  columns = torch.arange(width, dtype=7, layout=0, device=torch.device("cpu"), pin_memory=False)
  ids = torch.zeros([height, width, axes], dtype=7, layout=0, device=torch.device("cpu"), pin_memory=False)
  _0 = torch.fill_(torch.select(ids, 2, 0), first)
  _1 = torch.copy_(torch.select(ids, 2, 1), torch.unsqueeze(rows, 1))
  _2 = torch.copy_(torch.select(ids, 2, 2), torch.unsqueeze(columns, 0))
  return torch.flatten(ids, 0, 1)
def sinusoid(t: Tensor, width: int, like: Tensor) -> Tensor:
  # t float64 [B] on the processor -> float32 [B, width], cosines first; angles in float64, because those of float32 are coarse at 1000.
  half = width // 2
  steps = torch.arange(half, dtype=7, layout=0, device=torch.device("cpu"), pin_memory=False)
  angles = torch.outer(t, torch.exp(torch.mul(steps, -torch.log(10000.) / half)))
  return torch.to(torch.to(torch.cat([torch.cos(angles), torch.sin(angles)], 1), 6), like.device, 6)
def masked_attention(q: Tensor, k: Tensor, v: Tensor, heads: int, mask: Optional[Tensor]) -> Tensor:
  # q [B, m, C], k and v [B, n, C] -> [B, m, C]; the mask is true for keys that are read, or is added, [B, 1, 1 or m, n].
  if torch.__is__(mask, None):
    y = __torch__.attend(q, k, v, heads)
  else:
    b, m, c = torch.size(q)
    d = c // heads
    q = torch.transpose(torch.view(q, [b, m, heads, d]), 1, 2)
    k = torch.transpose(torch.view(k, [b, torch.size(k, 1), heads, d]), 1, 2)
    v = torch.transpose(torch.view(v, [b, torch.size(v, 1), heads, d]), 1, 2)
    o = torch.scaled_dot_product_attention(q, k, v, unchecked_cast(Tensor, mask), 0., False)
    y = torch.reshape(torch.transpose(o, 1, 2), [b, m, c])
  return y
