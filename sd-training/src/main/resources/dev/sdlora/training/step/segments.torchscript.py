def segments(w: Dict[str, Tensor], levels: int) -> List[str]:
  # The parts of a U-Net in the order of their computation, by the beginnings of the names of their weights.
  names = annotate(List[str], ["conv_in"])
  for i in range(levels):
    __torch__.add_segments(names, w, "down_blocks." + str(i) + ".")
    if i < levels - 1:
      _0 = torch.append(names, "down_blocks." + str(i) + ".downsamplers.0")
  __torch__.add_segments(names, w, "mid_block.")
  for i2 in range(levels):
    __torch__.add_segments(names, w, "up_blocks." + str(i2) + ".")
    if i2 < levels - 1:
      _1 = torch.append(names, "up_blocks." + str(i2) + ".upsamplers.0")
  _2 = torch.append(names, "conv_out")
  return names
def add_segments(names: List[str], w: Dict[str, Tensor], b: str) -> None:
  # Adds the residual blocks and transformers of a block.
  for j in range(__torch__.count(w, b + "resnets.", ".conv1.bias")):
    _0 = torch.append(names, b + "resnets." + str(j))
    if torch.__contains__(w, b + "attentions." + str(j) + ".proj_in.bias"):
      _1 = torch.append(names, b + "attentions." + str(j))
def is_part(name: str, part: str) -> bool:
  return torch.gt(torch.find(name, part, 0, -1), 0)
def skips(names: List[str]) -> List[int]:
  # For each segment, the number of the encoder's segment whose output it also reads, or -1.
  left = annotate(List[int], [])
  found = annotate(List[int], [])
  for i in range(torch.len(names)):
    skip = -1
    if torch.startswith(names[i], "up_blocks."):
      if __torch__.is_part(names[i], ".resnets."):
        skip = torch.pop(left)
      elif __torch__.is_part(names[i], ".upsamplers."):
        skip = left[-1]
    elif torch.__not__(torch.startswith(names[i], "mid_block.")):
      # Transformers replace the output of their residual block.
      if __torch__.is_part(names[i], ".attentions."):
        _0 = torch.pop(left)
      _1 = torch.append(left, i)
    _2 = torch.append(found, skip)
  return found
def level_heads(name: str, heads: List[int]) -> int:
  level = torch.len(heads) - 1
  if torch.startswith(name, "down_blocks."):
    level = int(torch.split(name, ".")[1])
  if torch.startswith(name, "up_blocks."):
    level = level - int(torch.split(name, ".")[1])
  return heads[level]
def segment(x: Tensor, skip: Tensor, emb: Tensor, ctx: Tensor, w: Dict[str, Tensor], name: str, heads: int) -> Tensor:
  # The output of a segment; the last one is the prediction, in float32 (dtype 6).
  if torch.eq(name, "conv_in"):
    y = __torch__.conv3(torch.to(x, w["conv_in.weight"].dtype), w, name, 1, 0)
  elif torch.eq(name, "conv_out"):
    h = torch.silu(__torch__.group_norm(x, w, "conv_norm_out", 1e-5))
    y = torch.to(__torch__.conv3(h, w, name, 1, 0), 6)
  elif __torch__.is_part(name, ".attentions."):
    y = __torch__.spatial(x, ctx, annotate(Dict[str, Tensor], {}), w, name, heads, 0.)
  elif __torch__.is_part(name, ".downsamplers."):
    y = __torch__.conv3(x, w, name + ".conv", 2, 0)
  elif __torch__.is_part(name, ".upsamplers."):
    y = __torch__.enlarged_conv3(x, w, name + ".conv", torch.size(skip, 2), torch.size(skip, 3), 0)
  else:
    if torch.startswith(name, "up_blocks."):
      x = torch.cat([x, skip], 1)
    y = __torch__.resnet(x, emb, w, name, 1e-5, 0)
  return y
def trained_in(trained: List[str], name: str) -> List[str]:
  # The trained weights of a segment.
  own = annotate(List[str], [])
  for i in range(torch.len(trained)):
    if torch.startswith(trained[i], name + "."):
      _0 = torch.append(own, trained[i])
  return own
def detached(w: Dict[str, Tensor], format: int) -> Dict[str, Tensor]:
  # The weights in a dtype, without recording.
  same = annotate(Dict[str, Tensor], {})
  keys = torch.keys(w)
  for i in range(torch.len(keys)):
    torch._set_item(same, keys[i], __torch__.in_dtype(keys[i], torch.detach(w[keys[i]]), format))
  return same
def record(own: List[str], w: Dict[str, Tensor], format: int, into: Dict[str, Tensor]) -> List[Tensor]:
  # Replaces weights by recorded conversions, and returns what they are converted from.
  leaves = annotate(List[Tensor], [])
  for i in range(torch.len(own)):
    _0 = torch.append(leaves, w[own[i]])
    torch._set_item(into, own[i], __torch__.in_dtype(own[i], w[own[i]], format))
  return leaves
def add_to(sums: Dict[int, Tensor], place: int, found: Optional[Tensor]) -> None:
  # Adds a gradient to those of a place, if there is one.
  if torch.__isnot__(found, None):
    g = unchecked_cast(Tensor, found)
    if torch.__contains__(sums, place):
      g = torch.add(sums[place], g)
    torch._set_item(sums, place, g)
def segment_gradients(x: Tensor, t: Tensor, target: Tensor, importance: Tensor, loss: Tensor, ctx: Tensor, vector: Tensor, w: Dict[str, Tensor], heads: List[int], format: int) -> Dict[str, Tensor]:
  # As loss_gradients of the U-Net's prediction, but only the outputs of segments are kept; what is inside them is computed again for the
  # gradients (Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost").
  trained = annotate(List[str], [])
  keys = torch.keys(w)
  for i in range(torch.len(keys)):
    if w[keys[i]].requires_grad:
      _0 = torch.append(trained, keys[i])
  own = __torch__.detached(w, format)
  # 1. Conditions, recorded: they are small.
  early = torch.add(__torch__.trained_in(trained, "time_embedding"), __torch__.trained_in(trained, "add_embedding"))
  _1 = __torch__.record(early, w, format, own)
  emb = __torch__.time_embedding(t, vector, vector, format, own)
  text = torch.to(ctx, format)
  e = torch.detach(emb)
  c = torch.detach(text)
  # 2. All segments, without recording. reached: whether an output depends on a trained weight.
  names = __torch__.segments(own, torch.len(heads))
  count = torch.len(names)
  skips = __torch__.skips(names)
  outputs = annotate(List[Tensor], [])
  reached = annotate(List[bool], [])
  h = x
  depends = False
  for i2 in range(count):
    skip = h
    if skips[i2] >= 0:
      skip = outputs[skips[i2]]
      depends = depends or reached[skips[i2]]
    h = __torch__.segment(h, skip, e, c, own, names[i2], __torch__.level_heads(names[i2], heads))
    depends = depends or torch.len(__torch__.trained_in(trained, names[i2])) > 0
    depends = depends or (emb.requires_grad and __torch__.is_part(names[i2], ".resnets."))
    depends = depends or (text.requires_grad and __torch__.is_part(names[i2], ".attentions."))
    _2 = torch.append(outputs, h)
    _3 = torch.append(reached, depends)
  # 3. The loss and its gradient for the prediction.
  predicted = torch.requires_grad_(torch.detach(h), True)
  each = __torch__.errors(predicted, target, loss)
  total = torch.mean(torch.mul(each, importance))
  # Gradients of outputs by the numbers of segments; -1 is the time embedding and -2 the text.
  sums = annotate(Dict[int, Tensor], {})
  __torch__.add_to(sums, count - 1, torch.grad([total], [predicted], None, None, False, True)[0])
  h = x
  predicted = x
  # 4. The segments in reverse.
  result = annotate(Dict[str, Tensor], {})
  for i3 in range(count):
    k = count - 1 - i3
    _4 = torch.pop(outputs)
    if torch.__contains__(sums, k):
      gradient = torch.pop(sums, k)
      if reached[k]:
        places = annotate(List[int], [])
        wanted = annotate(List[Tensor], [])
        input = x
        if k > 0:
          input = torch.detach(outputs[k - 1])
          if reached[k - 1]:
            input = torch.requires_grad_(input, True)
            _5 = torch.append(places, k - 1)
            _6 = torch.append(wanted, input)
        skip = input
        if skips[k] >= 0:
          skip = torch.detach(outputs[skips[k]])
          if reached[skips[k]]:
            skip = torch.requires_grad_(skip, True)
            _7 = torch.append(places, skips[k])
            _8 = torch.append(wanted, skip)
        if emb.requires_grad:
          e = torch.requires_grad_(torch.detach(emb), True)
          _9 = torch.append(places, -1)
          _10 = torch.append(wanted, e)
        if text.requires_grad:
          c = torch.requires_grad_(torch.detach(text), True)
          _11 = torch.append(places, -2)
          _12 = torch.append(wanted, c)
        mine = __torch__.trained_in(trained, names[k])
        leaves = __torch__.record(mine, w, format, own)
        again = __torch__.segment(input, skip, e, c, own, names[k], __torch__.level_heads(names[k], heads))
        found = torch.grad([again], torch.add(wanted, leaves), annotate(List[Optional[Tensor]], [gradient]), None, False, True)
        for j in range(torch.len(places)):
          __torch__.add_to(sums, places[j], found[j])
        __torch__.collect(result, mine, leaves, torch.slice(found, torch.len(places)))
  # 5. Conditions, and text encoders if they are trained.
  rest = annotate(List[str], [])
  leaves2 = annotate(List[Tensor], [])
  for i4 in range(torch.len(trained)):
    if torch.__not__(torch.__contains__(result, trained[i4])):
      _13 = torch.append(rest, trained[i4])
      _14 = torch.append(leaves2, w[trained[i4]])
  ends = annotate(List[Tensor], [])
  gradients = annotate(List[Optional[Tensor]], [])
  if torch.__contains__(sums, -1):
    _15 = torch.append(ends, emb)
    _16 = torch.append(gradients, sums[-1])
  if torch.__contains__(sums, -2):
    _17 = torch.append(ends, text)
    _18 = torch.append(gradients, sums[-2])
  if torch.len(ends) > 0 and torch.len(rest) > 0:
    __torch__.collect(result, rest, leaves2, torch.grad(ends, leaves2, gradients, None, False, True))
  torch._set_item(result, "loss", torch.detach(total))
  torch._set_item(result, "errors", torch.detach(torch.mean(each, [1, 2, 3])))
  return result
def collect(result: Dict[str, Tensor], names: List[str], weights: List[Tensor], found: List[Optional[Tensor]]) -> None:
  # Names gradients; weights that nothing depends on have zeros.
  for i in range(torch.len(names)):
    g = found[i]
    if torch.__is__(g, None):
      torch._set_item(result, names[i], torch.zeros_like(weights[i]))
    else:
      torch._set_item(result, names[i], unchecked_cast(Tensor, g))
