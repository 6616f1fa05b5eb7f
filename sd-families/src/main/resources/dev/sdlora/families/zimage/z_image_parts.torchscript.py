def z_image(x: Tensor, sigma: Tensor, text: Tensor, w: Dict[str, Tensor], heads: int, axes: List[int], theta: float) -> Tensor:
  # A single row: x [1, C, h, w], sigma [1], text [1, n, T].
  time, turns, h = __torch__.z_image_start(x, sigma, text, w, heads, axes, theta)
  for i in range(__torch__.blocks(w, "layers.")):
    h = __torch__.z_image_block(h, time, turns, w, "layers." + str(i), heads)
  return __torch__.z_image_output(h, time, torch.size(x, 2), torch.size(x, 3), w)
def z_image_start(x: Tensor, sigma: Tensor, text: Tensor, w: Dict[str, Tensor], heads: int, axes: List[int], theta: float) -> Tuple[Tensor, Tensor, Tensor]:
  # The time, the rotations of all places, and the tokens of image and text before the blocks that both pass. Dtype 6 is float32, 7 float64.
  dtype = w["x_pad_token"].dtype
  _0, c, hh, ww = torch.size(x)
  height, width = hh // 2, ww // 2
  n = height * width
  # 1. Time, from 0 for noise to 1,000 for an image.
  time = torch.mul(torch.rsub(__torch__.doubles(sigma), 1), 1000)
  time = torch.to(__torch__.sinusoid(time, torch.size(w["t_embedder.mlp.0.weight"], 1), x), dtype)
  time = __torch__.linear(torch.silu(__torch__.linear(time, w, "t_embedder.mlp.0")), w, "t_embedder.mlp.2")
  # 2. Text.
  text = __torch__.rms_norm(torch.to(text, dtype), w, "cap_embedder.0", 1e-5)
  text = __torch__.filled(__torch__.linear(text, w, "cap_embedder.1"), w["cap_pad_token"])
  m = torch.size(text, 1)
  text_turns = __torch__.turns(__torch__.text_ids(m), axes, theta, x)
  for i in range(__torch__.blocks(w, "context_refiner.")):
    text = __torch__.z_image_block(text, time, text_turns, w, "context_refiner." + str(i), heads)
  # 3. Patches of 2 x 2, their channels last.
  patches = torch.permute(torch.reshape(x, [c, height, 2, width, 2]), [1, 3, 2, 4, 0])
  patches = torch.to(torch.reshape(patches, [1, n, 4 * c]), dtype)
  h = __torch__.filled(__torch__.linear(patches, w, "all_x_embedder.2-1"), w["x_pad_token"])
  ids = torch.constant_pad_nd(__torch__.grid_ids(m + 1, 0, height, width, torch.len(axes)), [0, 0, 0, torch.size(h, 1) - n], 0)
  turns = __torch__.turns(ids, axes, theta, x)
  for i in range(__torch__.blocks(w, "noise_refiner.")):
    h = __torch__.z_image_block(h, time, turns, w, "noise_refiner." + str(i), heads)
  # 4. Both.
  h = torch.cat([h, text], 1)
  turns = torch.cat([turns, text_turns], 0)
  return (time, turns, h)
def z_image_output(h: Tensor, time: Tensor, hh: int, ww: int, w: Dict[str, Tensor]) -> Tensor:
  # The network predicts the image minus the noise; its first tokens are the image's.
  height, width = hh // 2, ww // 2
  scale = __torch__.linear(torch.silu(time), w, "all_final_layer.2-1.adaLN_modulation.1")
  h = __torch__.modulated(torch.slice(h, 1, 0, height * width), torch.zeros_like(scale), scale)
  h = torch.neg(torch.to(__torch__.linear(h, w, "all_final_layer.2-1.linear"), 6))
  h = torch.permute(torch.reshape(h, [height, width, 2, 2, -1]), [4, 0, 2, 1, 3])
  return torch.reshape(h, [1, -1, hh, ww])
def blocks(w: Dict[str, Tensor], p: str) -> int:
  # The number of consecutive blocks from 0.
  n = 0
  while torch.__contains__(w, p + str(n) + ".attention_norm1.weight"):
    n = n + 1
  return n
def filled(x: Tensor, token: Tensor) -> Tensor:
  # x [1, n, C], token [1, C]: appends the token up to a multiple of 32 positions.
  n = torch.size(x, 1)
  return torch.cat([x, torch.expand(torch.unsqueeze(token, 0), [1, (n + 31) // 32 * 32 - n, -1])], 1)
def text_ids(n: int) -> Tensor:
  # The places of a text's positions, float64 [n, 3] on the processor: (1, 0, 0), (2, 0, 0) ...
  steps = torch.add(torch.arange(n, dtype=7, layout=0, device=torch.device("cpu"), pin_memory=False), 1)
  return torch.constant_pad_nd(torch.unsqueeze(steps, 1), [0, 2], 0)
def z_image_gains(time: Tensor, w: Dict[str, Tensor], p: str) -> List[Tensor]:
  # The gains of the norms before and after attention and MLP, float32 [C]; blocks over the text alone do not depend on the time.
  gains = annotate(List[Tensor], [])
  for name in [".attention_norm1", ".attention_norm2", ".ffn_norm1", ".ffn_norm2"]:
    _0 = torch.append(gains, torch.to(w[p + name + ".weight"], 6))
  if torch.__contains__(w, p + ".adaLN_modulation.0.bias"):
    parts = torch.chunk(torch.flatten(torch.to(__torch__.linear(time, w, p + ".adaLN_modulation.0"), 6)), 4)
    for i in range(4):
      if torch.eq(i % 2, 0):
        factor = torch.add(parts[i], 1)
      else:
        factor = torch.tanh(parts[i])
      _1 = torch._set_item(gains, i, torch.mul(gains[i], factor))
  return gains
def norm_part(x: Tensor, gain: Tensor) -> Tensor:
  y = torch.to(x, 6)
  return torch.mul_(torch.mul(y, __torch__.inverse_rms(y, 1e-5)), gain)
