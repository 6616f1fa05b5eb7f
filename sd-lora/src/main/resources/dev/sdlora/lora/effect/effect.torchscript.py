  def squares(self: __torch__.Net, t: Tensor) -> Tensor:
    # The sum of the squares, in float64, which is format 7.
    return torch.sum(torch.mul(t, t), dtype=7)
  def product_squares(self: __torch__.Net, up: Tensor, down: Tensor) -> Tensor:
    # The same of up @ down, [out, rank] @ [rank, in], from two matrices of rank x rank: tr(up' up down down').
    u = torch.to(up, 7)
    d = torch.to(down, 7)
    return torch.sum(torch.mul(torch.matmul(torch.t(u), u), torch.matmul(d, torch.t(d))), dtype=7)
