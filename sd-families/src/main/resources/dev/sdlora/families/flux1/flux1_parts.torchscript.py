def flux1_tokens(x: Tensor, references: List[Tensor]) -> Tensor:
  # Patches of 2 x 2, their channels first, of the image and then of references.
  tokens = annotate(List[Tensor], [__torch__.patches(x)])
  for i in range(torch.len(references)):
    _0 = torch.append(tokens, torch.expand(__torch__.patches(references[i]), [torch.size(x, 0), -1, -1]))
  return torch.cat(tokens, 1)
def flux1_input(x: Tensor, w: Dict[str, Tensor]) -> Tensor:
  # The first layer. While a control LoRA acts, the second half of the channels is a control image's, for which the layer has no
  # weights of its own.
  p = "x_embedder.control"
  if torch.__contains__(w, p + ".lora_down.weight"):
    n = torch.size(x, 2) // 2
    own = torch.contiguous(torch.slice(x, 2, 0, n))
    y = __torch__.lora_linear(__torch__.linear(own, w, "x_embedder"), torch.contiguous(torch.slice(x, 2, n, 2 * n)), w, p)
  else:
    y = __torch__.linear(x, w, "x_embedder")
  return y
def patches(x: Tensor) -> Tensor:
  # [B, C, h, w] -> [B, h * w / 4, 4 * C], row by row.
  b, c, hh, ww = torch.size(x)
  y = torch.permute(torch.reshape(x, [b, c, hh // 2, 2, ww // 2, 2]), [0, 2, 4, 1, 3, 5])
  return torch.reshape(y, [b, -1, 4 * c])
def flux1_turns(n: int, x: Tensor, references: List[Tensor], axes: List[int], theta: float) -> Tensor:
  # The text has no places; a reference is behind the image on the first axis.
  text = torch.zeros([n, 3], dtype=7, layout=0, device=torch.device("cpu"), pin_memory=False)
  places = annotate(List[Tensor], [text, __torch__.grid_ids(0, 0, torch.size(x, 2) // 2, torch.size(x, 3) // 2, 3)])
  for i in range(torch.len(references)):
    reference = references[i]
    _0 = torch.append(places, __torch__.grid_ids(i + 1, 0, torch.size(reference, 2) // 2, torch.size(reference, 3) // 2, 3))
  return __torch__.turns(torch.cat(places, 0), axes, theta, x)
def flux1_time(t: Tensor, guidance: Tensor, vector: Tensor, format: int, w: Dict[str, Tensor]) -> Tensor:
  # Time, guidance and pooled text, one row if all are alike. Dtype 7 is float64.
  p = "time_text_embed."
  h = __torch__.two_layers(torch.to(__torch__.sinusoid(torch.mul(__torch__.doubles(t), 1000), 256, t), format), w, p + "timestep_embedder")
  if torch.__contains__(w, p + "guidance_embedder.linear_1.bias"):
    g = torch.mul(__torch__.doubles(torch.select(guidance, 1, 0)), 1000)
    h = torch.add(h, __torch__.two_layers(torch.to(__torch__.sinusoid(g, 256, t), format), w, p + "guidance_embedder"))
  h = torch.add(h, __torch__.two_layers(torch.to(vector, format), w, p + "text_embedder"))
  first = torch.slice(h, 0, 0, 1)
  if torch.equal(h, torch.expand_as(first, h)):
    h = first
  return h
def two_layers(x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  return __torch__.linear(torch.silu(__torch__.linear(x, w, p + ".linear_1")), w, p + ".linear_2")
def flux1_single_block(x: Tensor, of_all: List[Tensor], around: Tensor, room: List[Tensor], w: Dict[str, Tensor], p: str, heads: int) -> Tensor:
  # Attention and MLP side by side, on one input and with one output.
  y = __torch__.modulated(x, of_all[0], of_all[1])
  a = p + ".attn"
  q = __torch__.linear(y, w, a + ".to_q")
  k = __torch__.linear(y, w, a + ".to_k")
  v = __torch__.linear(y, w, a + ".to_v")
  o = __torch__.rotated_attention(q, k, v, around, w, a, heads)
  return __torch__.gated_sum(x, of_all[2], __torch__.gelu_mlp(annotate(List[Tensor], [o]), y, room, w, p + ".proj_mlp", p + ".proj_out"))
def feed_forward(x: Tensor, room: List[Tensor], w: Dict[str, Tensor], p: str) -> Tensor:
  return __torch__.gelu_mlp(annotate(List[Tensor], []), x, room, w, p + ".net.0.proj", p + ".net.2")
def flux1_output(h: Tensor, n: int, hh: int, ww: int, shift: Tensor, scale: Tensor, w: Dict[str, Tensor]) -> Tensor:
  # The patches of the image, which follow n tokens of text.
  height, width = hh // 2, ww // 2
  h = __torch__.modulated(torch.slice(h, 1, n, n + height * width), shift, scale)
  y = torch.to(__torch__.linear(h, w, "proj_out"), 6)
  b = torch.size(y, 0)
  y = torch.permute(torch.reshape(y, [b, height, width, -1, 2, 2]), [0, 3, 1, 4, 2, 5])
  return torch.reshape(y, [b, -1, hh, ww])
