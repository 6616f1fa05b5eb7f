  def step(self: __torch__.Net, weights: List[Tensor], gradients: List[Tensor], rows: List[Tensor], columns: List[Tensor], rates: List[float], h: List[float]) -> Tensor:
    # Adafactor in place. rows and columns: the averages of squared gradients over the last side and the side before it, or, of vectors,
    # the averages themselves and nothing. rates: the learning rate of each weight. h: decay of the averages, weight decay, scale of the gradients
    for i in range(torch.len(weights)):
      g = torch.mul(gradients[i], h[2])
      square = torch.add(torch.pow(g, 2), 1e-30)
      if torch.dim(g) > 1:
        _0 = torch.lerp_(rows[i], torch.mean(square, [-1], True), 1. - h[0])
        _1 = torch.lerp_(columns[i], torch.mean(square, [-2], True), 1. - h[0])
        # The product of rows and columns would underflow.
        share = torch.div(rows[i], torch.mean(rows[i], [-2], True))
        update = torch.mul(torch.mul(torch.rsqrt(share), torch.rsqrt(columns[i])), g)
      else:
        _2 = torch.lerp_(rows[i], square, 1. - h[0])
        update = torch.mul(torch.rsqrt(rows[i]), g)
      size = torch.clamp_min(torch.sqrt(torch.mean(torch.pow(update, 2))), 1)
      _3 = torch.mul_(weights[i], 1. - rates[i] * h[1])
      _4 = torch.sub_(weights[i], torch.div(update, size), alpha=rates[i])
    return rows[0]
