def attention(sum: Tensor, x: Tensor, ctx: Tensor, texts: Dict[str, Tensor], w: Dict[str, Tensor], p: str, heads: int, regions: int) -> Tensor:
  # Attention to ctx, or to its cached keys and values.
  q = __torch__.linear(x, w, p + ".to_q")
  if torch.__contains__(texts, p + ".keys"):
    k = texts[p + ".keys"]
    v = texts[p + ".values"]
  else:
    k, v = __torch__.keys_and_values(ctx, w, p)
  if regions > 0:
    y = __torch__.regional_attention(q, k, v, w["lora_masks." + str(torch.size(q, 1))], heads)
  else:
    y = __torch__.attend(q, k, v, heads)
  return __torch__.linear_sum(sum, __torch__.image_attention(y, q, texts, p, heads), w, p + ".to_out.0")
def image_attention(y: Tensor, q: Tensor, texts: Dict[str, Tensor], p: str, heads: int) -> Tensor:
  # Adds the attention to image prompts (Ye et al. 2023, "IP-Adapter"); their weights are part of the values.
  i = 0
  while torch.__contains__(texts, p + ".image_keys." + str(i)):
    o = __torch__.heads_attention(q, texts[p + ".image_keys." + str(i)], texts[p + ".image_values." + str(i)], heads, False)
    if torch.__contains__(texts, p + ".image_mask." + str(i)):
      o = torch.mul(o, torch.to(texts[p + ".image_mask." + str(i)], o.dtype))
    y = torch.add(y, o)
    i = torch.add(i, 1)
  return y
def self_attention(sum: Tensor, x: Tensor, texts: Dict[str, Tensor], w: Dict[str, Tensor], p: str, heads: int) -> Tensor:
  # If LoRAs with masks change keys or values, each region has its own keys and values of all positions.
  ctx = x
  regions = 0
  if torch.__contains__(w, p + ".to_k.lora_query_regions") or torch.__contains__(w, p + ".to_v.lora_query_regions"):
    regions = torch.size(w["lora_masks.queries"], 0)
    ctx = torch.cat(torch.mul([x], regions), 1)
  return __torch__.attention(sum, x, ctx, texts, w, p, heads, regions)
def text_attention(sum: Tensor, x: Tensor, ctx: Tensor, texts: Dict[str, Tensor], w: Dict[str, Tensor], p: str, heads: int) -> Tensor:
  # If there are regions, ctx is the concatenation of their texts.
  regions = 0
  if torch.__contains__(w, "lora_masks.queries"):
    regions = torch.size(w["lora_masks.queries"], 0)
  return __torch__.attention(sum, x, ctx, texts, w, p, heads, regions)
def regional_attention(q: Tensor, k: Tensor, v: Tensor, masks: Tensor, heads: int) -> Tensor:
  # q [B, n, C]; k and v [B, M * t, C], concatenated for M regions; masks [n, M], the first of them all ones.
  # A query reads the first keys and values, plus the difference of each region's, scaled by how far it is inside the region. So its score is a
  # sum over regions, which is the product of vectors M times as long: one attention for all regions.
  b, n, c = torch.size(q)
  m = torch.size(masks, 1)
  inside = torch.reshape(torch.to(masks, q.dtype), [1, n, 1, m, 1])
  d = c // heads
  # Compensates for attention's division by the root of the length.
  queries = torch.mul(torch.mul(torch.reshape(q, [b, n, heads, 1, d]), inside), torch.sqrt(m))
  wide = [b, n, heads, m, d]
  o = __torch__.attend(torch.reshape(queries, [b, n, m * c]), __torch__.by_regions(k, m, heads), __torch__.by_regions(v, m, heads), heads)
  return torch.reshape(torch.sum(torch.mul(torch.reshape(o, wide), inside), [3]), [b, n, c])
def by_regions(k: Tensor, m: int, heads: int) -> Tensor:
  # [B, M * t, C] -> [B, t, M * C]: for each head, the first region's values and the differences of the others.
  b, mt, c = torch.size(k)
  k = torch.reshape(k, [b, m, mt // m, heads, c // heads])
  own = torch.slice(k, 1, 0, 1)
  k = torch.cat([own, torch.sub(torch.slice(k, 1, 1, m), own)], 1)
  return torch.reshape(torch.permute(k, [0, 2, 3, 1, 4]), [b, mt // m, m * c])
def keys_and_values(ctx: Tensor, w: Dict[str, Tensor], p: str) -> Tuple[Tensor, Tensor]:
  # The keys and values of ctx after hypernetworks.
  return (__torch__.linear(__torch__.hypernetworks(ctx, w, "0"), w, p + ".to_k"), __torch__.linear(__torch__.hypernetworks(ctx, w, "1"), w, p + ".to_v"))
def each(x: Tensor, rows: int) -> Tensor:
  # Repeats a single row for all batch members.
  if torch.lt(torch.size(x, 0), rows):
    x = torch.cat(torch.mul([x], rows), 0)
  return x
def spatial(x: Tensor, ctx: Tensor, texts: Dict[str, Tensor], w: Dict[str, Tensor], p: str, heads: int, merge: float) -> Tensor:
  # Transformer blocks over the positions of x [B, C, H, W], if there are any. SD 1.x projects with 1x1 convolutions, later
  # families with linear layers, which are equivalent.
  if torch.__contains__(w, p + ".proj_in.bias"):
    x = __torch__.transformers(x, ctx, texts, w, p, heads, merge)
  return x
def transformers(x: Tensor, ctx: Tensor, texts: Dict[str, Tensor], w: Dict[str, Tensor], p: str, heads: int, merge: float) -> Tensor:
  # x has a row for each row of ctx, or one for all.
  b = torch.size(ctx, 0)
  _0, c, hh, ww = torch.size(x)
  convs = torch.eq(__torch__.weight_dims(w, p + ".proj_in"), 4)
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
      h = __torch__.self_attention(h, y, texts, w, q + ".attn1", heads)
    h = __torch__.each(h, b)
    y = __torch__.layer_norm(h, w, q + ".norm2")
    h = __torch__.text_attention(h, y, ctx, texts, w, q + ".attn2", heads)
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
