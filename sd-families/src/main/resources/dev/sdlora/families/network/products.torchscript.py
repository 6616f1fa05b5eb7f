def linear(x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  y = torch.linear(x, __torch__.weight(w, p, x.dtype), __torch__.bias(w, p))
  return __torch__.lora_linear(y, x, w, p)
def kept_linear(room: List[Tensor], x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  # As linear, for x [B, n, C], into kept memory.
  weight = __torch__.weight(w, p, x.dtype)
  b, n, c = torch.size(x)
  y = __torch__.kept(room, 0, [b, n, torch.size(weight, 0)], x)
  bias = __torch__.bias(w, p)
  if torch.__is__(bias, None):
    _0 = torch.mm(torch.flatten(x, 0, 1), torch.t(weight), out=torch.flatten(y, 0, 1))
  else:
    _1 = torch.addmm(unchecked_cast(Tensor, bias), torch.flatten(x, 0, 1), torch.t(weight), out=torch.flatten(y, 0, 1))
  return __torch__.lora_linear(y, x, w, p)
def linears(x: Tensor, w: Dict[str, Tensor], names: List[str]) -> List[Tensor]:
  # Layers over the same input.
  results = annotate(List[Tensor], [])
  for i in range(torch.len(names)):
    _0 = torch.append(results, __torch__.linear(x, w, names[i]))
  return results
def linear_sum(sum: Tensor, x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  return torch.add(sum, __torch__.linear(x, w, p))
def geglu(x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  # Shazeer 2020, "GLU Variants Improve Transformer".
  a, g = torch.chunk(__torch__.linear(x, w, p), 2, -1)
  return torch.mul(a, torch.gelu(g))
def silu_gated(x: Tensor, w: Dict[str, Tensor], gate: str, value: str) -> Tensor:
  # Two layers named gate and value (Shazeer 2020).
  return torch.mul(torch.silu(__torch__.linear(x, w, gate)), __torch__.linear(x, w, value))
def conv(x: Tensor, w: Dict[str, Tensor], p: str, stride: int, pad: int) -> Tensor:
  y = torch.conv2d(x, __torch__.weight(w, p, x.dtype), w[p + ".bias"], [stride, stride], [pad, pad])
  return __torch__.lora_conv(y, x, w, p, stride, pad)
def enlarged_conv3(x: Tensor, w: Dict[str, Tensor], p: str, height: int, width: int, wrap: int) -> Tensor:
  # A convolution over x resized by nearest neighbour.
  return __torch__.conv3(torch.upsample_nearest2d(x, [height, width]), w, p, 1, wrap)
def conv_sum(sum: Tensor, x: Tensor, w: Dict[str, Tensor], p: str, pad: int) -> Tensor:
  return torch.add(sum, __torch__.conv(x, w, p, 1, pad))
def resnet_sum(x: Tensor, h: Tensor, w: Dict[str, Tensor], p: str, wrap: int) -> Tensor:
  # The end of a residual block. The shortcut is computed last, so that it does not occupy memory earlier.
  h = __torch__.conv3(h, w, p + ".conv2", 1, wrap)
  return torch.add(__torch__.shortcut(x, w, p), h)
def rows_conv(x: Tensor, w: Dict[str, Tensor], p: str, stride: int, rows: int, columns: int) -> Tensor:
  # A convolution with the given zero padding for rows and columns.
  return torch.conv2d(x, __torch__.weight(w, p, x.dtype), w[p + ".bias"], [stride, stride], [rows, columns])
def rows_conv_sum(sum: Tensor, x: Tensor, w: Dict[str, Tensor], p: str, rows: int, columns: int) -> Tensor:
  # In place.
  return torch.add_(sum, __torch__.rows_conv(x, w, p, 1, rows, columns))
def doubled_rows_conv(x: Tensor, w: Dict[str, Tensor], p: str, rows: int, columns: int) -> Tensor:
  # A convolution over x doubled in size. The edge rows and columns are only inputs, unless there is zero padding.
  height, width = 2 * torch.size(x, 2), 2 * torch.size(x, 3)
  x = torch.upsample_nearest2d(x, [height, width])
  x = torch.slice(torch.slice(x, 2, 1 - rows, height - 1 + rows), 3, 1 - columns, width - 1 + columns)
  return __torch__.rows_conv(x, w, p, 1, rows, columns)
