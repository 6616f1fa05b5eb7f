  def downs(self: __torch__.Net, parts: List[Tensor], shape: List[int], wanted: int) -> Tensor:
    # Concatenates first factors, each [rank, in] -> [R, in] or [R, in, k, k]
    return torch.to(torch.reshape(torch.cat(parts, 0), shape), wanted)
  def ups(self: __torch__.Net, parts: List[Tensor], shape: List[int], wanted: int) -> Tensor:
    # Concatenates second factors, each [out, rank] -> [out, R] or [out, R, 1, 1]
    return torch.to(torch.reshape(torch.cat(parts, 1), shape), wanted)
  def rescale(self: __torch__.Net, scales: List[Tensor], values: Tensor) -> Tensor:
    # Overwrites all scales with concatenated new values.
    at = 0
    for i in range(torch.len(scales)):
      n = torch.numel(scales[i])
      _0 = torch.copy_(scales[i], torch.reshape(torch.slice(values, 0, at, at + n), torch.size(scales[i])))
      at = at + n
    return values
