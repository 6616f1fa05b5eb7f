  def downs(self: __torch__.Net, parts: List[Tensor], shape: List[int], wanted: int) -> Tensor:
    # First factors, each [rank, in], one below the other -> [R, in] or [R, in, k, k]
    return torch.to(torch.reshape(torch.cat(parts, 0), shape), wanted)
  def ups(self: __torch__.Net, parts: List[Tensor], shape: List[int], wanted: int) -> Tensor:
    # Second factors, each [out, rank], side by side -> [out, R] or [out, R, 1, 1]
    return torch.to(torch.reshape(torch.cat(parts, 1), shape), wanted)
