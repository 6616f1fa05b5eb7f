def gelu_mlp(ins: List[Tensor], x: Tensor, room: List[Tensor], w: Dict[str, Tensor], inner: str, out: str) -> Tensor:
  # out([ins, gelu(inner(x))]) part by part, so that the inner values stay in the cache and are never concatenated; GELU by its
  # approximation with tanh.
  by_inner = __torch__.lora_hidden(x, w, inner)
  y = x
  by_out = annotate(List[Tensor], [])
  column = 0
  for i in range(__torch__.parts(w, out)):
    j = i - torch.len(ins)
    if j < 0:
      h = ins[i]
    else:
      h = __torch__.gelu_part(x, by_inner, w, inner, j)
    weight = __torch__.part(w, out, i)
    if i > 0:
      y = ops.mkldnn._linear_pointwise(h, y, weight, None, "add")
    else:
      y = __torch__.packed_linear(h, weight, __torch__.bias(w, out))
    if torch.__contains__(w, out + ".lora_down.weight"):
      down = torch.flatten(w[out + ".lora_down.weight"], 1)
      d = torch.linear(h, torch.slice(down, 1, column, column + torch.size(h, -1)))
      if i > 0:
        d = torch.add(by_out[0], d)
      by_out = annotate(List[Tensor], [d])
      column = column + torch.size(h, -1)
  if torch.gt(torch.len(by_out), 0):
    y = __torch__.lora_rows(y, annotate(List[Tensor], [__torch__.lora_scaled(by_out[0], w, out)]), w, out, 0)
  return y
def gelu_part(x: Tensor, by_lora: List[Tensor], w: Dict[str, Tensor], p: str, i: int) -> Tensor:
  # GELU is fused into the layer, unless a LoRA applies before it.
  first = 0
  for j in range(i):
    first = first + torch.size(__torch__.part(w, p, j), 0)
  weight = __torch__.part(w, p, i)
  bias = torch.slice(w[p + ".bias"], 0, first, first + torch.size(weight, 0))
  if torch.eq(torch.len(by_lora), 0):
    y = ops.mkldnn._linear_pointwise(x, weight, bias, "gelu", annotate(List[Optional[number]], []), "tanh")
  else:
    y = torch.gelu(__torch__.lora_rows(__torch__.packed_linear(x, weight, bias), by_lora, w, p, first), approximate="tanh")
  return y
