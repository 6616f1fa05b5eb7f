def gated(x: Tensor, w: Dict[str, Tensor], gate: str, value: str) -> Tensor:
  # SwiGLU of two layers (Shazeer 2020, "GLU Variants Improve Transformer").
  g = torch.silu_(__torch__.linear(x, w, gate))
  return torch.mul_(g, __torch__.linear(x, w, value))
def gelu_gated(x: Tensor, w: Dict[str, Tensor], gate: str, value: str) -> Tensor:
  # GEGLU of two layers (Shazeer 2020), with GELU approximated by the hyperbolic tangent.
  g = torch.gelu(__torch__.linear(x, w, gate), approximate="tanh")
  return torch.mul_(g, __torch__.linear(x, w, value))
