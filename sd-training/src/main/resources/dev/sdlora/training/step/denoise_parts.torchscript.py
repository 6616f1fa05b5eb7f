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
def errors(predicted: Tensor, target: Tensor, loss: Tensor) -> Tensor:
  # The loss of each number; the first side of predictions is that of members. loss [B]: the delta of each member's pseudo-Huber loss, or [0] for the squared error.
  square = torch.pow(torch.sub(predicted, target), 2)
  if torch.size(loss, 0) > 0:
    delta = loss
    for i in range(torch.dim(predicted) - 1):
      delta = torch.unsqueeze(delta, -1)
    # 2 delta (sqrt(square + delta^2) - delta), without cancellation.
    sum = torch.add(torch.sqrt(torch.add(square, torch.pow(delta, 2))), delta)
    result = torch.div(torch.mul(square, torch.mul(delta, 2)), sum)
  else:
    result = square
  return result
def loss_gradients(errors: Tensor, importance: Tensor, w: Dict[str, Tensor]) -> Dict[str, Tensor]:
  # The gradients of the weighted loss, and the errors of all members without weights under the name "errors".
  result = __torch__.gradients(torch.mean(torch.mul(errors, importance)), w)
  torch._set_item(result, "errors", torch.detach(torch.mean(errors, [1, 2, 3])))
  return result
