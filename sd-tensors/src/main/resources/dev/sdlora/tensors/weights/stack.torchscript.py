def stack(ups: List[Tensor], downs: List[Tensor], scales: List[float]) -> Tuple[Tensor, Tensor]:
  # Low-rank changes side by side: their sum is one product.
  scaled = annotate(List[Tensor], [])
  for i in range(torch.len(ups)):
    _0 = torch.append(scaled, torch.mul(ups[i], scales[i]))
  return (torch.cat(scaled, 1), torch.cat(downs, 0))
