def named(g: List[Tensor]) -> Dict[str, Tensor]:
  result = annotate(Dict[str, Tensor], {})
  torch._set_item(result, "q", torch.to(g[0], 6))
  torch._set_item(result, "k", torch.to(g[1], 6))
  torch._set_item(result, "v", torch.to(g[2], 6))
  return result
