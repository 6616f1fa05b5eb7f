def quantised(x: Tensor) -> Tuple[Tensor, float, int]:
  # 8-bit integers (dtype 0) for x, with their scale and zero point: x is about scale * (q - zero). The range is that of all values, and includes 0.
  # An addition and a reorder by oneDNN, which rounds to nearest and saturates, cost a fraction of round, clamp and conversion.
  x = torch.contiguous(x)
  low, high = torch.aminmax(x)
  bottom = float(torch.clamp_max(low, 0))
  scale = (float(torch.clamp_min(high, 0)) - bottom) / 255.
  zero = 0
  # If x has NaN or infinity, the scale alone makes NaN of all results.
  if scale - scale == 0.:
    scale = ops.prim.max(scale, 1.e-30)
    zero = int(torch.round(-bottom / scale))
  at = torch.full([], zero, dtype=x.dtype, layout=0, device=x.device, pin_memory=False)
  if torch.numel(x) <= 8388608:
    q = torch.to_dense(torch.to_mkldnn(torch.add(at, x, alpha=1. / scale), 0))
  else:
    # Blocks of large tensors stay in the cache, and need no new memory.
    q = torch.empty(torch.size(x), dtype=0, layout=0, device=x.device, pin_memory=False)
    flat = torch.view(x, [-1])
    into = torch.view(q, [-1])
    block = 524288
    for i in range((torch.numel(x) + block - 1) // block):
      part = torch.slice(flat, 0, i * block, i * block + block)
      _0 = torch.copy_(torch.slice(into, 0, i * block, i * block + block), torch.to_dense(torch.to_mkldnn(torch.add(at, part, alpha=1. / scale), 0)))
  return (q, scale, zero)
def is_rounded(w: Dict[str, Tensor], name: str) -> bool:
  # Whether a weight is in integers; one that a LoRA was patched into is not, nor are those that integers would not make faster.
  return torch.eq(w[name].dtype, 1)
def quantised_for(x: Tensor, w: Dict[str, Tensor], names: List[str]) -> Tuple[Tensor, float, int]:
  # The integers for x if one of the weights needs them.
  any = False
  for i in range(torch.len(names)):
    if __torch__.is_rounded(w, names[i]):
      any = True
  if any:
    q, scale, zero = __torch__.quantised(x)
  else:
    q, scale, zero = x, 1., 0
  return (q, scale, zero)
def product(x: Tensor, q: Tuple[Tensor, float, int], w: Dict[str, Tensor], name: str, bias: Optional[Tensor], then: str) -> Tensor:
  # x, or its integers q, times a weight, then "none", "gelu" or "swish".
  weight = w[name]
  if __torch__.is_rounded(w, name):
    integers, scale, zero = q
    scales = w[name + "_scale"]
    y = ops.onednn.qlinear_pointwise(integers, scale, zero, weight, scales, __torch__.zeros_for(scales), bias, 1., 0, x.dtype, then, annotate(List[Optional[number]], []), "none")
  elif weight.is_mkldnn:
    y = ops.mkldnn._linear_pointwise(x, weight, bias, then, annotate(List[Optional[number]], []), "none")
  else:
    y = torch.linear(x, weight, bias)
    if torch.eq(then, "gelu"):
      y = torch.gelu_(y)
    elif torch.eq(then, "swish"):
      y = torch.silu_(y)
  return y
def product_sum(sum: Tensor, x: Tensor, q: Tuple[Tensor, float, int], w: Dict[str, Tensor], name: str, bias: Optional[Tensor]) -> Tensor:
  # Takes one pass over memory.
  weight = w[name]
  if __torch__.is_rounded(w, name):
    integers, scale, zero = q
    scales = w[name + "_scale"]
    y = ops.onednn.qlinear_pointwise(integers, scale, zero, weight, scales, __torch__.zeros_for(scales), sum, bias, 1., 0, x.dtype, 1., 0, "add", 1., "none", annotate(List[Optional[number]], []), "none")
  elif weight.is_mkldnn:
    y = ops.mkldnn._linear_pointwise(x, sum, weight, bias, "add")
  else:
    y = torch.add_(torch.linear(x, weight, bias), sum)
  return y
def zeros_for(scales: Tensor) -> Tensor:
  # Weights have no zero points.
  return torch.zeros([torch.size(scales, 0)], dtype=3, layout=0, device=scales.device, pin_memory=False)
def linear(x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  name = p + ".weight"
  y = __torch__.product(x, __torch__.quantised_for(x, w, [name]), w, name, __torch__.bias(w, p), "none")
  return __torch__.lora_linear(y, x, w, p)
def linears(x: Tensor, w: Dict[str, Tensor], names: List[str]) -> List[Tensor]:
  # Layers over the same input, which is rounded once.
  weights = annotate(List[str], [])
  for i in range(torch.len(names)):
    _0 = torch.append(weights, names[i] + ".weight")
  q = __torch__.quantised_for(x, w, weights)
  results = annotate(List[Tensor], [])
  for i in range(torch.len(names)):
    y = __torch__.product(x, q, w, weights[i], __torch__.bias(w, names[i]), "none")
    _1 = torch.append(results, __torch__.lora_linear(y, x, w, names[i]))
  return results
def linear_sum(sum: Tensor, x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  name = p + ".weight"
  y = __torch__.product_sum(sum, x, __torch__.quantised_for(x, w, [name]), w, name, __torch__.bias(w, p))
  return __torch__.lora_linear(y, x, w, p)
def geglu(x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  # Shazeer 2020, "GLU Variants Improve Transformer". GELU is fused into the layer, unless a LoRA applies before it. The halves may be packed
  # or not.
  name = p + ".weight"
  gate = p + ".gate.weight"
  adapted = torch.__contains__(w, p + ".lora_down.weight")
  if torch.__contains__(w, gate):
    bias, gate_bias = torch.chunk(w[p + ".bias"], 2)
    q = __torch__.quantised_for(x, w, [name, gate])
    a = __torch__.product(x, q, w, name, bias, "none")
    if adapted:
      g = __torch__.product(x, q, w, gate, gate_bias, "none")
      h = __torch__.lora_scaled(torch.linear(x, w[p + ".lora_down.weight"]), w, p)
      h = torch.reshape(h, [-1, torch.size(h, -1)])
      up, gate_up = torch.chunk(w[p + ".lora_up.weight"], 2, 0)
      _0 = torch.addmm_(torch.view(a, [-1, torch.size(up, 0)]), h, torch.t(up))
      _1 = torch.addmm_(torch.view(g, [-1, torch.size(up, 0)]), h, torch.t(gate_up))
      y = torch.mul_(a, torch.gelu_(g))
    else:
      y = torch.mul_(a, __torch__.product(x, q, w, gate, gate_bias, "gelu"))
  else:
    a, g = torch.chunk(__torch__.linear(x, w, p), 2, -1)
    y = torch.mul(a, torch.gelu(g))
  return y
def silu_gated(x: Tensor, w: Dict[str, Tensor], gate: str, value: str) -> Tensor:
  # Two layers named gate and value (Shazeer 2020). SiLU is fused into the layer, unless a LoRA applies before it.
  q = __torch__.quantised_for(x, w, [gate + ".weight", value + ".weight"])
  v = __torch__.lora_linear(__torch__.product(x, q, w, value + ".weight", __torch__.bias(w, value), "none"), x, w, value)
  if torch.__contains__(w, gate + ".lora_down.weight"):
    g = __torch__.product(x, q, w, gate + ".weight", __torch__.bias(w, gate), "none")
    g = torch.silu_(__torch__.lora_linear(g, x, w, gate))
  else:
    g = __torch__.product(x, q, w, gate + ".weight", __torch__.bias(w, gate), "swish")
  return torch.mul_(g, v)
def silu_mlp(ins: List[Tensor], x: Tensor, q: Tuple[Tensor, float, int], w: Dict[str, Tensor], gate: str, gates: int, value: str, values: int, out: str) -> Tensor:
  # out([ins, silu(gate(x)) * value(x)]) part by part, so that inner values have scales of their own and are never concatenated. Gates and values
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
      h = __torch__.silu_part(x, q, by_gate, by_value, w, gate, gates + j, value, values + j)
    name = __torch__.part_name(out, i)
    rounded = __torch__.quantised_for(h, w, [name])
    if i > 0:
      y = __torch__.product_sum(y, h, rounded, w, name, None)
    else:
      y = __torch__.product(h, rounded, w, name, None, "none")
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
def silu_part(x: Tensor, q: Tuple[Tensor, float, int], by_gate: List[Tensor], by_value: List[Tensor], w: Dict[str, Tensor], gate: str, i: int, value: str, j: int) -> Tensor:
  # SiLU is fused into the layer, unless a LoRA applies before it.
  if torch.eq(torch.len(by_gate), 0):
    g = __torch__.product(x, q, w, __torch__.part_name(gate, i), None, "swish")
  else:
    g = torch.silu_(__torch__.linear_part(x, q, by_gate, w, gate, i))
  return torch.mul_(g, __torch__.linear_part(x, q, by_value, w, value, j))
def linear_part(x: Tensor, q: Tuple[Tensor, float, int], by_lora: List[Tensor], w: Dict[str, Tensor], p: str, i: int) -> Tensor:
  # A part of a layer's outputs.
  y = __torch__.product(x, q, w, __torch__.part_name(p, i), None, "none")
  first = 0
  # The parts before are as wide as their scales, or as their matrix.
  for j in range(i):
    name = __torch__.part_name(p, j)
    if __torch__.is_rounded(w, name):
      first = first + torch.size(w[name + "_scale"], 0)
    else:
      first = first + torch.size(w[name], 0)
  return __torch__.lora_rows(y, by_lora, w, p, first)
def part_name(p: str, i: int) -> str:
  name = p + ".weight"
  if i > 0:
    name = p + "." + str(i) + ".weight"
  return name
def parts(w: Dict[str, Tensor], p: str) -> int:
  # The number of parts of a layer.
  n = 1
  while torch.__contains__(w, __torch__.part_name(p, n)):
    n = n + 1
  return n
def conv(x: Tensor, w: Dict[str, Tensor], p: str, stride: int, pad: int) -> Tensor:
  # A 1x1 kernel is packed as a matrix.
  name = p + ".weight"
  weight = w[name]
  if torch.eq(torch.dim(weight), 2):
    rows = torch.permute(x, [0, 2, 3, 1])
    y = __torch__.product(rows, __torch__.quantised_for(rows, w, [name]), w, name, w[p + ".bias"], "none")
    y = torch.permute(y, [0, 3, 1, 2])
  elif __torch__.is_rounded(w, name):
    q, scale, zero = __torch__.quantised(torch.permute(x, [0, 2, 3, 1]))
    q = torch.permute(q, [0, 3, 1, 2])
    scales = w[name + "_scale"]
    y = ops.onednn.qconv2d_pointwise(q, scale, zero, weight, scales, __torch__.zeros_for(scales), w[p + ".bias"], [stride, stride], [pad, pad], [1, 1], 1, 1., 0, x.dtype, "none", annotate(List[Optional[number]], []), "none")
  elif weight.is_mkldnn:
    y = ops.mkldnn._convolution_pointwise(x, weight, w[p + ".bias"], [pad, pad], [stride, stride], [1, 1], 1, "none", annotate(List[Optional[number]], []), "")
  else:
    y = torch.conv2d(x, weight, w[p + ".bias"], [stride, stride], [pad, pad])
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
      y = __torch__.doubling_conv(__torch__.bordered(x, wrap, 1, 1), w, p, 3)
    else:
      y = __torch__.doubling_conv(x, w, p, 1)
    if torch.__contains__(w, p + ".lora_down.weight"):
      x = torch.upsample_nearest2d(x, [height, width])
      if wrap > 0:
        y = __torch__.lora_conv(y, __torch__.bordered(x, wrap, 1, 1), w, p, 1, 0)
      else:
        y = __torch__.lora_conv(y, x, w, p, 1, 1)
  return y
def doubling_conv(x: Tensor, w: Dict[str, Tensor], p: str, cropped: int) -> Tensor:
  # Crops rows and columns from each edge of the result.
  return ops.mkldnn._convolution_transpose_pointwise(x, w[p + ".doubling.weight"], w[p + ".bias"], [cropped, cropped], [0, 0], [2, 2], [1, 1], 1, "none", annotate(List[Optional[number]], []), "")
def conv_sum(sum: Tensor, x: Tensor, w: Dict[str, Tensor], p: str, pad: int) -> Tensor:
  return torch.add_(__torch__.conv(x, w, p, 1, pad), sum)
def resnet_sum(x: Tensor, h: Tensor, w: Dict[str, Tensor], p: str, wrap: int) -> Tensor:
  # The end of a residual block.
  return torch.add_(__torch__.conv3(h, w, p + ".conv2", 1, wrap), __torch__.shortcut(x, w, p))
