  def squares(self: __torch__.Net, t: Tensor) -> Tensor:
    # The sum of the squares in float64 (dtype 7).
    return torch.sum(torch.mul(t, t), dtype=7)
  def difference(self: __torch__.Net, other: Tensor, t: Tensor) -> Tensor:
    # other - t, in the memory of other.
    return torch.sub_(other, t)
  def inner(self: __torch__.Net, a: Tensor, b: Tensor) -> Tensor:
    # The inner product of two tensors.
    return torch.sum(torch.mul(torch.view(a, [-1]), torch.view(b, [-1])), dtype=7)
  def product_inner(self: __torch__.Net, up: Tensor, down: Tensor, other_up: Tensor, other_down: Tensor) -> Tensor:
    # The inner product of up @ down and other_up @ other_down, [out, rank] @ [rank, in], by two rank x rank matrices: tr(up' other_up other_down down').
    u = torch.matmul(torch.t(torch.to(up, 7)), torch.to(other_up, 7))
    d = torch.matmul(torch.to(down, 7), torch.t(torch.to(other_down, 7)))
    return torch.sum(torch.mul(u, d), dtype=7)
  def product_inner_whole(self: __torch__.Net, up: Tensor, down: Tensor, t: Tensor) -> Tensor:
    # The inner product of up @ down and a tensor of the same size: the sum of up * (t down').
    m = torch.matmul(torch.view(t, [torch.size(t, 0), -1]), torch.t(down))
    return torch.sum(torch.mul(up, m), dtype=7)
