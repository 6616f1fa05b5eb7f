def gelu_mlp(ins: List[Tensor], x: Tensor, room: List[Tensor], w: Dict[str, Tensor], inner: str, out: str) -> Tensor:
  # out([ins, gelu(inner(x))]); GELU by its approximation with tanh.
  h = __torch__.kept_linear(room, x, w, inner)
  width = 0
  for i in range(torch.len(ins)):
    width = width + torch.size(ins[i], -1)
  z = __torch__.kept(room, 1, [torch.size(h, 0), torch.size(h, 1), width + torch.size(h, -1)], x)
  _0 = torch.gelu(h, approximate="tanh", out=torch.slice(z, -1, width, torch.size(z, -1)))
  if width > 0:
    _1 = torch.cat(ins, -1, out=torch.slice(z, -1, 0, width))
  return __torch__.linear(z, w, out)
