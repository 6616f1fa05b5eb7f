  def exact(self: __torch__.Net, t: Tensor) -> int:
    # float64 (dtype 7), and float32 on Apple's GPUs, which have no float64.
    if torch.eq(t.device.type, "mps"):
      return 6
    return 7
  def squares(self: __torch__.Net, t: Tensor) -> Tensor:
    # The sum of the squares.
    return torch.sum(torch.mul(t, t), dtype=(self).exact(t))
  def difference(self: __torch__.Net, other: Tensor, t: Tensor) -> Tensor:
    # other - t, in the memory of other.
    return torch.sub_(other, t)
  def inner(self: __torch__.Net, a: Tensor, b: Tensor) -> Tensor:
    # The inner product of two tensors.
    return torch.sum(torch.mul(torch.view(a, [-1]), torch.view(b, [-1])), dtype=(self).exact(a))
  def product_inner(self: __torch__.Net, up: Tensor, down: Tensor, other_up: Tensor, other_down: Tensor) -> Tensor:
    # The inner product of up @ down and other_up @ other_down, [out, rank] @ [rank, in], by two rank x rank matrices: tr(up' other_up other_down down').
    u = torch.matmul(torch.t(torch.to(up, (self).exact(up))), torch.to(other_up, (self).exact(up)))
    d = torch.matmul(torch.to(down, (self).exact(up)), torch.t(torch.to(other_down, (self).exact(up))))
    return torch.sum(torch.mul(u, d), dtype=(self).exact(up))
  def product_inner_whole(self: __torch__.Net, up: Tensor, down: Tensor, t: Tensor) -> Tensor:
    # The inner product of up @ down and a tensor of the same size: the sum of up * (t down').
    m = torch.matmul(torch.view(t, [torch.size(t, 0), -1]), torch.t(down))
    return torch.sum(torch.mul(up, m), dtype=(self).exact(up))
