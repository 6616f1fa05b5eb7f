  def average(self: __torch__.Net, averages: List[Tensor], weights: List[Tensor], rate: List[float]) -> Tensor:
    # Moves running averages towards the weights.
    for i in range(torch.len(weights)):
      _0 = torch.lerp_(averages[i], weights[i], rate[0])
    return averages[0]
