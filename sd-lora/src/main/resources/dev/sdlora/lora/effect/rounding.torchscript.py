  def exact(self: __torch__.Net, t: Tensor) -> int:
    # float64 (dtype 7), and float32 on Apple's GPUs, which have no float64.
    if torch.eq(t.device.type, "mps"):
      return 6
    return 7
  def rounded(self: __torch__.Net, w: Tensor, delta: Tensor, type: int) -> Tensor:
    # Compares a weight with and without a change, both rounded to a dtype: the number of different values, the squares of the intended
    # and of the actual change, their inner product, and the square of the weight; in float64. Dtype 6 is float32.
    before = torch.to(torch.to(w, type), 6)
    d = torch.sub(torch.to(torch.to(torch.add(w, delta), type), 6), before)
    moved = torch.sum(torch.ne(d, 0), dtype=(self).exact(w))
    meant = torch.sum(torch.mul(delta, delta), dtype=(self).exact(w))
    became = torch.sum(torch.mul(d, d), dtype=(self).exact(w))
    along = torch.sum(torch.mul(delta, d), dtype=(self).exact(w))
    return torch.stack([moved, meant, became, along, torch.sum(torch.mul(w, w), dtype=(self).exact(w))])
