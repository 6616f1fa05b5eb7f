def tokens_left(h: int, w: int, share: float) -> int:
  # The number of h * w tokens that remain after a share has been merged. One of each 2x2 block always stays.
  away = int(torch.mul(share, h * w))
  most = h * w - h // 2 * (w // 2)
  if torch.gt(away, most):
    away = most
  if torch.eq(h // 2 * (w // 2), 0):
    away = 0
  return torch.sub(h * w, away)
def merged_attention(sum: Tensor, x: Tensor, w: Dict[str, Tensor], p: str, heads: int, hh: int, ww: int, left: int) -> Tensor:
  # Self-attention in which the most similar tokens are merged into one; each of them gets its result
  # (Bolya and Hoffman 2023, "Token Merging for Fast Stable Diffusion"). Similarity is measured on the input of the norm before x.
  b, n, c = torch.size(x)
  place = __torch__.merging(sum, hh, ww, left)
  means = torch.zeros([b * left, c], dtype=x.dtype, layout=0, device=x.device, pin_memory=False)
  index = torch.expand(torch.unsqueeze(place, 1), [-1, c])
  means = torch.scatter_reduce(means, 0, index, torch.reshape(x, [b * n, c]), "mean", include_self=False)
  y = torch.reshape(means, [b, left, c])
  q = __torch__.linear(y, w, p + ".to_q")
  k, v = __torch__.keys_and_values(y, w, p)
  y = __torch__.linear(__torch__.attend(q, k, v, heads), w, p + ".to_out.0")
  return torch.add(sum, torch.reshape(torch.index_select(torch.reshape(y, [b * left, c]), 0, place), [b, n, c]))
def merging(x: Tensor, h: int, w: int, left: int) -> Tensor:
  # x [B, h * w, C] -> [B * h * w], numbers from 0 to B * left - 1: the remaining token into which each token is merged.
  # The first token of each 2x2 block is a target. The tokens most similar to a target, by cosine, are merged into it.
  b, n, c = torch.size(x)
  x = torch.div(x, torch.clamp_min(torch.norm(x, 2, [-1], True), 1e-6))
  numbers = torch.arange(n, dtype=4, layout=0, device=x.device, pin_memory=False)
  takers = torch.flatten(torch.slice(torch.slice(torch.reshape(numbers, [h, w]), 0, 0, h - 1, 2), 1, 0, w - 1, 2))
  others = torch.masked_select(numbers, torch.ne(torch.index_fill(numbers, 0, takers, -1), -1))
  t = torch.size(takers, 0)
  s = torch.size(others, 0)
  target = torch.transpose(torch.index_select(x, 1, takers), 1, 2)
  # In blocks of 1,024: all cosines at once would take more memory than the attention.
  likest = annotate(List[Tensor], [])
  closest = annotate(List[Tensor], [])
  for i in range((s + 1023) // 1024):
    some = torch.index_select(x, 1, torch.slice(others, 0, i * 1024, i * 1024 + 1024))
    cosine, taker = torch.max(torch.matmul(some, target), 2)
    _0 = torch.append(likest, cosine)
    _1 = torch.append(closest, taker)
  order = torch.argsort(torch.cat(likest, 1), stable=True, dim=1, descending=True)
  gone = torch.slice(order, 1, 0, n - left)
  rest = torch.expand(torch.add(torch.slice(numbers, 0, 0, left - t), t), [b, -1])
  own = torch.scatter(order, 1, order, torch.cat([torch.gather(torch.cat(closest, 1), 1, gone), rest], 1))
  # Target tokens come first, then the unmerged ones.
  to = torch.cat([torch.expand(torch.slice(numbers, 0, 0, t), [b, -1]), own], 1)
  to = torch.index_copy(torch.zeros_like(to), 1, torch.cat([takers, others]), to)
  first = torch.mul(torch.arange(b, dtype=4, layout=0, device=x.device, pin_memory=False), left)
  return torch.flatten(torch.add(to, torch.unsqueeze(first, 1)))
