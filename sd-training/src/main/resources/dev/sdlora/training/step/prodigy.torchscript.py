  def step(self: __torch__.Net, weights: List[Tensor], gradients: List[Tensor], start: List[Tensor], first: List[Tensor], second: List[Tensor], sums: List[Tensor], estimate: Tensor, rates: List[float], h: List[float]) -> Tensor:
    # Prodigy in place. start: the initial weights. sums: of gradients times steps. estimate [2]: the estimated rate d, and the numerator of the estimate.
    # rates: the factor on d for each weight. h: beta 1, beta 2, weight decay, epsilon, growth, initial d, scale of the gradients
    d = float(estimate[0])
    decay = torch.sqrt(h[1])
    numerator = float(estimate[1]) * decay
    denominator = 0.
    for i in range(torch.len(weights)):
      if rates[i] > 0.:
        g = torch.mul(gradients[i], h[6])
        step = d / h[5] * d * rates[i]
        numerator = numerator + step * float(torch.sum(torch.mul(g, torch.sub(start[i], weights[i]))))
        _0 = torch.add_(torch.mul_(first[i], h[0]), g, alpha=d * (1. - h[0]))
        _1 = torch.addcmul_(torch.mul_(second[i], h[1]), g, g, value=d * d * (1. - h[1]))
        _2 = torch.add_(torch.mul_(sums[i], decay), g, alpha=step)
        denominator = denominator + float(torch.sum(torch.abs(sums[i])))
      else:
        pass
    if denominator > 0.:
      found = h[4] * numerator / denominator
      next = d
      if found > d:
        next = found
      else:
        pass
      for i2 in range(torch.len(weights)):
        root = torch.add(torch.sqrt(second[i2]), next * h[3])
        _3 = torch.mul_(weights[i2], 1. - h[2] * d * rates[i2])
        _4 = torch.addcdiv_(weights[i2], first[i2], root, value=-(d * rates[i2]))
      _5 = torch.fill_(torch.select(estimate, 0, 0), next)
      _6 = torch.fill_(torch.select(estimate, 0, 1), numerator)
    else:
      pass
    return estimate
