def linear(x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  weight = w[p + ".weight"]
  if weight.is_mkldnn:
    y = __torch__.packed_linear(x, weight, __torch__.bias(w, p))
  else:
    y = torch.linear(x, weight, __torch__.bias(w, p))
  return __torch__.lora_linear(y, x, w, p)
def linears(x: Tensor, w: Dict[str, Tensor], names: List[str]) -> List[Tensor]:
  # Layers over the same input.
  results = annotate(List[Tensor], [])
  for i in range(torch.len(names)):
    _0 = torch.append(results, __torch__.linear(x, w, names[i]))
  return results
def linear_sum(sum: Tensor, x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  # Takes one pass over memory.
  y = ops.mkldnn._linear_pointwise(x, sum, w[p + ".weight"], __torch__.bias(w, p), "add")
  return __torch__.lora_linear(y, x, w, p)
def geglu(x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  # Shazeer 2020, "GLU Variants Improve Transformer". GELU and the product are fused into the layers, unless a LoRA applies before them.
  value = w[p + ".weight"]
  gate = w[p + ".gate.weight"]
  bias, gate_bias = torch.chunk(w[p + ".bias"], 2)
  if torch.__contains__(w, p + ".lora_down.weight"):
    a = __torch__.packed_linear(x, value, bias)
    g = __torch__.packed_linear(x, gate, gate_bias)
    h = __torch__.lora_scaled(torch.linear(x, w[p + ".lora_down.weight"]), w, p)
    h = torch.reshape(h, [-1, torch.size(h, -1)])
    up, gate_up = torch.chunk(w[p + ".lora_up.weight"], 2, 0)
    _0 = torch.addmm_(torch.view(a, [-1, torch.size(up, 0)]), h, torch.t(up))
    _1 = torch.addmm_(torch.view(g, [-1, torch.size(up, 0)]), h, torch.t(gate_up))
    y = torch.mul_(a, torch.gelu_(g))
  else:
    g = ops.mkldnn._linear_pointwise(x, gate, gate_bias, "gelu", annotate(List[Optional[number]], []), "none")
    y = ops.mkldnn._linear_pointwise(x, g, value, bias, "mul")
  return y
def silu_gated(x: Tensor, w: Dict[str, Tensor], gate: str, value: str) -> Tensor:
  # Two layers named gate and value (Shazeer 2020). SiLU and the product are fused into the layers, unless a LoRA applies before them.
  if __torch__.is_fusible(w, gate) and __torch__.is_fusible(w, value):
    g = ops.mkldnn._linear_pointwise(x, w[gate + ".weight"], __torch__.bias(w, gate), "swish", annotate(List[Optional[number]], []), "")
    y = ops.mkldnn._linear_pointwise(x, g, w[value + ".weight"], __torch__.bias(w, value), "mul")
  else:
    y = torch.mul_(torch.silu_(__torch__.linear(x, w, gate)), __torch__.linear(x, w, value))
  return y
def is_fusible(w: Dict[str, Tensor], p: str) -> bool:
  return w[p + ".weight"].is_mkldnn and torch.__not__(torch.__contains__(w, p + ".lora_down.weight"))
def silu_mlp(ins: List[Tensor], x: Tensor, w: Dict[str, Tensor], gate: str, gates: int, value: str, values: int, out: str) -> Tensor:
  # out([ins, silu(gate(x)) * value(x)]) part by part, so that the inner values stay in the cache and are never concatenated. Gates and values
  # are parts of the layers gate and value from these numbers on.
  by_gate = __torch__.lora_hidden(x, w, gate)
  by_value = by_gate
  if torch.ne(gate, value):
    by_value = __torch__.lora_hidden(x, w, value)
  y = x
  by_out = annotate(List[Tensor], [])
  column = 0
  for i in range(__torch__.parts(w, out)):
    j = i - torch.len(ins)
    if j < 0:
      h = ins[i]
    else:
      h = __torch__.silu_part(x, by_gate, by_value, w, gate, gates + j, value, values + j)
    weight = __torch__.part(w, out, i)
    if i > 0:
      y = ops.mkldnn._linear_pointwise(h, y, weight, None, "add")
    else:
      y = __torch__.packed_linear(h, weight, None)
    if torch.__contains__(w, out + ".lora_down.weight"):
      down = torch.flatten(w[out + ".lora_down.weight"], 1)
      d = torch.linear(h, torch.slice(down, 1, column, column + torch.size(h, -1)))
      if i > 0:
        d = torch.add(by_out[0], d)
      by_out = annotate(List[Tensor], [d])
      column = column + torch.size(h, -1)
  if torch.gt(torch.len(by_out), 0):
    y = __torch__.lora_rows(y, annotate(List[Tensor], [__torch__.lora_scaled(by_out[0], w, out)]), w, out, 0)
  return y
def silu_part(x: Tensor, by_gate: List[Tensor], by_value: List[Tensor], w: Dict[str, Tensor], gate: str, i: int, value: str, j: int) -> Tensor:
  # SiLU and the product are fused into the layers, unless a LoRA applies before them.
  if torch.eq(torch.len(by_gate) + torch.len(by_value), 0):
    g = ops.mkldnn._linear_pointwise(x, __torch__.part(w, gate, i), None, "swish", annotate(List[Optional[number]], []), "")
    y = ops.mkldnn._linear_pointwise(x, g, __torch__.part(w, value, j), None, "mul")
  else:
    y = torch.mul_(torch.silu_(__torch__.linear_part(x, by_gate, w, gate, i)), __torch__.linear_part(x, by_value, w, value, j))
  return y
def linear_part(x: Tensor, by_lora: List[Tensor], w: Dict[str, Tensor], p: str, i: int) -> Tensor:
  # A part of a layer's outputs.
  first = 0
  for j in range(i):
    first = first + torch.size(__torch__.part(w, p, j), 0)
  return __torch__.lora_rows(__torch__.packed_linear(x, __torch__.part(w, p, i), None), by_lora, w, p, first)
def part(w: Dict[str, Tensor], p: str, i: int) -> Tensor:
  name = p + ".weight"
  if i > 0:
    name = p + "." + str(i) + ".weight"
  return w[name]
def parts(w: Dict[str, Tensor], p: str) -> int:
  # The number of parts of a layer.
  n = 1
  while torch.__contains__(w, p + "." + str(n) + ".weight"):
    n = n + 1
  return n
def packed_linear(x: Tensor, weight: Tensor, bias: Optional[Tensor]) -> Tensor:
  return ops.mkldnn._linear_pointwise(x, weight, bias, "none", annotate(List[Optional[number]], []), "")
def conv(x: Tensor, w: Dict[str, Tensor], p: str, stride: int, pad: int) -> Tensor:
  # A 1x1 kernel is packed as a matrix.
  weight = w[p + ".weight"]
  if torch.eq(torch.dim(weight), 2):
    y = torch.permute(__torch__.packed_linear(torch.permute(x, [0, 2, 3, 1]), weight, w[p + ".bias"]), [0, 3, 1, 2])
  else:
    y = ops.mkldnn._convolution_pointwise(x, weight, w[p + ".bias"], [pad, pad], [stride, stride], [1, 1], 1, "none", annotate(List[Optional[number]], []), "")
  return __torch__.lora_conv(y, x, w, p, stride, pad)
def enlarged_conv3(x: Tensor, w: Dict[str, Tensor], p: str, height: int, width: int, wrap: int) -> Tensor:
  # A convolution over x resized by nearest neighbour; for twice the size and a packed weight, it reads x directly.
  twice = torch.__contains__(w, p + ".doubling.weight")
  if torch.ne(height, 2 * torch.size(x, 2)) or torch.ne(width, 2 * torch.size(x, 3)):
    twice = False
  if torch.__not__(twice):
    y = __torch__.conv3(torch.upsample_nearest2d(x, [height, width]), w, p, 1, wrap)
  else:
    if wrap > 0:
      y = __torch__.doubling_conv(__torch__.bordered(x, wrap, 1, 1), w, p, 3, 3)
    else:
      y = __torch__.doubling_conv(x, w, p, 1, 1)
    if torch.__contains__(w, p + ".lora_down.weight"):
      x = torch.upsample_nearest2d(x, [height, width])
      if wrap > 0:
        y = __torch__.lora_conv(y, __torch__.bordered(x, wrap, 1, 1), w, p, 1, 0)
      else:
        y = __torch__.lora_conv(y, x, w, p, 1, 1)
  return y
def doubling_conv(x: Tensor, w: Dict[str, Tensor], p: str, rows: int, columns: int) -> Tensor:
  # rows and columns are cropped from each edge of the result.
  return ops.mkldnn._convolution_transpose_pointwise(x, w[p + ".doubling.weight"], w[p + ".bias"], [rows, columns], [0, 0], [2, 2], [1, 1], 1, "none", annotate(List[Optional[number]], []), "")
def conv_sum(sum: Tensor, x: Tensor, w: Dict[str, Tensor], p: str, pad: int) -> Tensor:
  # Takes one pass over memory. For a single position, strides do not determine the layout, and oneDNN rejects some of them.
  if torch.eq(torch.size(sum, 2) * torch.size(sum, 3), 1):
    y = torch.add(sum, __torch__.conv(x, w, p, 1, pad))
  else:
    y = ops.mkldnn._convolution_pointwise(x, sum, w[p + ".weight"], w[p + ".bias"], [pad, pad], [1, 1], [1, 1], 1, "add", 1., annotate(Optional[str], None), annotate(List[Optional[number]], []), annotate(Optional[str], None))
    y = __torch__.lora_conv(y, x, w, p, 1, pad)
  return y
def resnet_sum(x: Tensor, h: Tensor, w: Dict[str, Tensor], p: str, wrap: int) -> Tensor:
  # The end of a residual block.
  x = __torch__.shortcut(x, w, p)
  if wrap > 0:
    y = __torch__.conv_sum(x, __torch__.bordered(h, wrap, 1, 1), w, p + ".conv2", 0)
  else:
    y = __torch__.conv_sum(x, h, w, p + ".conv2", 1)
  return y
def rows_conv(x: Tensor, w: Dict[str, Tensor], p: str, stride: int, rows: int, columns: int) -> Tensor:
  # A convolution with the given zero padding for rows and columns.
  if torch.eq(torch.dim(w[p + ".weight"]), 2):
    y = __torch__.conv(x, w, p, stride, 0)
  else:
    y = ops.mkldnn._convolution_pointwise(x, w[p + ".weight"], w[p + ".bias"], [rows, columns], [stride, stride], [1, 1], 1, "none", annotate(List[Optional[number]], []), "")
  return y
def rows_conv_sum(sum: Tensor, x: Tensor, w: Dict[str, Tensor], p: str, rows: int, columns: int) -> Tensor:
  # In place, and in one pass over memory if sum is contiguous.
  if torch.eq(torch.size(sum, 0), 1) and torch.gt(torch.size(sum, 2) * torch.size(sum, 3), 1):
    y = ops.mkldnn._convolution_pointwise_(sum, x, w[p + ".weight"], w[p + ".bias"], [rows, columns], [1, 1], [1, 1], 1, "add", 1., annotate(Optional[str], None), annotate(List[Optional[number]], []), annotate(Optional[str], None))
  else:
    y = torch.add_(sum, __torch__.rows_conv(x, w, p, 1, rows, columns))
  return y
def doubled_rows_conv(x: Tensor, w: Dict[str, Tensor], p: str, rows: int, columns: int) -> Tensor:
  # A convolution over x doubled in size. The edge rows and columns are only inputs, unless there is zero padding.
  if torch.__contains__(w, p + ".doubling.weight"):
    y = __torch__.doubling_conv(x, w, p, 3 - 2 * rows, 3 - 2 * columns)
  else:
    height, width = 2 * torch.size(x, 2), 2 * torch.size(x, 3)
    x = torch.upsample_nearest2d(x, [height, width])
    x = torch.slice(torch.slice(x, 2, 1 - rows, height - 1 + rows), 3, 1 - columns, width - 1 + columns)
    y = __torch__.rows_conv(x, w, p, 1, rows, columns)
  return y
