def t5_block(x: Tensor, bias: Tensor, w: Dict[str, Tensor], p: str, heads: int) -> Tensor:
  # x [n, C]. Keys and values are those of the positions that the bias has columns for. Scores are not scaled.
  a = p + ".layer.0.SelfAttention"
  m = p + ".layer.1.DenseReluDense"
  dtype = w[p + ".layer.0.layer_norm.weight"].dtype
  y = torch.to(__torch__.rms_norm(x, w, p + ".layer.0.layer_norm", 1e-6), dtype)
  seen = torch.slice(y, 0, 0, torch.size(bias, 3))
  q = __torch__.t5_heads(__torch__.linear(y, w, a + ".q"), heads)
  k = __torch__.t5_heads(__torch__.linear(seen, w, a + ".k"), heads)
  v = __torch__.t5_heads(__torch__.linear(seen, w, a + ".v"), heads)
  o = torch.scaled_dot_product_attention(q, k, v, bias, 0., False, scale=1.)
  o = torch.flatten(torch.transpose(torch.squeeze(o, 0), 0, 1), 1)
  x = torch.add(x, __torch__.linear(o, w, a + ".o"))
  y = torch.to(__torch__.rms_norm(x, w, p + ".layer.1.layer_norm", 1e-6), dtype)
  return torch.add(x, __torch__.linear(__torch__.gelu_gated(y, w, m + ".wi_0", m + ".wi_1"), w, m + ".wo"))
def t5_heads(x: Tensor, heads: int) -> Tensor:
  # [n, heads * d] -> [1, heads, n, d]
  n, c = torch.size(x)
  return torch.unsqueeze(torch.transpose(torch.view(x, [n, heads, c // heads]), 0, 1), 0)
def t5_bias(table: Tensor, n: int, read: int) -> Tensor:
  # table [buckets, heads] -> float32 [1, heads, n, read]. The first half of the buckets is for keys up to the query, the second for later ones; half of
  # each has one distance in every bucket, the rest grows by powers up to a distance of 128.
  each = torch.size(table, 0) // 2
  exact = each // 2
  places = torch.arange(n, dtype=4, layout=0, device=torch.device("cpu"), pin_memory=False)
  away = torch.sub(torch.unsqueeze(torch.slice(places, 0, 0, read), 0), torch.unsqueeze(places, 1))
  far = torch.abs(away)
  # Powers of 2 have exact logarithms here.
  steps = torch.div(torch.log2(torch.div(torch.to(torch.clamp(far, exact, None), 7), exact)), torch.log(128. / exact) / torch.log(2.))
  grown = torch.add(torch.to(torch.mul(steps, each - exact), 4), exact)
  bucket = torch.where(torch.lt(far, exact), far, torch.clamp(grown, None, each - 1))
  bucket = torch.add(bucket, torch.mul(torch.to(torch.gt(away, 0), 4), each))
  return torch.unsqueeze(torch.permute(torch.embedding(torch.to(table, 6), torch.to(bucket, table.device, 4)), [2, 0, 1]), 0)
