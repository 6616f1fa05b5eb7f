  def lora(self: __torch__.Net, p: Dict[str, Tensor], w: Tensor, limit: int, scale: float) -> Tensor:
    # up · down, only the first components up to the limit.
    up, down = __torch__.factors(p, limit)
    return torch.mul(torch.reshape(torch.matmul(up, down), torch.size(w)), scale)
  def pair(self: __torch__.Net, p: Dict[str, Tensor], limit: int) -> List[Tensor]:
    # [out, rank], [rank, in·k·k]
    up, down = __torch__.factors(p, limit)
    return [up, down]
  def loha(self: __torch__.Net, p: Dict[str, Tensor], w: Tensor, scale: float) -> Tensor:
    # (a1 · b1) ⊙ (a2 · b2)
    a1, b1 = __torch__.hada(p, "1")
    a2, b2 = __torch__.hada(p, "2")
    product = torch.mul(torch.matmul(a1, b1), torch.matmul(a2, b2))
    return torch.mul(torch.reshape(product, torch.size(w)), scale)
  def loha_pair(self: __torch__.Net, p: Dict[str, Tensor]) -> List[Tensor]:
    # LoHa as A · B. Columns of A are products of a column of a1 and one of a2; rows of B, of a row of b1 and one of b2.
    a1, b1 = __torch__.hada(p, "1")
    a2, b2 = __torch__.hada(p, "2")
    up = torch.flatten(torch.mul(torch.unsqueeze(a1, 2), torch.unsqueeze(a2, 1)), 1)
    down = torch.flatten(torch.mul(torch.unsqueeze(b1, 1), torch.unsqueeze(b2, 0)), 0, 1)
    return [up, down]
  def lokr(self: __torch__.Net, p: Dict[str, Tensor], w: Tensor, scale: float) -> Tensor:
    # kron(w1 [a, c], w2 [b, d, k, k]) = [a·b, c·d, k, k]
    if torch.__contains__(p, "lokr_w1"):
      w1 = p["lokr_w1"]
    else:
      w1 = torch.matmul(p["lokr_w1_a"], p["lokr_w1_b"])
    if torch.__contains__(p, "lokr_w2"):
      w2 = p["lokr_w2"]
    else:
      a2, b2 = __torch__.lokr_second(p)
      w2 = torch.matmul(a2, b2)
    a = torch.size(w1, 0)
    c = torch.size(w1, 1)
    kernel = torch.slice(torch.size(w), 2)
    ones = torch.mul([1], torch.len(kernel))
    # kron requires a contiguous second factor.
    w2 = torch.contiguous(torch.reshape(w2, torch.add([torch.size(w, 0) // a, torch.size(w, 1) // c], kernel)))
    w1 = torch.reshape(w1, torch.add([a, c], ones))
    return torch.mul(torch.reshape(torch.kron(w1, w2), torch.size(w)), scale)
  def lokr_pair(self: __torch__.Net, p: Dict[str, Tensor], kernel: int) -> List[Tensor]:
    # kron(a1 · b1, a2 · b2) = kron(a1, a2) · kron(b1, b2); a full matrix is paired with the identity. The kernel's positions
    # belong to the second matrix.
    if torch.__contains__(p, "lokr_w1"):
      w1 = p["lokr_w1"]
      if torch.size(w1, 0) < torch.size(w1, 1):
        a1, b1 = (__torch__.identity(torch.size(w1, 0), w1), w1)
      else:
        a1, b1 = (w1, __torch__.identity(torch.size(w1, 1), w1))
    else:
      a1, b1 = (p["lokr_w1_a"], p["lokr_w1_b"])
    if torch.__contains__(p, "lokr_w2"):
      w2 = torch.flatten(p["lokr_w2"], 1)
      a2, b2 = (__torch__.identity(torch.size(w2, 0), w2), w2)
    else:
      a2, b2 = __torch__.lokr_second(p)
    # kron requires a contiguous second factor.
    spots = torch.contiguous(torch.reshape(b2, [torch.size(b2, 0), -1, kernel]))
    up = torch.kron(torch.contiguous(a1), torch.contiguous(a2))
    down = torch.flatten(torch.kron(torch.unsqueeze(torch.contiguous(b1), 2), spots), 1)
    return [up, down]
  def ia3(self: __torch__.Net, p: Dict[str, Tensor], w: Tensor, axis: int, scale: float) -> Tensor:
    # One factor for each row (axis 0) or column (axis 1) of W.
    return torch.mul(torch.mul(w, __torch__.along(p["weight"], axis, w)), scale)
  def glora(self: __torch__.Net, p: Dict[str, Tensor], w: Tensor, scale: float) -> Tensor:
    # W · a1 · a2 + b1 · b2; a1 [in, rank] applies to input channels, or to all columns in files of the first layout.
    up = torch.flatten(p["b1.weight"], 1)
    down = torch.flatten(p["b2.weight"], 1)
    if torch.__contains__(p, "bm.weight"):
      down = torch.flatten(torch.einsum("abkl,bi->aikl", [p["bm.weight"], down]), 1)
    a1 = torch.flatten(p["a1.weight"], 1)
    a2 = torch.flatten(p["a2.weight"], 1)
    if torch.size(a1, 0) == torch.size(w, 1):
      columns = torch.reshape(w, [torch.size(w, 0), torch.size(w, 1), -1])
      turned = torch.einsum("orz,ri->oiz", [torch.einsum("oiz,ir->orz", [columns, a1]), a2])
    else:
      turned = torch.matmul(torch.matmul(torch.flatten(w, 1), a1), a2)
    sum = torch.add(torch.reshape(torch.matmul(up, down), torch.size(w)), torch.reshape(turned, torch.size(w)))
    return torch.mul(sum, scale)
  def oft(self: __torch__.Net, p: Dict[str, Tensor], w: Tensor, constraint: float, strength: float) -> Tensor:
    return __torch__.rotated(p, w, __torch__.cayley(p["oft_blocks"], constraint), strength)
  def boft(self: __torch__.Net, p: Dict[str, Tensor], w: Tensor, constraint: float, strength: float) -> Tensor:
    return __torch__.fluttered(p, w, __torch__.cayley(p["oft_blocks"], constraint), strength)
  def old_oft(self: __torch__.Net, p: Dict[str, Tensor], w: Tensor, strength: float) -> Tensor:
    # The file contains the rotations directly.
    r = p["oft_diag"]
    if torch.dim(r) == 4:
      delta = __torch__.fluttered(p, w, r, strength)
    else:
      delta = __torch__.rotated(p, w, r, strength)
    return delta
  def full(self: __torch__.Net, p: Dict[str, Tensor], w: Tensor, scale: float) -> Tensor:
    return torch.mul(torch.reshape(p["diff"], torch.size(w)), scale)
  def norm(self: __torch__.Net, p: Dict[str, Tensor], w: Tensor, scale: float) -> Tensor:
    return torch.mul(torch.reshape(p["w_norm"], torch.size(w)), scale)
  def replaced(self: __torch__.Net, p: Dict[str, Tensor], w: Tensor) -> Tensor:
    return torch.sub(torch.reshape(p["weight"], torch.size(w)), w)
  def dora(self: __torch__.Net, p: Dict[str, Tensor], w: Tensor, delta: Tensor, axis: int, blend: float) -> Tensor:
    # V = W + Δ, with rows (axis 0) or columns (axis 1) scaled toward the given lengths by the factor blend; minus W.
    v = torch.add(w, delta)
    others = annotate(List[int], [])
    for i in range(torch.dim(w)):
      if torch.__not__(i == axis):
        _0 = torch.append(others, i)
    length = torch.sqrt(torch.sum(torch.mul(v, v), others, True))
    ratio = torch.div(__torch__.along(p["dora_scale"], axis, w), torch.add(length, 1.1920928955078125e-07))
    return torch.sub(torch.mul(v, torch.add(torch.mul(torch.sub(ratio, 1), blend), 1)), w)
  def spread(self: __torch__.Net, w: Tensor, rows: List[int], whole: int) -> Tensor:
    # A matrix that has W in some of its rows, given as starts and counts, and zeros in the others.
    shape = torch.size(w)
    _0 = torch._set_item(shape, 0, whole)
    spread = torch.zeros(shape, dtype=6, layout=0, device=w.device, pin_memory=False)
    at = 0
    for i in range(torch.len(rows) // 2):
      first = rows[2 * i]
      count = rows[2 * i + 1]
      _1 = torch.copy_(torch.slice(spread, 0, first, first + count), torch.slice(w, 0, at, at + count))
      at = at + count
    return spread
  def chosen(self: __torch__.Net, m: Tensor, rows: List[int]) -> Tensor:
    # Some rows of a matrix, given as starts and counts, in this order.
    spans = annotate(List[Tensor], [])
    for i in range(torch.len(rows) // 2):
      first = rows[2 * i]
      _0 = torch.append(spans, torch.slice(m, 0, first, first + rows[2 * i + 1]))
    return torch.cat(spans, 0)
