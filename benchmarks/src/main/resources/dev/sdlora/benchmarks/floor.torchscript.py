  def touch(self: __torch__.Net, tensors: List[Tensor]) -> Tensor:
    # Reads and writes every element once and changes none.
    for i in range(torch.len(tensors)):
      _0 = torch.mul_(tensors[i], 1.)
    return tensors[0]
