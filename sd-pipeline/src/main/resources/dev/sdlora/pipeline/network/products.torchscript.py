def linear(x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  y = torch.linear(x, w[p + ".weight"], __torch__.bias(w, p))
  return __torch__.lora_linear(y, x, w, p)
def linear_sum(sum: Tensor, x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  return torch.add(sum, __torch__.linear(x, w, p))
def geglu(x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  # Shazeer 2020, "GLU Variants Improve Transformer".
  a, g = torch.chunk(__torch__.linear(x, w, p), 2, -1)
  return torch.mul(a, torch.gelu(g))
def conv(x: Tensor, w: Dict[str, Tensor], p: str, stride: int, pad: int) -> Tensor:
  y = torch.conv2d(x, w[p + ".weight"], w[p + ".bias"], [stride, stride], [pad, pad])
  return __torch__.lora_conv(y, x, w, p, stride, pad)
def enlarged_conv3(x: Tensor, w: Dict[str, Tensor], p: str, height: int, width: int, wrap: int) -> Tensor:
  # A convolution of nearest neighbours at another size.
  return __torch__.conv3(torch.upsample_nearest2d(x, [height, width]), w, p, 1, wrap)
def conv_sum(sum: Tensor, x: Tensor, w: Dict[str, Tensor], p: str, pad: int) -> Tensor:
  return torch.add(sum, __torch__.conv(x, w, p, 1, pad))
def resnet_sum(x: Tensor, h: Tensor, w: Dict[str, Tensor], p: str, wrap: int) -> Tensor:
  # The end of a residual block. The shortcut comes last, so that nothing waits for it in memory.
  h = __torch__.conv3(h, w, p + ".conv2", 1, wrap)
  return torch.add(__torch__.shortcut(x, w, p), h)
