def integers(values: Tensor) -> List[int]:
  # Recorded calls take tensors and dictionaries only.
  list = annotate(List[int], [])
  for i in range(torch.size(values, 0)):
    _0 = torch.append(list, int(values[i]))
  return list
def weighted_error(predicted: Tensor, target: Tensor, importance: Tensor) -> Tensor:
  error = torch.pow(torch.sub(predicted, target), 2)
  return torch.mean(torch.mul(torch.mean(error, [1, 2, 3]), importance))
