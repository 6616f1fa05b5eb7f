def feed_forward(x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  # Gates, then values (Shazeer 2020).
  gate, value = torch.chunk(__torch__.linear(x, w, p + ".linear_in"), 2, -1)
  return __torch__.linear(torch.mul(torch.silu(gate), value), w, p + ".linear_out")
def attention_and_mlp(x: Tensor, around: Tensor, w: Dict[str, Tensor], p: str, heads: int) -> Tensor:
  # One layer makes queries, keys, values, and gates and values of the MLP.
  c = torch.size(x, -1)
  y = __torch__.linear(x, w, p + ".to_qkv_mlp_proj")
  q, k, v = torch.chunk(torch.slice(y, -1, 0, 3 * c), 3, -1)
  gate, value = torch.chunk(torch.slice(y, -1, 3 * c, torch.size(y, -1)), 2, -1)
  o = __torch__.rotated_attention(q, k, v, around, w, p, heads)
  return __torch__.linear(torch.cat([o, torch.mul(torch.silu(gate), value)], -1), w, p + ".to_out")
