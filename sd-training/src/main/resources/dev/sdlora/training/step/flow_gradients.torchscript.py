def recorded_gradients(start: List[Tensor], shared: List[Tensor], target: Tensor, importance: Tensor, loss: Tensor, w: Dict[str, Tensor], dims: List[int]) -> Dict[str, Tensor]:
  # All values that gradients need stay in memory.
  state = start
  for i in range(__torch__.flow_blocks(dims)):
    own = __torch__.of_block(w, __torch__.flow_block_name(i, dims), dims[0], True)
    state = __torch__.flow_block(i, state, shared, own, dims)
  predicted = __torch__.flow_end(state, shared, w, torch.size(target, 2), torch.size(target, 3))
  return __torch__.loss_gradients(__torch__.errors(predicted, target, loss), importance, w)
def checkpointed_gradients(start: List[Tensor], shared: List[Tensor], target: Tensor, importance: Tensor, loss: Tensor, w: Dict[str, Tensor], dims: List[int]) -> Dict[str, Tensor]:
  # Gradient checkpointing (Chen et al. 2016): only the inputs of blocks stay in memory, and each block is computed again, from the last to the first.
  inputs = annotate(List[List[Tensor]], [])
  state = start
  count = __torch__.flow_blocks(dims)
  for i in range(count):
    _0 = torch.append(inputs, state)
    own = __torch__.of_block(w, __torch__.flow_block_name(i, dims), dims[0], False)
    state = __torch__.flow_block(i, state, shared, own, dims)
  state = __torch__.leaves(state)
  predicted = __torch__.flow_end(state, shared, w, torch.size(target, 2), torch.size(target, 3))
  errors = __torch__.errors(predicted, target, loss)
  total = torch.mean(torch.mul(errors, importance))
  slopes = __torch__.slopes([total], state, annotate(List[Tensor], []))
  result = annotate(Dict[str, Tensor], {})
  for j in range(count):
    i = count - 1 - j
    name = __torch__.flow_block_name(i, dims)
    state = __torch__.leaves(torch.pop(inputs))
    own = __torch__.of_block(w, name, dims[0], True)
    outputs = __torch__.flow_block(i, state, shared, own, dims)
    names = __torch__.trained_names(w, name)
    wanted = torch.slice(state, 0)
    for k in range(torch.len(names)):
      _1 = torch.append(wanted, w[names[k]])
    found = __torch__.slopes(outputs, wanted, slopes)
    slopes = torch.slice(found, 0, torch.len(state))
    for k in range(torch.len(names)):
      torch._set_item(result, names[k], found[torch.len(state) + k])
  torch._set_item(result, "loss", torch.detach(total))
  torch._set_item(result, "errors", torch.detach(torch.mean(errors, [1, 2, 3])))
  return result
def slopes(outputs: List[Tensor], inputs: List[Tensor], outer: List[Tensor]) -> List[Tensor]:
  # The gradients of outputs for inputs, of which some may have no effect; outer: those of the loss for the outputs, empty if the output is the loss.
  of_outputs = annotate(List[Optional[Tensor]], [])
  for i in range(torch.len(outputs)):
    if torch.len(outer) > 0:
      _0 = torch.append(of_outputs, outer[i])
    else:
      _1 = torch.append(of_outputs, None)
  found = torch.grad(outputs, inputs, of_outputs, None, False, True)
  result = annotate(List[Tensor], [])
  for i in range(torch.len(inputs)):
    g = found[i]
    if torch.__is__(g, None):
      _2 = torch.append(result, torch.zeros_like(inputs[i]))
    else:
      _3 = torch.append(result, unchecked_cast(Tensor, g))
  return result
def leaves(state: List[Tensor]) -> List[Tensor]:
  # The same values, at which gradients end.
  result = annotate(List[Tensor], [])
  for i in range(torch.len(state)):
    _0 = torch.append(result, torch.requires_grad_(torch.detach(state[i]), True))
  return result
def trained_names(w: Dict[str, Tensor], block: str) -> List[str]:
  # The names of a block's tensors that require a gradient.
  names = annotate(List[str], [])
  keys = torch.keys(w)
  for i in range(torch.len(keys)):
    key = keys[i]
    if torch.startswith(key, block + ".") and w[key].requires_grad:
      _0 = torch.append(names, key)
    else:
      pass
  return names
def of_block(w: Dict[str, Tensor], block: str, format: int, recorded: bool) -> Dict[str, Tensor]:
  # The tensors of a block: trained matrices in the dtype of the network, and none with gradients unless they are recorded.
  own = annotate(Dict[str, Tensor], {})
  keys = torch.keys(w)
  for i in range(torch.len(keys)):
    key = keys[i]
    if torch.startswith(key, block + "."):
      value = w[key]
      if value.requires_grad:
        if torch.endswith(key, ".weight"):
          value = torch.to(value, format)
        else:
          pass
        if recorded:
          pass
        else:
          value = torch.detach(value)
      else:
        pass
      torch._set_item(own, key, value)
    else:
      pass
  return own
