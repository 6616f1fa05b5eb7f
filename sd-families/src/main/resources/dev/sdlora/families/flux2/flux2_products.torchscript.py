def feed_forward(x: Tensor, room: List[Tensor], w: Dict[str, Tensor], p: str) -> Tensor:
  # Gates, then values (Shazeer 2020).
  gate, value = torch.chunk(__torch__.kept_linear(room, x, w, p + ".linear_in"), 2, -1)
  into = __torch__.kept(room, 1, torch.size(gate), x)
  return __torch__.linear(__torch__.silu_product(into, gate, value), w, p + ".linear_out")
def attention_and_mlp(x: Tensor, around: Tensor, room: List[Tensor], w: Dict[str, Tensor], p: str, heads: int) -> Tensor:
  # One layer makes queries, keys, values, and gates and values of the MLP.
  c = torch.size(x, -1)
  y = __torch__.kept_linear(room, x, w, p + ".to_qkv_mlp_proj")
  q, k, v = torch.chunk(torch.slice(y, -1, 0, 3 * c), 3, -1)
  gate, value = torch.chunk(torch.slice(y, -1, 3 * c, torch.size(y, -1)), 2, -1)
  o = __torch__.rotated_attention(q, k, v, around, w, p, heads)
  z = __torch__.kept(room, 1, [torch.size(y, 0), torch.size(y, 1), c + torch.size(gate, -1)], x)
  _0 = torch.copy_(torch.slice(z, -1, 0, c), o)
  _1 = __torch__.silu_product(torch.slice(z, -1, c, torch.size(z, -1)), gate, value)
  return __torch__.linear(z, w, p + ".to_out")
def silu_product(into: Tensor, gate: Tensor, value: Tensor) -> Tensor:
  # [B, n, C] each: silu(gate) * value. Blocks of positions stay in the processor's cache.
  n = torch.size(gate, 1)
  block = ops.prim.max(1, 524288 // torch.size(gate, 2))
  for i in range((n + block - 1) // block):
    part = torch.silu(torch.slice(gate, 1, i * block, i * block + block))
    _0 = torch.mul(part, torch.slice(value, 1, i * block, i * block + block), out=torch.slice(into, 1, i * block, i * block + block))
  return into
