def attention(sum: Tensor, x: Tensor, ctx: Tensor, texts: Dict[str, Tensor], w: Dict[str, Tensor], p: str, heads: int) -> Tensor:
  # To what ctx holds, or to the keys and values of it that are known.
  q = __torch__.linear(x, w, p + ".to_q")
  if torch.__contains__(texts, p + ".keys"):
    k = texts[p + ".keys"]
    v = texts[p + ".values"]
  else:
    k, v = __torch__.keys_and_values(ctx, w, p)
  return __torch__.linear_sum(sum, __torch__.attend(q, k, v, heads), w, p + ".to_out.0")
def keys_and_values(ctx: Tensor, w: Dict[str, Tensor], p: str) -> Tuple[Tensor, Tensor]:
  # Of what an attention looks at, as hypernetworks have it.
  return (__torch__.linear(__torch__.hypernetworks(ctx, w, "0"), w, p + ".to_k"), __torch__.linear(__torch__.hypernetworks(ctx, w, "1"), w, p + ".to_v"))
def each(x: Tensor, rows: int) -> Tensor:
  # One row for all becomes one for each.
  if torch.lt(torch.size(x, 0), rows):
    x = torch.cat(torch.mul([x], rows), 0)
  return x
def spatial(x: Tensor, ctx: Tensor, texts: Dict[str, Tensor], w: Dict[str, Tensor], p: str, heads: int, merge: float) -> Tensor:
  # Transformer blocks over the positions of x [B, C, H, W], where there are any. SD 1.x projects with 1x1 convolutions, later
  # families with linear layers, which is the same to each position.
  if torch.__contains__(w, p + ".proj_in.weight"):
    x = __torch__.transformers(x, ctx, texts, w, p, heads, merge)
  return x
def transformers(x: Tensor, ctx: Tensor, texts: Dict[str, Tensor], w: Dict[str, Tensor], p: str, heads: int, merge: float) -> Tensor:
  # x has a row for each of ctx, or one for all.
  b = torch.size(ctx, 0)
  _0, c, hh, ww = torch.size(x)
  convs = torch.eq(torch.dim(w[p + ".proj_in.weight"]), 4)
  h = __torch__.group_norm(x, w, p + ".norm", 1e-6)
  if convs:
    h = __torch__.conv(h, w, p + ".proj_in", 1, 0)
  h = torch.reshape(torch.permute(h, [0, 2, 3, 1]), [-1, hh * ww, c])
  if torch.__not__(convs):
    h = __torch__.linear(h, w, p + ".proj_in")
  for i in range(__torch__.count(w, p + ".transformer_blocks.", ".norm1.weight")):
    q = p + ".transformer_blocks." + str(i)
    y = __torch__.layer_norm(h, w, q + ".norm1")
    left = __torch__.tokens_left(hh, ww, merge)
    if torch.lt(left, hh * ww):
      h = __torch__.merged_attention(h, y, w, q + ".attn1", heads, hh, ww, left)
    else:
      h = __torch__.attention(h, y, y, texts, w, q + ".attn1", heads)
    h = __torch__.each(h, b)
    y = __torch__.layer_norm(h, w, q + ".norm2")
    h = __torch__.attention(h, y, ctx, texts, w, q + ".attn2", heads)
    y = __torch__.geglu(__torch__.layer_norm(h, w, q + ".norm3"), w, q + ".ff.net.0.proj")
    h = __torch__.linear_sum(h, y, w, q + ".ff.net.2")
  x = __torch__.each(x, b)
  if convs:
    h = torch.permute(torch.reshape(h, [b, hh, ww, c]), [0, 3, 1, 2])
    x = __torch__.conv_sum(x, h, w, p + ".proj_out", 0)
  else:
    rows = torch.reshape(torch.permute(x, [0, 2, 3, 1]), [b, hh * ww, c])
    h = __torch__.linear_sum(rows, h, w, p + ".proj_out")
    x = torch.permute(torch.reshape(h, [b, hh, ww, c]), [0, 3, 1, 2])
  return x
