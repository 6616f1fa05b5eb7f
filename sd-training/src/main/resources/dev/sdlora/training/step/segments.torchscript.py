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
def segment(x: Tensor, skip: Tensor, emb: Tensor, ctx: Tensor, w: Dict[str, Tensor], name: str, heads: int, cuts: Dict[str, Tensor]) -> Tensor:
  # The output of a segment; the last one is the prediction, in float32.
  if torch.eq(name, "conv_in"):
    y = __torch__.conv3(torch.to(x, w["conv_in.weight"].dtype), w, name, 1, 0)
  elif torch.eq(name, "conv_out"):
    y = __torch__.unet_output(x, w, 0)
  elif __torch__.is_part(name, ".attentions."):
    y = __torch__.spatial(x, ctx, cuts, w, name, heads, 0.)
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
  # The trained weights of a segment. The norm before the last convolution has a name of its own.
  own = annotate(List[str], [])
  for i in range(torch.len(trained)):
    if torch.startswith(trained[i], name + ".") or (torch.eq(name, "conv_out") and torch.startswith(trained[i], "conv_norm_out.")):
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
def recorded_segment(k: int, inputs: List[Tensor], reached: List[bool], skips: List[int], conditions: List[Tensor], w: Dict[str, Tensor], own: Dict[str, Tensor], trained: List[str], names: List[str], heads: List[int], format: int, cuts: Dict[str, Tensor]) -> Tuple[Tensor, List[int], List[Tensor]]:
  # The output of segment k, recorded from leaves on; the numbers of those that depend on a trained weight (see sums in segment_gradients); and these
  # leaves, followed by the trained weights of the segment. inputs: that of the network, and the outputs of the segments before.
  places = annotate(List[int], [])
  wanted = annotate(List[Tensor], [])
  input = __torch__.leaf(inputs[k], k > 0 and reached[k - 1], k - 1, places, wanted)
  skip = input
  if skips[k] >= 0:
    skip = __torch__.leaf(inputs[skips[k] + 1], reached[skips[k]], skips[k], places, wanted)
  e = __torch__.leaf(conditions[0], conditions[0].requires_grad, -1, places, wanted)
  c = __torch__.leaf(conditions[1], conditions[1].requires_grad, -2, places, wanted)
  leaves = __torch__.record(__torch__.trained_in(trained, names[k]), w, format, own)
  return (__torch__.segment(input, skip, e, c, own, names[k], __torch__.level_heads(names[k], heads), cuts), places, torch.add(wanted, leaves))
def leaf(x: Tensor, depends: bool, place: int, places: List[int], wanted: List[Tensor]) -> Tensor:
  # A tensor without what it was computed from; its gradient is wanted if it depends on a trained weight.
  x = torch.detach(x)
  if depends:
    x = torch.requires_grad_(x, True)
    _0 = torch.append(places, place)
    _1 = torch.append(wanted, x)
  return x
def segment_gradients(x: Tensor, t: Tensor, target: Tensor, importance: Tensor, loss: Tensor, ctx: Tensor, vector: Tensor, w: Dict[str, Tensor], heads: List[int], format: int, again: bool) -> Dict[str, Tensor]:
  # The gradients of the weighted loss, segment by segment, and the errors of all members without weights under the name "errors".
  # again: only the outputs of segments are kept; what is inside them is computed again for the gradients (Chen et al. 2016, "Training Deep
  # Nets with Sublinear Memory Cost"). The last three, whose gradients come first, are kept whole.
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
  conditions = [emb, text]
  # 2. All segments. reached: whether an output depends on a trained weight.
  names = __torch__.segments(own, torch.len(heads))
  count = torch.len(names)
  skips = __torch__.skips(names)
  inputs = annotate(List[Tensor], [x])
  reached = annotate(List[bool], [])
  recorded = annotate(List[Tuple[Tensor, List[int], List[Tensor]]], [])
  cuts = annotate(List[Dict[str, Tensor]], [])
  depends = False
  for k in range(count):
    depends = depends or torch.len(__torch__.trained_in(trained, names[k])) > 0
    depends = depends or (emb.requires_grad and __torch__.is_part(names[k], ".resnets."))
    depends = depends or (text.requires_grad and __torch__.is_part(names[k], ".attentions."))
    skip = inputs[k]
    if skips[k] >= 0:
      skip = inputs[skips[k] + 1]
      depends = depends or reached[skips[k]]
    _2 = torch.append(reached, depends)
    kept = torch.__not__(again) or k >= count - 3
    if depends and kept:
      mine = annotate(Dict[str, Tensor], {})
      one = __torch__.recorded_segment(k, inputs, reached, skips, conditions, w, own, trained, names, heads, format, mine)
      _3 = torch.append(recorded, one)
      _4 = torch.append(cuts, mine)
      _5 = torch.append(inputs, torch.detach((one)[0]))
    else:
      h = __torch__.segment(inputs[k], skip, torch.detach(emb), torch.detach(text), own, names[k], __torch__.level_heads(names[k], heads), annotate(Dict[str, Tensor], {}))
      _6 = torch.append(inputs, h)
  # 3. The loss and its gradient for the prediction.
  predicted = torch.requires_grad_(torch.pop(inputs), True)
  each = __torch__.errors(predicted, target, loss)
  total = torch.mean(torch.mul(each, importance))
  # Gradients of outputs by the numbers of segments; -1 is the time embedding and -2 the text.
  sums = annotate(Dict[int, Tensor], {})
  __torch__.add_to(sums, count - 1, torch.grad([total], [predicted], None, None, False, True)[0])
  h = x
  skip = x
  # 4. The segments in reverse.
  result = annotate(Dict[str, Tensor], {})
  for i2 in range(count):
    k = count - 1 - i2
    if reached[k]:
      if torch.len(recorded) > 0:
        one = torch.pop(recorded)
        mine = torch.pop(cuts)
      else:
        mine = annotate(Dict[str, Tensor], {})
        one = __torch__.recorded_segment(k, inputs, reached, skips, conditions, w, own, trained, names, heads, format, mine)
      out, places, wanted = one
      if torch.__contains__(sums, k):
        found = __torch__.part_gradients(out, torch.pop(sums, k), mine, wanted)
        for j in range(torch.len(places)):
          __torch__.add_to(sums, places[j], found[j])
        first = torch.len(places)
        __torch__.collect(result, __torch__.trained_in(trained, names[k]), torch.slice(wanted, first), torch.slice(found, first))
    _7 = torch.pop(inputs)
  # 5. Conditions, and text encoders if they are trained.
  rest = annotate(List[str], [])
  leaves2 = annotate(List[Tensor], [])
  for i3 in range(torch.len(trained)):
    if torch.__not__(torch.__contains__(result, trained[i3])):
      _8 = torch.append(rest, trained[i3])
      _9 = torch.append(leaves2, w[trained[i3]])
  ends = annotate(List[Tensor], [])
  gradients = annotate(List[Optional[Tensor]], [])
  if torch.__contains__(sums, -1):
    _10 = torch.append(ends, emb)
    _11 = torch.append(gradients, sums[-1])
  if torch.__contains__(sums, -2):
    _12 = torch.append(ends, text)
    _13 = torch.append(gradients, sums[-2])
  if torch.len(rest) > 0:
    last = annotate(List[Optional[Tensor]], [])
    if torch.len(ends) > 0:
      last = torch.grad(ends, leaves2, gradients, None, False, True)
    __torch__.collect(result, rest, leaves2, last)
  torch._set_item(result, "loss", torch.detach(total))
  torch._set_item(result, "errors", torch.detach(torch.mean(each, [1, 2, 3])))
  return result
def collect(result: Dict[str, Tensor], names: List[str], weights: List[Tensor], found: List[Optional[Tensor]]) -> None:
  # Names gradients; weights that nothing depends on have zeros.
  for i in range(torch.len(names)):
    g = annotate(Optional[Tensor], None)
    if i < torch.len(found):
      g = found[i]
    if torch.__is__(g, None):
      torch._set_item(result, names[i], torch.zeros_like(weights[i]))
    else:
      torch._set_item(result, names[i], unchecked_cast(Tensor, g))
