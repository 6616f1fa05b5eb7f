  def touch(self: __torch__.Net, tensors: List[Tensor]) -> Tensor:
    # Reads and writes every element once and changes none.
    for i in range(torch.len(tensors)):
      _0 = torch.mul_(tensors[i], 1.)
    return tensors[0]
  def room(self: __torch__.Net, here: Tensor, count: int, format: int) -> Tensor:
    return torch.empty([count], dtype=format, layout=0, device=here.device, pin_memory=False)
  def convert(self: __torch__.Net, target: Tensor, first: int, stored: Tensor) -> Tensor:
    # The steps are so short that libtorch stays on the calling thread; there is one caller for each processor.
    count = torch.numel(stored)
    steps = torch.split(torch.slice(target, 0, first, first + count), 32704)
    torch._foreach_copy_(steps, torch.split(stored, 32704))
    return target
