  def difference(self: __torch__.Net, tuned: Tensor, original: Tensor) -> List[Tensor]:
    # W' - W as a matrix, [out, in], in the memory of W'; and the sum of its squares in float64 (dtype 7).
    m = torch.view(torch.sub_(tuned, original), [torch.size(tuned, 0), -1])
    return [m, torch.sum(torch.square(m), dtype=7)]
  def exact(self: __torch__.Net, m: Tensor) -> List[Tensor]:
    # Singular vectors and values, largest first: [out, k], [k], [k, in].
    u, s, v = torch.linalg_svd(m, False)
    return [u, s, v]
  def randomised(self: __torch__.Net, m: Tensor, omega: Tensor, rounds: int) -> List[Tensor]:
    # The largest singular values and vectors: Halko, Martinsson and Tropp 2011, algorithms 4.4 and 5.1. omega is random, [in, k].
    q, r = torch.linalg_qr(torch.mm(m, omega))
    for i in range(rounds):
      w, r0 = torch.linalg_qr(torch.mm(torch.t(m), q))
      q0, r1 = torch.linalg_qr(torch.mm(m, w))
      q = q0
    u, s, v = torch.linalg_svd(torch.mm(torch.t(q), m), False)
    return [torch.mm(q, u), s, v]
  def product(self: __torch__.Net, up: Tensor, down: Tensor) -> List[Tensor]:
    # The decomposition of up @ down without forming it: up = Q R, down^T = P S, so up @ down = Q (R S^T) P^T. In double precision.
    q, r = torch.linalg_qr(torch.to(up, 7))
    p, s = torch.linalg_qr(torch.t(torch.to(down, 7)))
    u, d, v = torch.linalg_svd(torch.mm(r, torch.t(s)), False)
    return [torch.mm(q, u), d, torch.mm(v, torch.t(p))]
  def split(self: __torch__.Net, u: Tensor, s: Tensor, v: Tensor, rank: int) -> List[Tensor]:
    # up [out, rank] and down [rank, in], float32 (dtype 6); both scaled by roots of the singular values, so that neither is small in half precision.
    root = torch.sqrt(torch.slice(s, 0, 0, rank))
    up = torch.mul(torch.slice(u, 1, 0, rank), root)
    down = torch.mul(torch.slice(v, 0, 0, rank), torch.unsqueeze(root, 1))
    return [torch.contiguous(torch.to(up, 6)), torch.contiguous(torch.to(down, 6))]
  def beside(self: __torch__.Net, ups: List[Tensor], downs: List[Tensor], scales: List[float]) -> List[Tensor]:
    # The sum of scale * up @ down as one product.
    scaled = annotate(List[Tensor], [])
    for i in range(torch.len(ups)):
      _0 = torch.append(scaled, torch.mul(ups[i], scales[i]))
    return [torch.cat(scaled, 1), torch.cat(downs, 0)]
  def added(self: __torch__.Net, ups: List[Tensor], downs: List[Tensor], scales: List[float], changes: List[Tensor]) -> List[Tensor]:
    # The sum of products and of full changes as a matrix, [out, in], and the sum of its squares. There is at least one full change.
    sum = torch.clone(torch.reshape(changes[0], [torch.size(changes[0], 0), -1]))
    for i in range(torch.len(changes) - 1):
      sum = torch.add_(sum, torch.view(changes[i + 1], torch.size(sum)))
    for j in range(torch.len(ups)):
      sum = torch.addmm_(sum, ups[j], downs[j], alpha=scales[j])
    return [sum, torch.sum(torch.square(sum), dtype=7)]
  def values(self: __torch__.Net, t: Tensor) -> Tensor:
    return torch.contiguous(torch.to(t, 6))
  def doubles(self: __torch__.Net, t: Tensor) -> Tensor:
    return torch.contiguous(torch.to(t, 7))
