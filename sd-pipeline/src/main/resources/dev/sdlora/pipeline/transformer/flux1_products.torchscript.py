def gelu_mlp(ins: List[Tensor], x: Tensor, w: Dict[str, Tensor], inner: str, out: str) -> Tensor:
  # out([ins, gelu(inner(x))]); GELU by its approximation with tanh.
  h = torch.gelu(__torch__.linear(x, w, inner), approximate="tanh")
  return __torch__.linear(torch.cat(torch.add(ins, [h]), -1), w, out)
