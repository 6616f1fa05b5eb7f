def flow_start(x: Tensor, t: Tensor, ctx: Tensor, vector: Tensor, guidance: Tensor, w: Dict[str, Tensor], dims: List[int], theta: float) -> Tuple[List[Tensor], List[Tensor]]:
  # The tokens of image and text, refined, and values that all blocks read: time and rotations.
  time, turns, h = __torch__.z_image_start(x, t, ctx, w, dims[2], torch.slice(dims, 5), theta)
  return ([h], [time, turns])
def flow_blocks(dims: List[int]) -> int:
  return dims[4]
def flow_block_name(i: int, dims: List[int]) -> str:
  return "layers." + str(i)
def flow_block(i: int, state: List[Tensor], shared: List[Tensor], w: Dict[str, Tensor], dims: List[int]) -> List[Tensor]:
  return [__torch__.z_image_block(state[0], shared[0], shared[1], w, "layers." + str(i), dims[2])]
def flow_end(state: List[Tensor], shared: List[Tensor], w: Dict[str, Tensor], hh: int, ww: int) -> Tensor:
  return __torch__.z_image_output(state[0], shared[0], hh, ww, w)
def z_image_block(x: Tensor, time: Tensor, turns: Tensor, w: Dict[str, Tensor], p: str, heads: int) -> Tensor:
  # x [1, n, C]
  gains = __torch__.z_image_gains(time, w, p)
  y = __torch__.gained_norm(x, gains[0])
  three = __torch__.linears(y, w, [p + ".attention.to_q", p + ".attention.to_k", p + ".attention.to_v"])
  q = __torch__.rotated_norm(three[0], w, p + ".attention.norm_q", turns, 1e-5)
  k = __torch__.rotated_norm(three[1], w, p + ".attention.norm_k", turns, 1e-5)
  y = __torch__.linear(__torch__.attend(q, k, three[2], heads), w, p + ".attention.to_out.0")
  x = __torch__.plus_gained_norm(x, y, gains[1])
  y = __torch__.gained_norm(x, gains[2])
  y = torch.mul(torch.silu(__torch__.linear(y, w, p + ".feed_forward.w1")), __torch__.linear(y, w, p + ".feed_forward.w3"))
  return __torch__.plus_gained_norm(x, __torch__.linear(y, w, p + ".feed_forward.w2"), gains[3])
def gained_norm(x: Tensor, gain: Tensor) -> Tensor:
  # x [1, n, C], gain float32 [C]: RMS norm in float32, rounded once.
  return torch.to(__torch__.wide_norm(x, gain), x.dtype)
def plus_gained_norm(sum: Tensor, x: Tensor, gain: Tensor) -> Tensor:
  # sum + gained_norm(x, gain), rounded once.
  return torch.to(torch.add(__torch__.wide_norm(x, gain), sum), sum.dtype)
def wide_norm(x: Tensor, gain: Tensor) -> Tensor:
  y = torch.to(x, 6)
  return torch.mul(torch.mul(y, __torch__.inverse_rms(y, 1e-5)), gain)
