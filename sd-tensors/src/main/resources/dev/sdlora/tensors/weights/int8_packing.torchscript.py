  def pack_linear(self: __torch__.Net, t: Tensor, dim: int, sizes: List[int], rows: int) -> List[Tensor]:
    # A matrix, or parts of it along a dimension -> for each, 8-bit integers for onednn::qlinear_pointwise, opaque, and their scales.
    packed = annotate(List[Tensor], [])
    parts = torch.split_with_sizes(torch.view(t, [torch.size(t, 0), -1]), sizes, dim)
    for i in range(torch.len(parts)):
      q, scales = (self).rounded(parts[i])
      _0 = torch.append(packed, ops.onednn.qlinear_prepack(q, [rows, torch.size(q, 1)]))
      _1 = torch.append(packed, scales)
    return packed
  def pack_conv(self: __torch__.Net, t: Tensor, stride: int, pad: int, size: List[int]) -> List[Tensor]:
    # The kernel [out, in, k, k] of a convolution over a tensor of some size -> integers for onednn::qconv2d_pointwise, opaque, and their scales.
    # The input's scale and zero point are given with each call; here they only tell that there are some.
    q, scales = (self).rounded(torch.flatten(t, 1))
    q = torch.reshape(q, torch.size(t))
    return [ops.onednn.qconv_prepack(q, scales, 0.5, 128, [stride, stride], [pad, pad], [1, 1], 1, size), scales]
  def rounded(self: __torch__.Net, t: Tensor) -> Tuple[Tensor, Tensor]:
    # A matrix -> integers from -127 to 127 (dtype 1), and a float32 (dtype 6) scale for each row. Blocks of rows keep float32 copies small.
    n, width = torch.size(t)
    q = torch.empty([n, width], dtype=1, layout=0, device=t.device, pin_memory=False)
    scales = torch.empty([n], dtype=6, layout=0, device=t.device, pin_memory=False)
    block = ops.prim.max(1, 262144 // width)
    for i in range((n + block - 1) // block):
      part = torch.to(torch.slice(t, 0, i * block, i * block + block), 6)
      scale = torch.div(torch.clamp_min(torch.amax(torch.abs(part), [1], True), 1.e-30), 127.)
      _0 = torch.copy_(torch.slice(q, 0, i * block, i * block + block), torch.round(torch.div(part, scale)))
      _1 = torch.copy_(torch.slice(scales, 0, i * block, i * block + block), torch.flatten(scale))
    return (q, scales)
  def unpack(self: __torch__.Net, parts: List[Tensor], dim: int, shape: List[int]) -> Tensor:
    # Integers and scales of each part -> float32. Matrices are packed transposed.
    plain = annotate(List[Tensor], [])
    for i in range(torch.len(parts) // 2):
      q = torch.to(torch.to_dense(parts[2 * i]), 6)
      scale = torch.unsqueeze(parts[2 * i + 1], 1)
      if torch.eq(torch.dim(q), 2):
        q = torch.t(q)
      _0 = torch.append(plain, torch.mul(torch.flatten(q, 1), scale))
    return torch.reshape(torch.cat(plain, dim), shape)
  def largest_error(self: __torch__.Net, dtype: int) -> Tensor:
    # The error of a small product and a small convolution, relative to their largest result. The values would saturate sums of 16 bits.
    x = torch.to(torch.clamp(torch.reshape(torch.arange(256, dtype=6, layout=0, device=torch.device("cpu"), pin_memory=False), [16, 16]), 100, 255), 0)
    t = torch.sub(torch.mul(torch.to(torch.eye(16, dtype=6, layout=0, device=torch.device("cpu"), pin_memory=False), 6), 2.), 1.5)
    packed = (self).pack_linear(t, 0, [16], 16)
    zeros = torch.zeros([16], dtype=3)
    y = torch.to(ops.onednn.qlinear_pointwise(x, 0.5, 3, packed[0], packed[1], zeros, None, 1., 0, dtype, "none", annotate(List[Optional[number]], []), "none"), 6)
    plain = torch.mul(torch.sub(torch.to(x, 6), 3), 0.5)
    e = torch.matmul(plain, torch.t((self).unpack(packed, 0, [16, 16])))
    kernel = torch.reshape(torch.cat(torch.mul([t], 9), 1), [16, 16, 3, 3])
    packed = (self).pack_conv(kernel, 1, 1, [1, 16, 4, 4])
    image = torch.permute(torch.reshape(x, [1, 4, 4, 16]), [0, 3, 1, 2])
    z = ops.onednn.qconv2d_pointwise(image, 0.5, 3, packed[0], packed[1], zeros, None, [1, 1], [1, 1], [1, 1], 1, 1., 0, dtype, "none", annotate(List[Optional[number]], []), "none")
    plain = torch.permute(torch.reshape(plain, [1, 4, 4, 16]), [0, 3, 1, 2])
    f = torch.conv2d(plain, (self).unpack(packed, 0, [16, 16, 3, 3]), None, [1, 1], [1, 1])
    first = torch.div(torch.amax(torch.abs(torch.sub(y, e))), torch.amax(torch.abs(e)))
    second = torch.div(torch.amax(torch.abs(torch.sub(torch.to(z, 6), f))), torch.amax(torch.abs(f)))
    return torch.reshape(torch.maximum(first, second), [1])
