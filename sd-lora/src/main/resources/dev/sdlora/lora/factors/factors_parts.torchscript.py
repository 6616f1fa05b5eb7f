def factors(p: Dict[str, Tensor], limit: int) -> Tuple[Tensor, Tensor]:
  # [out, rank] and [rank, in·k·k] of a LoRA, truncated to the limit; a core is multiplied into the second factor.
  up = torch.flatten(p["lora_up.weight"], 1)
  down = torch.flatten(p["lora_down.weight"], 1)
  if torch.__contains__(p, "lora_mid.weight"):
    down = torch.flatten(torch.einsum("abkl,bi->aikl", [p["lora_mid.weight"], down]), 1)
  return (torch.slice(up, 1, 0, limit), torch.slice(down, 0, 0, limit))
def hada(p: Dict[str, Tensor], n: str) -> Tuple[Tensor, Tensor]:
  # The factors of one of LoHa's products, [out, r] and [r, in·k·k], with its core if there is one.
  if torch.__contains__(p, "hada_t" + n):
    pair = __torch__.tucker(p["hada_t" + n], p["hada_w" + n + "_a"], p["hada_w" + n + "_b"])
  else:
    pair = (p["hada_w" + n + "_a"], torch.flatten(p["hada_w" + n + "_b"], 1))
  return pair
def lokr_second(p: Dict[str, Tensor]) -> Tuple[Tensor, Tensor]:
  # The factors of LoKr's second matrix, [b, r] and [r, d·k·k].
  if torch.__contains__(p, "lokr_t2"):
    pair = __torch__.tucker(p["lokr_t2"], p["lokr_w2_a"], p["lokr_w2_b"])
  else:
    pair = (p["lokr_w2_a"], torch.flatten(p["lokr_w2_b"], 1))
  return pair
def tucker(core: Tensor, a: Tensor, b: Tensor) -> Tuple[Tensor, Tensor]:
  # core [r, r, k, k], a [r, out], b [r, in] -> [out, r] and [r, in·k·k]
  return (torch.t(a), torch.flatten(torch.einsum("rskl,si->rikl", [core, b]), 1))
def identity(n: int, like: Tensor) -> Tensor:
  # Dtype 6 is float32.
  return torch.eye(n, dtype=6, device=ops.prim.device(like))
def along(values: Tensor, axis: int, w: Tensor) -> Tensor:
  # Reshapes a vector with a value for each row or column of W so that it broadcasts over W.
  shape = torch.mul([1], torch.dim(w))
  _0 = torch._set_item(shape, axis, -1)
  return torch.reshape(values, shape)
def cayley(blocks: Tensor, constraint: float) -> Tensor:
  # (I + Q)(I − Q)⁻¹ with Q = B − Bᵀ. The constraint limits the Frobenius norm of Q over all blocks unless it is 0.
  q = torch.sub(blocks, torch.transpose(blocks, -1, -2))
  if constraint > 0.:
    norm = float(torch.sqrt(torch.sum(torch.mul(q, q)))) + 1e-8
    if norm > constraint:
      q = torch.mul(q, constraint / norm)
  eye = __torch__.identity(torch.size(q, -1), q)
  return torch.matmul(torch.add(eye, q), torch.inverse(torch.sub(eye, q)))
def rotated(p: Dict[str, Tensor], w: Tensor, r: Tensor, strength: float) -> Tensor:
  # Multiplies blocks of rows of W by Rᵀ; r [blocks, size, size]. Subtracting the identity first avoids cancellation.
  turn = torch.mul(torch.sub(r, __torch__.identity(torch.size(r, -1), r)), strength)
  rows = torch.reshape(w, [torch.size(r, 0), torch.size(r, 1), -1])
  return __torch__.rescaled(p, w, torch.reshape(torch.matmul(torch.transpose(turn, 1, 2), rows), torch.size(w)))
def fluttered(p: Dict[str, Tensor], w: Tensor, r: Tensor, strength: float) -> Tensor:
  # A butterfly of rotations, r [levels, blocks, size, size]; rows in a block are further apart at each level.
  size = torch.size(r, -1)
  eye = __torch__.identity(size, r)
  columns = torch.numel(w) // torch.size(w, 0)
  rows = torch.reshape(w, [torch.size(w, 0), columns])
  stride = size // 2
  for i in range(torch.size(r, 0)):
    turn = torch.add(eye, torch.mul(torch.sub(torch.select(r, 0, i), eye), strength))
    apart = torch.transpose(torch.reshape(rows, [-1, 2, stride, columns]), 1, 2)
    turned = torch.matmul(turn, torch.reshape(apart, [-1, size, columns]))
    rows = torch.reshape(torch.transpose(torch.reshape(turned, [-1, stride, 2, columns]), 1, 2), [-1, columns])
    stride = stride * 2
  return __torch__.rescaled(p, w, torch.sub(torch.reshape(rows, torch.size(w)), w))
def rescaled(p: Dict[str, Tensor], w: Tensor, delta: Tensor) -> Tensor:
  # s · (W + Δ) − W
  if torch.__contains__(p, "rescale"):
    s = __torch__.along(p["rescale"], 0, w)
    delta = torch.add(torch.mul(delta, s), torch.mul(w, torch.sub(s, 1)))
  return delta
