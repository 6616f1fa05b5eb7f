def attend(q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
  # For processors with bfloat16 units that oneDNN's matrix products use but libtorch's fused attention does not.
  m = torch.size(q, 1)
  n = torch.size(k, 1)
  if ops.prim.min(m, n) >= 1024:
    y = __torch__.matrix_attention(q, k, v, heads)
  else:
    y = __torch__.heads_attention(q, k, v, heads, False)
  return y
def matrix_attention(q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
  # q [B, m, C], k and v [B, n, C] -> [B, m, C]. An upper bound of the scores is subtracted from them.
  b, m, c = torch.size(q)
  n = torch.size(k, 1)
  d = c // heads
  queries, keys, most = __torch__.queries_and_keys(q, k, heads)
  values = __torch__.with_ones(torch.permute(torch.view(v, [b, n, heads, d]), [0, 2, 3, 1]))
  rows = annotate(List[Tensor], [])
  for i in range(b):
    bound = torch.select(most, 0, i)
    # With a larger bound, exponentials would underflow.
    if float(torch.max(bound)) > 70.:
      y = __torch__.heads_attention(torch.slice(q, 0, i, i + 1), torch.slice(k, 0, i, i + 1), torch.slice(v, 0, i, i + 1), heads, False)
    else:
      o = __torch__.weighted_sums(torch.select(queries, 0, i), torch.select(keys, 0, i), torch.select(values, 0, i), bound)
      o = torch.div(torch.slice(o, -1, 0, d), torch.slice(o, -1, d, d + 1))
      y = torch.reshape(torch.permute(o, [1, 0, 2]), [1, m, c])
    _0 = torch.append(rows, y)
  return torch.cat(rows, 0)
def queries_and_keys(q: Tensor, k: Tensor, heads: int) -> Tuple[Tensor, Tensor, Tensor]:
  # q [B, m, C], k [B, n, C] -> [B, heads, m, d], [B, heads, n, d] and an upper bound of their products, [B, heads]. Softmax does not
  # change if all scores of a query are shifted, so the mean of the keys is subtracted, which makes the scores small.
  b, m, c = torch.size(q)
  n = torch.size(k, 1)
  d = c // heads
  queries = torch.contiguous(torch.permute(torch.view(torch.mul(q, 1. / torch.sqrt(d)), [b, m, heads, d]), [0, 2, 1, 3]))
  keys = torch.contiguous(torch.permute(torch.view(torch.sub(k, torch.mean(k, [1], True)), [b, n, heads, d]), [0, 2, 1, 3]))
  return (queries, keys, torch.mul(__torch__.longest(queries), __torch__.longest(keys)))
def longest(x: Tensor) -> Tensor:
  # [B, heads, n, d] -> [B, heads], the length of the longest vector.
  return torch.amax(torch.norm(x, 2, [-1], False), [2])
def with_ones(v: Tensor) -> Tensor:
  # [B, heads, d, n] -> [B, heads, e, n]: appends a row of ones, whose weighted sum is the sum of the weights, and
  # zeros up to a height that fills the processor's registers.
  b, heads, d, n = torch.size(v)
  ones = torch.ones([b, heads, 1, n], dtype=v.dtype, layout=0, device=v.device, pin_memory=False)
  zeros = torch.zeros([b, heads, 15 - d % 16, n], dtype=v.dtype, layout=0, device=v.device, pin_memory=False)
  return torch.contiguous(torch.cat([v, ones, zeros], 2))
def shifts(most: Tensor, n: int) -> Tensor:
  # [heads] -> [heads, n], what is added to scores.
  return torch.contiguous(torch.expand(torch.unsqueeze(torch.neg(torch.add(most, 8)), 1), [torch.size(most, 0), n]))
def block_rows(n: int) -> int:
  # How many rows of n weights are computed at once, so that they stay in the cache.
  return ops.prim.max(1, ops.prim.min(512, 2097152 // n))
def weighted_sums(q: Tensor, k: Tensor, v: Tensor, most: Tensor) -> Tensor:
  # q [heads, m, d], k [heads, n, d], v [heads, e, n], most [heads] -> [heads, m, e]. Far below zero the sigmoid approximates the exponential:
  # at -8 it is smaller by one part in 3,000, which is below the precision of bfloat16; and the product can apply it to its float32 sums.
  heads, m, d = torch.size(q)
  n = torch.size(k, 1)
  shifts = __torch__.shifts(most, n)
  block = __torch__.block_rows(n)
  parts = annotate(List[Tensor], [])
  for h in range(heads):
    keys = ops.mkldnn._reorder_linear_weight(torch.select(k, 0, h), block)
    values = ops.mkldnn._reorder_linear_weight(torch.select(v, 0, h), block)
    for j in range((m + block - 1) // block):
      x = torch.slice(torch.select(q, 0, h), 0, j * block, j * block + block)
      weights = ops.mkldnn._linear_pointwise(x, keys, torch.select(shifts, 0, h), "sigmoid", annotate(List[Optional[number]], []), "")
      _0 = torch.append(parts, ops.mkldnn._linear_pointwise(weights, values, None, "none", annotate(List[Optional[number]], []), ""))
  return torch.view(torch.cat(parts, 0), [heads, m, torch.size(v, 1)])
