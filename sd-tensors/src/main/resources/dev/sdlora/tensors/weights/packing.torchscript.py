  def pack_conv(self: __torch__.Net, t: Tensor, stride: int, pad: int, size: List[int]) -> Tensor:
    # The kernel [out, in, k, k] of a convolution over a tensor of some size -> opaque, for mkldnn::_convolution_pointwise.
    return ops.mkldnn._reorder_convolution_weight(t, [pad, pad], [stride, stride], [1, 1], 1, size)
  def pack_linear(self: __torch__.Net, t: Tensor, parts: int, rows: int) -> List[Tensor]:
    # A matrix, or parts of equal height of it -> opaque, for mkldnn::_linear_pointwise.
    packed = annotate(List[Tensor], [])
    halves = torch.chunk(torch.view(t, [torch.size(t, 0), -1]), parts, 0)
    for i in range(torch.len(halves)):
      _0 = torch.append(packed, ops.mkldnn._reorder_linear_weight(halves[i], rows))
    return packed
  def unpack(self: __torch__.Net, parts: List[Tensor], shape: List[int]) -> Tensor:
    plain = annotate(List[Tensor], [])
    for i in range(torch.len(parts)):
      _0 = torch.append(plain, torch.to_dense(parts[i]))
    return torch.reshape(torch.cat(plain, 0), shape)
  def replace(self: __torch__.Net, w: Dict[str, Tensor], name: str, t: Tensor) -> Tensor:
    # The dictionary is the caller's own, so it changes for all who read it.
    _0 = torch._set_item(w, name, t)
    return torch.zeros([], dtype=6)
