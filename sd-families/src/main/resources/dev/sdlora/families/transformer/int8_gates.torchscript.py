def gated(x: Tensor, w: Dict[str, Tensor], gate: str, value: str) -> Tensor:
  return __torch__.silu_gated(x, w, gate, value)
