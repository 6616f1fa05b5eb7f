def feed_forward(x: Tensor, room: List[Tensor], w: Dict[str, Tensor], p: str) -> Tensor:
  # Gates, then values (Shazeer 2020).
  middle = __torch__.parts(w, p + ".linear_out")
  q = __torch__.quantised_for(x, w, [p + ".linear_in.weight"])
  return __torch__.silu_mlp(annotate(List[Tensor], []), x, q, w, p + ".linear_in", 0, p + ".linear_in", middle, p + ".linear_out")
def attention_and_mlp(x: Tensor, around: Tensor, room: List[Tensor], w: Dict[str, Tensor], p: str, heads: int) -> Tensor:
  # One layer makes queries, keys, values, and gates and values of the MLP, over an input that is rounded once.
  a = p + ".to_qkv_mlp_proj"
  h = __torch__.lora_hidden(x, w, a)
  rounded = __torch__.quantised_for(x, w, [a + ".weight"])
  q = __torch__.linear_part(x, rounded, h, w, a, 0)
  k = __torch__.linear_part(x, rounded, h, w, a, 1)
  v = __torch__.linear_part(x, rounded, h, w, a, 2)
  o = __torch__.rotated_attention(q, k, v, around, w, p, heads)
  chunks = __torch__.parts(w, p + ".to_out") - 1
  return __torch__.silu_mlp(annotate(List[Tensor], [o]), x, rounded, w, a, 3, a, 3 + chunks, p + ".to_out")
