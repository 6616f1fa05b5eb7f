def gradients(loss: Tensor, w: Dict[str, Tensor]) -> Dict[str, Tensor]:
  # The gradient of the loss for each weight that requires one, and the loss itself under the name "loss".
  names = annotate(List[str], [])
  wanted = annotate(List[Tensor], [])
  keys = torch.keys(w)
  for i in range(torch.len(keys)):
    t = w[keys[i]]
    if t.requires_grad:
      _0 = torch.append(names, keys[i])
      _1 = torch.append(wanted, t)
    else:
      pass
  found = torch.grad([loss], wanted, None, None, False, True)
  result = annotate(Dict[str, Tensor], {})
  for i2 in range(torch.len(names)):
    g = found[i2]
    if torch.__is__(g, None):
      torch._set_item(result, names[i2], torch.zeros_like(wanted[i2]))
    else:
      torch._set_item(result, names[i2], unchecked_cast(Tensor, g))
  torch._set_item(result, "loss", torch.detach(loss))
  return result
def in_format(w: Dict[str, Tensor], format: int) -> Dict[str, Tensor]:
  # The weights converted to a dtype that gradients pass through: products in bfloat16, weights and gradients in float32
  # (Micikevicius et al. 2018, "Mixed Precision Training"). Functions that read other tensors convert them.
  same = annotate(Dict[str, Tensor], {})
  keys = torch.keys(w)
  for i in range(torch.len(keys)):
    torch._set_item(same, keys[i], __torch__.in_dtype(keys[i], w[keys[i]], format))
  return same
def in_dtype(name: str, weight: Tensor, format: int) -> Tensor:
  # A weight or bias in a dtype. Functions that read other tensors, such as scales, convert them.
  if torch.endswith(name, ".weight") or torch.endswith(name, ".bias"):
    same = torch.to(weight, format)
  else:
    same = weight
  return same
