def integers(values: Tensor) -> List[int]:
  # Recorded calls accept only tensors and dictionaries.
  list = annotate(List[int], [])
  for i in range(torch.size(values, 0)):
    _0 = torch.append(list, int(values[i]))
  return list
def inside(w: Dict[str, Tensor], prefix: str) -> Dict[str, Tensor]:
  # The weights whose names begin with a prefix, by the rest of the name.
  own = annotate(Dict[str, Tensor], {})
  keys = torch.keys(w)
  for i in range(torch.len(keys)):
    key = keys[i]
    if torch.startswith(key, prefix):
      torch._set_item(own, torch.slice(key, torch.len(prefix)), w[key])
  return own
def weighted_error(predicted: Tensor, target: Tensor, importance: Tensor) -> Tensor:
  error = torch.pow(torch.sub(predicted, target), 2)
  return torch.mean(torch.mul(torch.mean(error, [1, 2, 3]), importance))
