  def norm(self: __torch__.Net, gradients: List[Tensor]) -> Tensor:
    # The norm of all gradients; concatenating them costs less than hundreds of small sums.
    flat = annotate(List[Tensor], [])
    for i in range(torch.len(gradients)):
      _0 = torch.append(flat, torch.reshape(gradients[i], [-1]))
    return torch.linalg_vector_norm(torch.cat(flat))
  def add(self: __torch__.Net, sums: List[Tensor], gradients: List[Tensor]) -> Tensor:
    for i in range(torch.len(sums)):
      _0 = torch.add_(sums[i], gradients[i])
    return sums[0]
