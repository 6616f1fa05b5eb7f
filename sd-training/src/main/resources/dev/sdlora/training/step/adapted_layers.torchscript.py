def linear(x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  # A linear layer with its change. The bias is not part of the outputs that IA3 multiplies.
  if __torch__.adapts(w, p, "ia3.inputs"):
    x = torch.mul(x, __torch__.ia3_factors(x, w, p, w[p + ".ia3.inputs"]))
  weight = __torch__.adapted_weight(w, p, x.dtype)
  if __torch__.adapts(w, p, "ia3.outputs"):
    y = torch.mul(torch.linear(x, weight), __torch__.ia3_factors(x, w, p, w[p + ".ia3.outputs"]))
    bias = __torch__.bias(w, p)
    if torch.__isnot__(bias, None):
      y = torch.add(y, unchecked_cast(Tensor, bias))
  else:
    y = torch.linear(x, weight, __torch__.bias(w, p))
  return __torch__.lora_linear(y, x, w, p)
def conv(x: Tensor, w: Dict[str, Tensor], p: str, stride: int, pad: int) -> Tensor:
  # A convolution with its change.
  y = torch.conv2d(x, __torch__.adapted_weight(w, p, x.dtype), w[p + ".bias"], [stride, stride], [pad, pad])
  return __torch__.lora_conv(y, x, w, p, stride, pad)
def lora_linear(y: Tensor, x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  # Adds a change that is not part of the weight to the output of a linear layer.
  if __torch__.adapts(w, p, "lora_down.weight"):
    if torch.__not__(torch.__contains__(w, p + ".dora_scale")):
      down = torch.to(torch.flatten(w[p + ".lora_down.weight"], 1), x.dtype)
      up = torch.to(torch.flatten(w[p + ".lora_up.weight"], 1), x.dtype)
      h = __torch__.lora_scaled(__torch__.dropped(torch.linear(x, down), w, p), w, p)
      _0 = torch.addmm_(torch.view(y, [-1, torch.size(up, 0)]), torch.reshape(h, [-1, torch.size(up, 1)]), torch.t(up))
  if __torch__.adapts(w, p, "lokr_w1"):
    if torch.__not__(torch.__contains__(w, p + ".dora_scale")):
      y = torch.add(y, __torch__.output_change(__torch__.lokr_linear(x, w, p), w, p))
  if __torch__.adapts(w, p, "hada_w1_a"):
    if torch.numel(w[p + ".lora_scale"]) > 1:
      d = torch.to(__torch__.loha(w, p), x.dtype)
      y = torch.add(y, __torch__.output_change(torch.linear(x, d), w, p))
  return y
def lora_conv(y: Tensor, x: Tensor, w: Dict[str, Tensor], p: str, stride: int, pad: int) -> Tensor:
  # Adds a change that is not part of the weight to the output of a convolution.
  if __torch__.adapts(w, p, "lora_down.weight"):
    if torch.__not__(torch.__contains__(w, p + ".dora_scale")):
      h = torch.conv2d(x, torch.to(w[p + ".lora_down.weight"], x.dtype), None, [stride, stride], [pad, pad])
      h = __torch__.lora_scaled(__torch__.dropped(h, w, p), w, p)
      _0 = torch.add_(y, torch.conv2d(h, torch.to(w[p + ".lora_up.weight"], x.dtype)))
  if __torch__.adapts(w, p, "lokr_w1"):
    if torch.__not__(torch.__contains__(w, p + ".dora_scale")):
      y = torch.add(y, __torch__.output_change(__torch__.lokr_conv(x, w, p, stride, pad), w, p))
  if __torch__.adapts(w, p, "hada_w1_a"):
    if torch.numel(w[p + ".lora_scale"]) > 1:
      weight = __torch__.weight(w, p, x.dtype)
      d = torch.to(torch.reshape(__torch__.loha(w, p), torch.size(weight)), x.dtype)
      y = torch.add(y, __torch__.output_change(torch.conv2d(x, d, None, [stride, stride], [pad, pad]), w, p))
  return y
def adapts(w: Dict[str, Tensor], p: str, factor: str) -> bool:
  # Whether a layer is changed by a kind of adapter. It has no scale while dropout leaves it unchanged.
  return torch.__contains__(w, p + ".lora_scale") and torch.__contains__(w, p + "." + factor)
def adapted_weight(w: Dict[str, Tensor], p: str, dtype: int) -> Tensor:
  # The weight of a layer, with the change of kinds whose outputs cannot be computed from their factors. The change is computed in float32.
  weight = __torch__.weight(w, p, dtype)
  if __torch__.adapts(w, p, "dora_scale"):
    # V = W + change; its rows are scaled to the trained norms.
    v = torch.add(torch.to(weight, 6), torch.mul(__torch__.change(w, p, torch.size(weight)), w[p + ".lora_scale"]))
    rows = torch.flatten(v, 1)
    norms = torch.sqrt(torch.sum(torch.mul(rows, rows), [1], True))
    ratio = torch.div(torch.reshape(w[p + ".dora_scale"], [-1, 1]), torch.add(norms, 1.1920928955078125e-07))
    weight = torch.to(torch.reshape(torch.mul(rows, ratio), torch.size(weight)), dtype)
  else:
    if __torch__.adapts(w, p, "hada_w1_a"):
      if torch.numel(w[p + ".lora_scale"]) == 1:
        change = torch.mul(__torch__.change(w, p, torch.size(weight)), w[p + ".lora_scale"])
        weight = torch.to(torch.add(torch.to(weight, 6), change), dtype)
  return weight
def change(w: Dict[str, Tensor], p: str, shape: List[int]) -> Tensor:
  # The change of a weight without its scale.
  if torch.__contains__(w, p + ".hada_w1_a"):
    d = __torch__.loha(w, p)
  else:
    if torch.__contains__(w, p + ".lokr_w1"):
      d = __torch__.lokr(w, p, shape)
    else:
      up = torch.to(torch.flatten(w[p + ".lora_up.weight"], 1), 6)
      d = __torch__.kept_rows(torch.matmul(up, torch.to(torch.flatten(w[p + ".lora_down.weight"], 1), 6)), w, p)
  return torch.reshape(d, shape)
def kept_rows(d: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  # A change [out, ...] without the rows that dropout leaves out.
  if torch.__contains__(w, p + ".lora_rows"):
    d = torch.mul(torch.flatten(d, 1), torch.unsqueeze(w[p + ".lora_rows"], 1))
  return d
def loha(w: Dict[str, Tensor], p: str) -> Tensor:
  # (a1 · b1) ⊙ (a2 · b2), [out, in·k·k]
  first = torch.matmul(w[p + ".hada_w1_a"], w[p + ".hada_w1_b"])
  d = torch.mul(first, torch.matmul(w[p + ".hada_w2_a"], w[p + ".hada_w2_b"]))
  return __torch__.kept_rows(d, w, p)
def lokr(w: Dict[str, Tensor], p: str, shape: List[int]) -> Tensor:
  # kron(w1 [a, c], w2 [b, d·k·k]): row a·b, column c·d·k·k
  w1 = w[p + ".lokr_w1"]
  if torch.__contains__(w, p + ".lokr_w2"):
    w2 = torch.flatten(w[p + ".lokr_w2"], 1)
  else:
    w2 = torch.matmul(w[p + ".lokr_w2_a"], w[p + ".lokr_w2_b"])
  d = torch.mul(torch.reshape(w1, [torch.size(w1, 0), 1, torch.size(w1, 1), 1]), torch.unsqueeze(torch.unsqueeze(w2, 1), 0))
  return __torch__.kept_rows(torch.reshape(d, [shape[0], -1]), w, p)
def lokr_linear(x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  # x · kron(w1, w2)ᵀ without building the product: w2 acts inside each block of inputs, w1 between blocks.
  w1 = torch.to(w[p + ".lokr_w1"], x.dtype)
  h = torch.unflatten(x, -1, [torch.size(w1, 1), -1])
  if torch.__contains__(w, p + ".lokr_w2"):
    h = torch.linear(h, torch.to(torch.flatten(w[p + ".lokr_w2"], 1), x.dtype))
  else:
    h = torch.linear(torch.linear(h, torch.to(w[p + ".lokr_w2_b"], x.dtype)), torch.to(w[p + ".lokr_w2_a"], x.dtype))
  y = torch.flatten(torch.matmul(w1, h), -2)
  if torch.__contains__(w, p + ".lora_rows"):
    y = torch.mul(y, torch.to(w[p + ".lora_rows"], y.dtype))
  return y
def lokr_conv(x: Tensor, w: Dict[str, Tensor], p: str, stride: int, pad: int) -> Tensor:
  # The same for a convolution: w2 is one over each block of channels.
  w1 = torch.to(w[p + ".lokr_w1"], x.dtype)
  n, c = torch.size(x, 0), torch.size(w1, 1)
  h = torch.flatten(torch.unflatten(x, 1, [c, -1]), 0, 1)
  if torch.__contains__(w, p + ".lokr_w2"):
    h = torch.conv2d(h, torch.to(w[p + ".lokr_w2"], x.dtype), None, [stride, stride], [pad, pad])
  else:
    weight = __torch__.weight(w, p, x.dtype)
    kernel = [-1, torch.size(h, 1), torch.size(weight, 2), torch.size(weight, 3)]
    inner = torch.reshape(torch.to(w[p + ".lokr_w2_b"], x.dtype), kernel)
    h = torch.conv2d(h, inner, None, [stride, stride], [pad, pad])
    h = torch.conv2d(h, torch.unsqueeze(torch.unsqueeze(torch.to(w[p + ".lokr_w2_a"], x.dtype), 2), 3))
  rows, columns = torch.size(h, 2), torch.size(h, 3)
  y = torch.reshape(torch.matmul(w1, torch.reshape(h, [n, c, -1])), [n, -1, rows, columns])
  if torch.__contains__(w, p + ".lora_rows"):
    y = torch.mul(y, torch.unsqueeze(torch.unsqueeze(torch.to(w[p + ".lora_rows"], y.dtype), 1), 2))
  return y
def output_change(d: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  # The change of outputs [B, ...], scaled for each member.
  scale = torch.reshape(w[p + ".lora_scale"], torch.add([-1], torch.mul([1], torch.sub(torch.dim(d), 1))))
  return torch.mul(d, torch.to(scale, d.dtype))
def ia3_factors(x: Tensor, w: Dict[str, Tensor], p: str, values: Tensor) -> Tensor:
  # 1 + scale · values for each member of a batch, with the dimensions of x.
  scale = torch.reshape(w[p + ".lora_scale"], torch.add([-1], torch.mul([1], torch.sub(torch.dim(x), 1))))
  return torch.to(torch.add(torch.mul(scale, values), 1), x.dtype)
def dropped(h: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  # The inner values of a LoRA after dropout. The mask of a seed is the same whenever it is computed.
  if torch.__contains__(w, p + ".lora_dropout"):
    seed, share = torch.unbind(w[p + ".lora_dropout"])
    numbers = torch.rand(torch.size(h), generator=torch.Generator(device="cpu", seed=int(seed)))
    numbers = torch.to(numbers, h.device, 6)
    h = torch.div(torch.mul(h, torch.ge(numbers, float(share))), 1. - float(share))
  if torch.__contains__(w, p + ".lora_ranks"):
    kept = torch.to(w[p + ".lora_ranks"], h.dtype)
    if torch.eq(torch.dim(h), 4):
      kept = torch.unsqueeze(torch.unsqueeze(kept, 2), 3)
    else:
      if torch.eq(torch.dim(h), 3):
        kept = torch.unsqueeze(kept, 1)
    h = torch.mul(h, kept)
  return h
