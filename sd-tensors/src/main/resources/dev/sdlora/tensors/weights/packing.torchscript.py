  def pack_conv(self: __torch__.Net, t: Tensor, stride: int, pad: int, size: List[int]) -> Tensor:
    # The kernel [out, in, k, k] of a convolution over a tensor of some size -> opaque, for mkldnn::_convolution_pointwise.
    return ops.mkldnn._reorder_convolution_weight(t, [pad, pad], [stride, stride], [1, 1], 1, size)
  def pack_linear(self: __torch__.Net, t: Tensor, dim: int, sizes: List[int], rows: int) -> List[Tensor]:
    # A matrix, or parts of it along a dimension -> opaque, for mkldnn::_linear_pointwise.
    packed = annotate(List[Tensor], [])
    parts = torch.split_with_sizes(torch.view(t, [torch.size(t, 0), -1]), sizes, dim)
    for i in range(torch.len(parts)):
      _0 = torch.append(packed, ops.mkldnn._reorder_linear_weight(torch.contiguous(parts[i]), rows))
    return packed
  def pack_doubling(self: __torch__.Net, t: Tensor, batch: int, side: int) -> List[Tensor]:
    # A kernel over images enlarged by nearest neighbour, packed twice: as it is, and as the kernel of a transposed convolution, to whose 2x2 results
    # a value of the small image contributes by sums of neighbours in the kernel. Sums are in float32 (dtype 6) and rounded once.
    outs, ins = torch.size(t, 0), torch.size(t, 1)
    wide = torch.empty([ins, outs, 4, 4], dtype=t.dtype, layout=0, device=t.device, pin_memory=False, memory_format=2)
    # A few outputs at a time, so that their float32 copies stay in the cache.
    step = 32
    for i in range((outs + step - 1) // step):
      k = torch.flip(torch.to(torch.slice(t, 0, i * step, (i + 1) * step), 6), [2, 3])
      k = torch.add(torch.constant_pad_nd(k, [0, 1, 0, 0], 0), torch.constant_pad_nd(k, [1, 0, 0, 0], 0))
      k = torch.add(torch.constant_pad_nd(k, [0, 0, 0, 1], 0), torch.constant_pad_nd(k, [0, 0, 1, 0], 0))
      _0 = torch.copy_(torch.slice(wide, 1, i * step, (i + 1) * step), torch.transpose(k, 0, 1))
    plain = ops.mkldnn._reorder_convolution_weight(t, [1, 1], [1, 1], [1, 1], 1, [batch, ins, 2 * side, 2 * side])
    return [plain, ops.mkldnn._reorder_convolution_transpose_weight(wide, [1, 1], [0, 0], [2, 2], [1, 1], 1, [batch, ins, side, side])]
  def unpack(self: __torch__.Net, parts: List[Tensor], dim: int, shape: List[int]) -> Tensor:
    plain = annotate(List[Tensor], [])
    for i in range(torch.len(parts)):
      _0 = torch.append(plain, torch.to_dense(parts[i]))
    return torch.reshape(torch.cat(plain, dim), shape)
  def replace(self: __torch__.Net, w: Dict[str, Tensor], name: str, t: Tensor) -> Tensor:
    # The dictionary is the caller's, so the change is visible to all readers.
    _0 = torch._set_item(w, name, t)
    return torch.zeros([], dtype=6)
  def products(self: __torch__.Net, format: int) -> Tensor:
    # Runs one operation of each kind over packed weights, to test whether they work.
    x = torch.to(torch.ones([1, 16, 4, 4], dtype=6), format)
    kernel = torch.to(torch.ones([16, 16, 3, 3], dtype=6), format)
    packed = ops.mkldnn._reorder_convolution_weight(kernel, [1, 1], [1, 1], [1, 1], 1, [1, 16, 4, 4])
    y = ops.mkldnn._convolution_pointwise(x, packed, None, [1, 1], [1, 1], [1, 1], 1, "none", annotate(List[Optional[number]], []), "")
    twice = ops.mkldnn._reorder_convolution_transpose_weight(torch.to(torch.ones([16, 16, 4, 4], dtype=6), format), [1, 1], [0, 0], [2, 2], [1, 1], 1, [1, 16, 4, 4])
    z = ops.mkldnn._convolution_transpose_pointwise(x, twice, None, [1, 1], [0, 0], [2, 2], [1, 1], 1, "none", annotate(List[Optional[number]], []), "")
    rows = torch.reshape(y, [16, 16])
    matrix = ops.mkldnn._reorder_linear_weight(torch.contiguous(rows), 16)
    product = ops.mkldnn._linear_pointwise(rows, matrix, None, "none", annotate(List[Optional[number]], []), "")
    return torch.add(torch.to(product, 6), torch.mean(torch.to(z, 6)))
