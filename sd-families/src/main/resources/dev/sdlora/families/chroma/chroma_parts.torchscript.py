def chroma(x: Tensor, ctx: Tensor, changes: Tensor, w: Dict[str, Tensor], heads: int, blocks: List[int], axes: List[int], theta: float) -> Tensor:
  # changes [1 or B, rows, C]: shifts, scales and gates of the single blocks, of the double blocks for the image and for the text, and the
  # last shift and scale.
  _0, _1, hh, ww = torch.size(x)
  n = torch.size(ctx, 1)
  format = w["x_embedder.bias"].dtype
  references = annotate(List[Tensor], [])
  around = __torch__.flux1_turns(n, x, references, axes, theta)
  image = __torch__.linear(torch.to(__torch__.patches(x), format), w, "x_embedder")
  text = __torch__.linear(torch.to(ctx, format), w, "context_embedder")
  rows = torch.unbind(changes, 1)
  of_images = 3 * blocks[1]
  of_texts = of_images + 6 * blocks[0]
  room = annotate(List[Tensor], [])
  for i in range(blocks[0]):
    of_image = torch.slice(rows, of_images + 6 * i, of_images + 6 * i + 6)
    of_text = torch.slice(rows, of_texts + 6 * i, of_texts + 6 * i + 6)
    text, image = __torch__.double_block(text, image, of_text, of_image, around, room, w, "transformer_blocks." + str(i), heads)
  room = annotate(List[Tensor], [])
  h = torch.cat([text, image], 1)
  for i in range(blocks[1]):
    h = __torch__.flux1_single_block(h, torch.slice(rows, 3 * i, 3 * i + 3), around, room, w, "single_transformer_blocks." + str(i), heads)
  return __torch__.flux1_output(h, n, hh, ww, rows[-2], rows[-1], w)
def chroma_changes(t: Tensor, rows: int, w: Dict[str, Tensor]) -> Tensor:
  # Input: sinusoids of the time, of a guidance of 0 and of the row. Those of the row have the angles of float32 arithmetic (dtype 6) with
  # which the network was trained: beyond 300,000 radians, others differ visibly.
  p = "distilled_guidance_layer."
  format = w[p + "in_proj.bias"].dtype
  b = torch.size(t, 0)
  time = __torch__.sinusoid(torch.mul(__torch__.doubles(t), 1000), 16, t)
  none = __torch__.sinusoid(__torch__.doubles(torch.zeros_like(t)), 16, t)
  half = torch.arange(16, dtype=6, layout=0, device=t.device, pin_memory=False)
  speeds = torch.exp(torch.div(torch.mul(half, -torch.log(10000.)), 16))
  angles = torch.outer(torch.mul(torch.arange(rows, dtype=6, layout=0, device=t.device, pin_memory=False), 1000), speeds)
  places = torch.cat([torch.cos(angles), torch.sin(angles)], 1)
  of_time = torch.expand(torch.unsqueeze(torch.cat([time, none], 1), 1), [-1, rows, -1])
  x = torch.cat([of_time, torch.expand(torch.unsqueeze(places, 0), [b, -1, -1])], 2)
  x = __torch__.linear(torch.to(x, format), w, p + "in_proj")
  i = 0
  while torch.__contains__(w, p + "norms." + str(i) + ".weight"):
    y = __torch__.rms_norm(x, w, p + "norms." + str(i), 1e-6)
    x = torch.add(x, __torch__.two_layers(y, w, p + "layers." + str(i)))
    i = i + 1
  return __torch__.linear(x, w, p + "out_proj")
