  def step(self: __torch__.Net, weights: List[Tensor], gradients: List[Tensor], first: List[Tensor], second: List[Tensor], steps: List[Tensor], h: List[float]) -> Tensor:
    # AdamW in place. h: learning rate, beta 1, beta 2, weight decay, epsilon, scale of the gradients
    rows = annotate(List[Tensor], [])
    for i in range(torch.len(gradients)):
      _0 = torch.append(rows, torch.contiguous(gradients[i]))
    torch._foreach_add_(steps, 1)
    scale = torch.reciprocal(torch.full([1], h[5], dtype=6, layout=0, device=steps[0].device, pin_memory=False))
    _1 = torch._fused_adamw_(weights, rows, first, second, annotate(List[Tensor], []), steps, lr=h[0], beta1=h[1], beta2=h[2], weight_decay=h[3], eps=h[4], amsgrad=False, maximize=False, grad_scale=scale)
    return steps[0]
