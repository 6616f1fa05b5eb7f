def middle_positions(grid: Tensor, height: int, width: int) -> Tensor:
  # grid [1, n * n, C] -> [1, height * width, C], from its middle.
  c = torch.size(grid, 2)
  n = int(torch.round(torch.sqrt(torch.size(grid, 1))))
  grid = torch.reshape(grid, [n, n, c])
  top, left = (n - height) // 2, (n - width) // 2
  grid = torch.slice(torch.slice(grid, 0, top, top + height), 1, left, left + width)
  return torch.reshape(grid, [1, height * width, c])
def silu_layers(x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  return __torch__.linear(torch.silu(__torch__.linear(x, w, p + "1")), w, p + "2")
def changes(time: Tensor, w: Dict[str, Tensor], p: str, width: int) -> List[Tensor]:
  # Shifts, scales and gates, [B, C] each.
  y = __torch__.linear(time, w, p)
  return torch.chunk(y, torch.size(y, -1) // width, -1)
def head_norm(x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  # x [B, n, heads * d]: each head's RMS norm in float32, if the network has one.
  if torch.__contains__(w, p + ".weight"):
    d = torch.size(w[p + ".weight"], 0)
    parts = torch.reshape(x, [torch.size(x, 0), torch.size(x, 1), -1, d])
    x = torch.flatten(__torch__.rms_norm(parts, w, p, 1e-6), 2)
  return x
def gelu_mlp(x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  return __torch__.linear(torch.gelu_(__torch__.linear(x, w, p + ".net.0.proj"), approximate="tanh"), w, p + ".net.2")
def sd3_block(text: Tensor, image: Tensor, time: Tensor, w: Dict[str, Tensor], p: str, heads: int) -> Tuple[Tensor, Tensor]:
  # Text and image have weights of their own, and one attention. The last block only reads the text.
  n = torch.size(text, 1)
  c = torch.size(text, 2)
  a = p + ".attn"
  of_image = __torch__.changes(time, w, p + ".norm1.linear", c)
  of_text = __torch__.changes(time, w, p + ".norm1_context.linear", c)
  last = torch.eq(torch.len(of_text), 2)
  if last:
    h = __torch__.modulated(text, of_text[1], of_text[0])
  else:
    h = __torch__.modulated(text, of_text[0], of_text[1])
  i = __torch__.modulated(image, of_image[0], of_image[1])
  q = torch.cat([__torch__.head_norm(__torch__.linear(h, w, a + ".add_q_proj"), w, a + ".norm_added_q"), __torch__.head_norm(__torch__.linear(i, w, a + ".to_q"), w, a + ".norm_q")], 1)
  k = torch.cat([__torch__.head_norm(__torch__.linear(h, w, a + ".add_k_proj"), w, a + ".norm_added_k"), __torch__.head_norm(__torch__.linear(i, w, a + ".to_k"), w, a + ".norm_k")], 1)
  v = torch.cat([__torch__.linear(h, w, a + ".add_v_proj"), __torch__.linear(i, w, a + ".to_v")], 1)
  o = __torch__.attend(q, k, v, heads)
  of_both = __torch__.linear(torch.slice(o, 1, n, torch.size(o, 1)), w, a + ".to_out.0")
  if torch.len(of_image) > 6:
    i = __torch__.modulated(image, of_image[6], of_image[7])
    image = __torch__.gated_sum(image, of_image[2], of_both)
    image = __torch__.gated_sum(image, of_image[8], __torch__.image_attention(i, w, p + ".attn2", heads))
  else:
    image = __torch__.gated_sum(image, of_image[2], of_both)
  image = __torch__.gated_sum(image, of_image[5], __torch__.gelu_mlp(__torch__.modulated(image, of_image[3], of_image[4]), w, p + ".ff"))
  if torch.__not__(last):
    text = __torch__.gated_sum(text, of_text[2], __torch__.linear(torch.slice(o, 1, 0, n), w, a + ".to_add_out"))
    text = __torch__.gated_sum(text, of_text[5], __torch__.gelu_mlp(__torch__.modulated(text, of_text[3], of_text[4]), w, p + ".ff_context"))
  return (text, image)
def image_attention(x: Tensor, w: Dict[str, Tensor], p: str, heads: int) -> Tensor:
  q = __torch__.head_norm(__torch__.linear(x, w, p + ".to_q"), w, p + ".norm_q")
  k = __torch__.head_norm(__torch__.linear(x, w, p + ".to_k"), w, p + ".norm_k")
  return __torch__.linear(__torch__.attend(q, k, __torch__.linear(x, w, p + ".to_v"), heads), w, p + ".to_out.0")
