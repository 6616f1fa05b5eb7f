def attend(q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
  if __torch__.is_large(q, k):
    y = __torch__.matrix_attention(q, k, v, heads)
  else:
    y = __torch__.float_attention(q, k, v, heads)
  return y
def is_large(q: Tensor, k: Tensor) -> bool:
  return ops.prim.min(torch.size(q, 1), torch.size(k, 1)) >= 1024
def attention(sum: Tensor, x: Tensor, ctx: Tensor, cuts: Dict[str, Tensor], w: Dict[str, Tensor], p: str, heads: int, regions: int) -> Tensor:
  # Large attention is computed by products in bfloat16, which libtorch cannot differentiate. There the recording is cut: what comes behind
  # begins with new leaves, and part_gradients joins both sides by the gradients of attention.
  q = __torch__.linear(x, w, p + ".to_q")
  k, v = __torch__.keys_and_values(ctx, w, p)
  recorded = q.requires_grad or k.requires_grad or v.requires_grad
  queries, keys, values = torch.detach(q), torch.detach(k), torch.detach(v)
  if torch.__not__(recorded):
    y = __torch__.attend(q, k, v, heads)
  elif torch.__not__(__torch__.is_large(q, k)) or torch.__not__(__torch__.has_small_scores(queries, keys, heads)):
    y = __torch__.float_attention(q, k, v, heads)
  else:
    y, sums = __torch__.attention_and_sums(queries, keys, values, heads)
    n = str(__torch__.cuts_of(cuts))
    torch._set_item(cuts, "q." + n, q)
    torch._set_item(cuts, "k." + n, k)
    torch._set_item(cuts, "v." + n, v)
    torch._set_item(cuts, "sums." + n, sums)
    torch._set_item(cuts, "before." + n, sum)
    sum = torch.requires_grad_(torch.detach(sum), True)
    y = torch.requires_grad_(y, True)
    torch._set_item(cuts, "behind." + n, sum)
    torch._set_item(cuts, "y." + n, y)
  return __torch__.linear_sum(sum, y, w, p + ".to_out.0")
def cuts_of(cuts: Dict[str, Tensor]) -> int:
  return torch.len(cuts) // 7
def has_small_scores(q: Tensor, k: Tensor, heads: int) -> bool:
  # Whether exponentials of scores are in the range of the dtype, as in matrix_attention.
  queries, keys, most = __torch__.queries_and_keys(q, k, heads)
  return float(torch.max(most)) <= 70.
def by_heads(x: Tensor, heads: int) -> Tensor:
  # [B, n, C] -> [B, heads, n, d]
  b, n, c = torch.size(x)
  return torch.permute(torch.reshape(x, [b, n, heads, c // heads]), [0, 2, 1, 3])
def attention_and_sums(q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tuple[Tensor, Tensor]:
  # As matrix_attention, for small scores. Also returns the sums of the weights, [B, heads, m, 1].
  b, m, c = torch.size(q)
  d = c // heads
  queries, keys, most = __torch__.queries_and_keys(q, k, heads)
  values = __torch__.with_ones(torch.transpose(__torch__.by_heads(v, heads), 2, 3))
  rows = annotate(List[Tensor], [])
  for i in range(b):
    _0 = torch.append(rows, __torch__.weighted_sums(torch.select(queries, 0, i), torch.select(keys, 0, i), torch.select(values, 0, i), torch.select(most, 0, i)))
  o = torch.stack(rows)
  sums = torch.clone(torch.slice(o, 3, d, d + 1))
  y = torch.div(torch.slice(o, 3, 0, d), sums)
  return (torch.reshape(torch.permute(y, [0, 2, 1, 3]), [b, m, c]), sums)
def attention_gradients(q: Tensor, k: Tensor, v: Tensor, y: Tensor, sums: Tensor, gradient: Tensor) -> List[Tensor]:
  # The gradients of q, k and v, given that of attention (Dao et al. 2022, "FlashAttention", with products of a block of keys and all queries).
  # For weights P and the gradient G of y: V' = Pt G, and the gradient of scores is S' = P * (G Vt - rows of sum(G * y)). With the weights W of
  # matrix_attention, which are not divided by their sums, G is divided.
  b, heads, m, _0 = torch.size(sums)
  n = torch.size(k, 1)
  d = torch.size(q, 2) // heads
  queries, keys, most = __torch__.queries_and_keys(q, k, heads)
  g = __torch__.by_heads(gradient, heads)
  # The sums are subtracted in the product, as two numbers each: one in bfloat16 would be wrong for all keys alike. Dtype 6 is float32.
  less = torch.sum(torch.mul(torch.to(g, 6), torch.to(__torch__.by_heads(y, heads), 6)), [3], True)
  less = torch.neg(torch.div(less, torch.to(sums, 6)))
  high = torch.to(less, q.dtype)
  low = torch.to(torch.sub(less, torch.to(high, 6)), q.dtype)
  changes = __torch__.in_rows([torch.div(g, sums), high, low])
  ones = torch.ones([b, heads, n, 2], dtype=q.dtype, layout=0, device=q.device, pin_memory=False)
  values = __torch__.in_rows([__torch__.by_heads(v, heads), ones])
  queries = __torch__.in_rows([queries])
  keys = __torch__.in_rows([keys])
  of_queries = annotate(List[Tensor], [])
  of_keys = annotate(List[Tensor], [])
  of_values = annotate(List[Tensor], [])
  for i in range(b):
    shifts = __torch__.shifts(torch.select(most, 0, i), m)
    for h in range(heads):
      query = queries[i][h]
      change = changes[i][h]
      own = torch.slice(change, 1, 0, torch.size(query, 1))
      sum = torch.zeros(torch.size(query), dtype=6, layout=0, device=q.device, pin_memory=False)
      block = __torch__.block_rows(m)
      by_query = ops.mkldnn._reorder_linear_weight(query, block)
      by_change = ops.mkldnn._reorder_linear_weight(change, block)
      for j in range((n + block - 1) // block):
        key = torch.slice(keys[i][h], 0, j * block, j * block + block)
        value = torch.slice(values[i][h], 0, j * block, j * block + block)
        weights = ops.mkldnn._linear_pointwise(key, by_query, shifts[h], "sigmoid", annotate(List[Optional[number]], []), "")
        scores = ops.mkldnn._linear_pointwise(value, weights, by_change, None, "mul")
        _1 = torch.append(of_values, torch.mm(weights, own))
        _2 = torch.append(of_keys, torch.mm(scores, query))
        _3 = torch.add_(sum, torch.mm(torch.t(scores), key))
      _4 = torch.append(of_queries, torch.to(torch.mul(sum, 1. / torch.sqrt(d)), q.dtype))
  return [__torch__.joined(of_queries, torch.size(q), heads), __torch__.joined(of_keys, torch.size(k), heads), __torch__.joined(of_values, torch.size(v), heads)]
def in_rows(parts: List[Tensor]) -> Tensor:
  # Concatenates columns and adds zeros up to a width that fills the processor's registers.
  x = torch.cat(parts, 3)
  return torch.contiguous(torch.constant_pad_nd(x, [0, 15 - (torch.size(x, 3) + 15) % 16], 0))
def joined(parts: List[Tensor], shape: List[int], heads: int) -> Tensor:
  # Blocks of rows of all heads and members -> [B, n, C], without what in_rows added.
  b, n, c = shape
  x = torch.slice(torch.reshape(torch.cat(parts, 0), [b, heads, n, -1]), 3, 0, c // heads)
  return torch.reshape(torch.permute(x, [0, 2, 1, 3]), [b, n, c])
def part_gradients(out: Tensor, gradient: Tensor, cuts: Dict[str, Tensor], wanted: List[Tensor]) -> List[Optional[Tensor]]:
  # The gradients of inputs and weights of a part of the network, given that of its output: from its end to the last cut, and so on to its beginning.
  ends = [out]
  gradients = annotate(List[Optional[Tensor]], [gradient])
  sums = annotate(Dict[int, Tensor], {})
  count = __torch__.cuts_of(cuts)
  for i in range(count):
    n = str(count - 1 - i)
    y = cuts["y." + n]
    found = torch.grad(ends, torch.add([y, cuts["behind." + n]], wanted), gradients, None, False, True)
    for j in range(torch.len(wanted)):
      __torch__.add_to(sums, j, found[j + 2])
    known = __torch__.attention_gradients(torch.detach(cuts["q." + n]), torch.detach(cuts["k." + n]), torch.detach(cuts["v." + n]), torch.detach(y), cuts["sums." + n], unchecked_cast(Tensor, found[0]))
    ends = annotate(List[Tensor], [])
    gradients = annotate(List[Optional[Tensor]], [])
    __torch__.add_end(ends, gradients, cuts["before." + n], found[1])
    __torch__.add_end(ends, gradients, cuts["q." + n], known[0])
    __torch__.add_end(ends, gradients, cuts["k." + n], known[1])
    __torch__.add_end(ends, gradients, cuts["v." + n], known[2])
  first = torch.grad(ends, wanted, gradients, None, False, True)
  all = annotate(List[Optional[Tensor]], [])
  for j2 in range(torch.len(wanted)):
    __torch__.add_to(sums, j2, first[j2])
    last = annotate(Optional[Tensor], None)
    if torch.__contains__(sums, j2):
      last = sums[j2]
    _0 = torch.append(all, last)
  return all
def add_end(ends: List[Tensor], gradients: List[Optional[Tensor]], end: Tensor, gradient: Optional[Tensor]) -> None:
  # Where differentiation begins, if anything wanted is behind it.
  if end.requires_grad:
    _0 = torch.append(ends, end)
    _1 = torch.append(gradients, gradient)
