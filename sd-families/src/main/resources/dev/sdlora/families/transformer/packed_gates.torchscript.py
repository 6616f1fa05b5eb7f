def gated(x: Tensor, w: Dict[str, Tensor], gate: str, value: str) -> Tensor:
  # SwiGLU of two layers (Shazeer 2020, "GLU Variants Improve Transformer"). SiLU and the product are fused into the layers, unless a LoRA
  # applies before them.
  a = w[gate + ".weight"]
  b = w[value + ".weight"]
  fused = torch.__and__(a.is_mkldnn, b.is_mkldnn)
  if torch.__or__(torch.__contains__(w, gate + ".lora_down.weight"), torch.__contains__(w, value + ".lora_down.weight")):
    fused = False
  if fused:
    g = ops.mkldnn._linear_pointwise(x, a, None, "swish", annotate(List[Optional[number]], []), "")
    y = ops.mkldnn._linear_pointwise(x, g, b, None, "mul")
  else:
    g = torch.silu_(__torch__.linear(x, w, gate))
    y = torch.mul_(g, __torch__.linear(x, w, value))
  return y
def gelu_gated(x: Tensor, w: Dict[str, Tensor], gate: str, value: str) -> Tensor:
  # GEGLU of two layers (Shazeer 2020), with GELU approximated by the hyperbolic tangent, fused like gated.
  if __torch__.is_fusible(w, gate) and __torch__.is_fusible(w, value):
    g = ops.mkldnn._linear_pointwise(x, w[gate + ".weight"], None, "gelu", annotate(List[Optional[number]], []), "tanh")
    y = ops.mkldnn._linear_pointwise(x, g, w[value + ".weight"], None, "mul")
  else:
    g = torch.gelu(__torch__.linear(x, w, gate), approximate="tanh")
    y = torch.mul_(g, __torch__.linear(x, w, value))
  return y
