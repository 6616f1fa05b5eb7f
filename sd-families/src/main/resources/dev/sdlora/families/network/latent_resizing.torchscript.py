  def bilinear(self: __torch__.Net, x: Tensor, size: List[int]) -> Tensor:
    # x [B, C, h, w] -> [B, C, size[0], size[1]]; the same for all methods below
    return torch.upsample_bilinear2d(x, size, False)
  def bilinear_antialiased(self: __torch__.Net, x: Tensor, size: List[int]) -> Tensor:
    return torch._upsample_bilinear2d_aa(x, size, False)
  def bicubic(self: __torch__.Net, x: Tensor, size: List[int]) -> Tensor:
    return torch.upsample_bicubic2d(x, size, False)
  def bicubic_antialiased(self: __torch__.Net, x: Tensor, size: List[int]) -> Tensor:
    return torch._upsample_bicubic2d_aa(x, size, False)
  def nearest(self: __torch__.Net, x: Tensor, size: List[int]) -> Tensor:
    return torch.upsample_nearest2d(x, size)
  def nearest_exact(self: __torch__.Net, x: Tensor, size: List[int]) -> Tensor:
    return torch._upsample_nearest_exact2d(x, size)
