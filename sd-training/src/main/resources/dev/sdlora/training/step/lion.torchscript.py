  def step(self: __torch__.Net, weights: List[Tensor], gradients: List[Tensor], first: List[Tensor], rates: List[float], h: List[float]) -> Tensor:
    # Lion in place. rates: the learning rate of each weight. h: beta 1, beta 2, weight decay, scale of the gradients
    for i in range(torch.len(weights)):
      g = torch.mul(gradients[i], h[3])
      direction = torch.sign(torch.lerp(g, first[i], h[0]))
      _0 = torch.mul_(weights[i], 1. - rates[i] * h[2])
      _1 = torch.sub_(weights[i], direction, alpha=rates[i])
      _2 = torch.lerp_(first[i], g, 1. - h[1])
    return first[0]
