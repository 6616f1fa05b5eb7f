  def linear(self: __torch__.Net, x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
    return __torch__.linear(x, w, p)
  def linear_sum(self: __torch__.Net, sum: Tensor, x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
    return __torch__.linear_sum(sum, x, w, p)
  def conv(self: __torch__.Net, x: Tensor, w: Dict[str, Tensor], p: str, stride: int) -> Tensor:
    return __torch__.conv(torch.contiguous(x, memory_format=2), w, p, stride, 1)
  def rounded(self: __torch__.Net, x: Tensor) -> Tensor:
    q, scale, zero = __torch__.quantised(x)
    return torch.mul(torch.sub(torch.to(q, 6), zero), scale)
  def plain_linear(self: __torch__.Net, x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return torch.linear((self).rounded(x), weight, bias)
  def plain_conv(self: __torch__.Net, x: Tensor, weight: Tensor, bias: Tensor, stride: int) -> Tensor:
    return torch.conv2d((self).rounded(x), weight, bias, [stride, stride], [1, 1])
