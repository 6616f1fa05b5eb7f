def conv3(x: Tensor, w: Dict[str, Tensor], p: str, stride: int, wrap: int) -> Tensor:
  # A 3x3 convolution that keeps the size of x. Padding is zero, or wraps around to the opposite edge.
  if wrap > 0:
    y = __torch__.conv(__torch__.bordered(x, wrap, 1, 1), w, p, stride, 0)
  else:
    y = __torch__.conv(x, w, p, stride, 1)
  return y
def bordered(x: Tensor, wrap: int, before: int, after: int) -> Tensor:
  # Adds rows above and below, and columns left and right. wrap: 1 wraps horizontally, 2 vertically, 3 both.
  x = __torch__.border(x, 2, wrap // 2, before, after)
  return __torch__.border(x, 3, wrap % 2, before, after)
def border(x: Tensor, dim: int, wraps: int, before: int, after: int) -> Tensor:
  if wraps > 0:
    n = torch.size(x, dim)
    x = torch.cat([torch.slice(x, dim, n - before, n), x, torch.slice(x, dim, 0, after)], dim)
  else:
    sides = [0, 0, before, after]
    if dim > 2:
      sides = [before, after, 0, 0]
    x = torch.constant_pad_nd(x, sides, 0)
  return x
def in_float32(w: Dict[str, Tensor], names: List[str]) -> Dict[str, Tensor]:
  # The weights of some layers and their LoRAs in float32 (dtype 6); weights stored in another format are left out.
  wide = annotate(Dict[str, Tensor], {})
  keys = torch.keys(w)
  for i in range(torch.len(names)):
    start = names[i] + "."
    stored = start + "stored"
    for key in keys:
      if torch.startswith(key, start):
        if torch.__not__(torch.startswith(key, stored)):
          _0 = torch._set_item(wide, key, torch.to(w[key], 6))
  return wide
def lora_linear(y: Tensor, x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  # Adds a LoRA's change to the output of a linear layer, if there is one. In place: y is read and written once more, without allocation.
  # Its factors may have the shape of a 1x1 convolution.
  if torch.__contains__(w, p + ".lora_down.weight"):
    h = __torch__.lora_scaled(torch.linear(x, torch.flatten(w[p + ".lora_down.weight"], 1)), w, p)
    up = torch.flatten(w[p + ".lora_up.weight"], 1)
    _0 = torch.addmm_(torch.view(y, [-1, torch.size(up, 0)]), torch.reshape(h, [-1, torch.size(up, 1)]), torch.t(up))
  return y
def lora_hidden(x: Tensor, w: Dict[str, Tensor], p: str) -> List[Tensor]:
  # The scaled inner values of a LoRA, if there is one.
  h = annotate(List[Tensor], [])
  if torch.__contains__(w, p + ".lora_down.weight"):
    _0 = torch.append(h, __torch__.lora_scaled(torch.linear(x, torch.flatten(w[p + ".lora_down.weight"], 1)), w, p))
  return h
def lora_rows(y: Tensor, h: List[Tensor], w: Dict[str, Tensor], p: str, first: int) -> Tensor:
  # Adds a LoRA's change to some of a layer's outputs, in place.
  if torch.gt(torch.len(h), 0):
    n = torch.size(y, -1)
    up = torch.slice(torch.flatten(w[p + ".lora_up.weight"], 1), 0, first, first + n)
    _0 = torch.addmm_(torch.view(y, [-1, n]), torch.reshape(h[0], [-1, torch.size(up, 1)]), torch.t(up))
  return y
def lora_conv(y: Tensor, x: Tensor, w: Dict[str, Tensor], p: str, stride: int, pad: int) -> Tensor:
  # Adds a LoRA's change to the output of a convolution, if there is one.
  if torch.__contains__(w, p + ".lora_down.weight"):
    h = __torch__.lora_scaled(torch.conv2d(x, w[p + ".lora_down.weight"], None, [stride, stride], [pad, pad]), w, p)
    _0 = torch.add_(y, torch.conv2d(h, w[p + ".lora_up.weight"]))
  return y
def bias(w: Dict[str, Tensor], p: str) -> Optional[Tensor]:
  found = annotate(Optional[Tensor], None)
  if torch.__contains__(w, p + ".bias"):
    found = w[p + ".bias"]
  return found
def lora_scaled(h: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  # Scaling between the two factors takes the fewest multiplications. The scale is one value for the batch or one for each
  # of its members, [1] or [B], or one for each rank component, [1, R] or [1, R, 1, 1].
  scale = w[p + ".lora_scale"]
  if torch.eq(torch.dim(scale), 1):
    scale = torch.reshape(scale, torch.add([-1], torch.mul([1], torch.sub(torch.dim(h), 1))))
  else:
    if torch.gt(torch.dim(scale), torch.dim(h)):
      scale = torch.flatten(scale)
  scaled = torch.mul(h, scale)
  if torch.__contains__(w, p + ".lora_regions"):
    scaled = torch.mul(scaled, __torch__.region_map(h, w, p + ".lora_regions"))
  if torch.__contains__(w, p + ".lora_query_regions"):
    scaled = torch.mul(scaled, __torch__.query_regions(h, w, p + ".lora_query_regions"))
  return torch.to(scaled, h.dtype)
def region_map(h: Tensor, w: Dict[str, Tensor], regions: str) -> Tensor:
  # How far each position of h is inside the region of each rank component: h [B, n, R] -> [n, R], h [B, R, H, W] -> [R, H, W].
  # A level is identified by its number of positions; its masks are [n, M], the first of them all ones.
  if torch.eq(torch.dim(h), 4):
    hh, ww = torch.size(h, 2), torch.size(h, 3)
    inside = torch.matmul(w["lora_masks." + str(hh * ww)], w[regions])
    inside = torch.permute(torch.reshape(inside, [hh, ww, -1]), [2, 0, 1])
  else:
    inside = torch.matmul(w["lora_masks." + str(torch.size(h, 1))], w[regions])
  return inside
def query_regions(h: Tensor, w: Dict[str, Tensor], regions: str) -> Tensor:
  # h [B, M * n, R], concatenated inputs for queries in M regions -> [M * n, R]: 1 for components that apply everywhere or in the region.
  inside = torch.matmul(w["lora_masks.queries"], w[regions])
  return torch.repeat_interleave(inside, torch.size(h, 1) // torch.size(inside, 0), 0)
def kept(room: List[Tensor], i: int, shape: List[int], like: Tensor) -> Tensor:
  # Memory that block i of a list keeps from one layer to the next. Large memory that is allocated is mapped anew, and the first touch of its
  # pages takes as long as several passes over it.
  size = 1
  for side in shape:
    size = size * side
  while torch.len(room) <= i:
    _0 = torch.append(room, torch.empty([0], dtype=like.dtype, layout=0, device=like.device, pin_memory=False))
  if torch.numel(room[i]) < size:
    _1 = torch._set_item(room, i, torch.empty([size], dtype=like.dtype, layout=0, device=like.device, pin_memory=False))
  return torch.view(torch.slice(room[i], 0, 0, size), shape)
def layer_norm(x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  return torch.layer_norm(x, [torch.size(x, -1)], w[p + ".weight"], w[p + ".bias"], 1e-5)
def group_norm(x: Tensor, w: Dict[str, Tensor], p: str, eps: float) -> Tensor:
  return torch.group_norm(x, 32, w[p + ".weight"], w[p + ".bias"], eps)
def heads_attention(q: Tensor, k: Tensor, v: Tensor, heads: int, causal: bool) -> Tensor:
  # q [B, m, C], k and v [B, n, C] -> [B, m, C]
  b, m, c = torch.size(q)
  n = torch.size(k, 1)
  q = torch.transpose(torch.view(q, [b, m, heads, c // heads]), 1, 2)
  k = torch.transpose(torch.view(k, [b, n, heads, c // heads]), 1, 2)
  v = torch.transpose(torch.view(v, [b, n, heads, c // heads]), 1, 2)
  o = torch.scaled_dot_product_attention(q, k, v, None, 0., causal)
  return torch.reshape(torch.transpose(o, 1, 2), [b, m, c])
def resnet(x: Tensor, emb: Tensor, w: Dict[str, Tensor], p: str, eps: float, wrap: int) -> Tensor:
  # Blocks of the VAE have no time projection and ignore emb.
  h = torch.silu_(__torch__.group_norm(x, w, p + ".norm1", eps))
  h = __torch__.conv3(h, w, p + ".conv1", 1, wrap)
  if torch.__contains__(w, p + ".time_emb_proj.bias"):
    h = torch.add(h, torch.unsqueeze(torch.unsqueeze(__torch__.linear(emb, w, p + ".time_emb_proj"), 2), 3))
    h = __torch__.regional_time(h, emb, w, p + ".time_emb_proj.regional")
  h = torch.silu_(__torch__.group_norm(h, w, p + ".norm2", eps))
  return __torch__.resnet_sum(x, h, w, p, wrap)
def regional_time(h: Tensor, emb: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  # Adds the changes that LoRAs with masks make to the time embedding, at each position of h.
  if torch.__contains__(w, p + ".lora_down.weight"):
    d = torch.mul(torch.linear(emb, torch.flatten(w[p + ".lora_down.weight"], 1)), torch.flatten(w[p + ".lora_scale"]))
    d = torch.expand(torch.unsqueeze(torch.unsqueeze(d, 2), 3), [-1, -1, torch.size(h, 2), torch.size(h, 3)])
    d = torch.to(torch.mul(d, __torch__.region_map(d, w, p + ".lora_regions")), h.dtype)
    up = torch.flatten(w[p + ".lora_up.weight"], 1)
    h = torch.add(h, torch.conv2d(d, torch.unsqueeze(torch.unsqueeze(up, 2), 3)))
  return h
def shortcut(x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  # The shortcut of a residual block.
  if torch.__contains__(w, p + ".conv_shortcut.bias"):
    x = __torch__.conv(x, w, p + ".conv_shortcut", 1, 0)
  return x
