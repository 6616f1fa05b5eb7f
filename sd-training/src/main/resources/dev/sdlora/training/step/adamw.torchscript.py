  def norm(self: __torch__.Net, gradients: List[Tensor]) -> Tensor:
    # The length of all gradients together.
    squares = annotate(List[Tensor], [])
    for i in range(torch.len(gradients)):
      _0 = torch.append(squares, torch.sum(torch.pow(gradients[i], 2)))
    return torch.sqrt(torch.sum(torch.stack(squares)))
  def step(self: __torch__.Net, weights: List[Tensor], gradients: List[Tensor], first: List[Tensor], second: List[Tensor], steps: List[Tensor], h: List[float]) -> Tensor:
    # AdamW in place. h: learning rate, beta 1, beta 2, weight decay, epsilon, factor on the gradients
    scaled = annotate(List[Tensor], [])
    for i in range(torch.len(gradients)):
      _0 = torch.append(scaled, torch.contiguous(torch.mul(gradients[i], h[5])))
      _1 = torch.add_(steps[i], 1)
    _2 = torch._fused_adamw_(weights, scaled, first, second, annotate(List[Tensor], []), steps, lr=h[0], beta1=h[1], beta2=h[2], weight_decay=h[3], eps=h[4], amsgrad=False, maximize=False)
    return steps[0]
  def average(self: __torch__.Net, averages: List[Tensor], weights: List[Tensor], rate: List[float]) -> Tensor:
    # Moves running averages towards the weights.
    for i in range(torch.len(weights)):
      _0 = torch.lerp_(averages[i], weights[i], rate[0])
    return averages[0]
