def flat(x: Tensor) -> Tensor:
  # [B, C, h, w] -> [B, h * w, C], row by row.
  return torch.transpose(torch.flatten(x, 2), 1, 2)
def positions(x: Tensor, first: int, end: int) -> Tensor:
  # x [B, n, C] -> [B, end - first, C]. Contiguous also for a single row, whose strides do not matter but would make a product copy its weights.
  b, n, c = torch.size(x)
  return torch.view(torch.flatten(torch.slice(x, 1, first, end), 0, 1), [b, end - first, c])
def changes(time: Tensor, w: Dict[str, Tensor], p: str, count: int) -> List[Tensor]:
  # Shift, scale and gate of each part, [1 or B, C].
  return torch.chunk(__torch__.linear(time, w, p), count, -1)
def double_block(text: Tensor, image: Tensor, of_text: List[Tensor], of_image: List[Tensor], around: Tensor, room: List[Tensor], w: Dict[str, Tensor], p: str, heads: int) -> Tuple[Tensor, Tensor]:
  # Text and image have weights of their own, and one attention.
  n = torch.size(text, 1)
  a = p + ".attn"
  h = __torch__.modulated(text, of_text[0], of_text[1])
  i = __torch__.modulated(image, of_image[0], of_image[1])
  before = torch.slice(around, 0, 0, n)
  behind = torch.slice(around, 0, n, torch.size(around, 0))
  texts = __torch__.linears(h, w, [a + ".add_q_proj", a + ".add_k_proj", a + ".add_v_proj"])
  images = __torch__.linears(i, w, [a + ".to_q", a + ".to_k", a + ".to_v"])
  q = __torch__.joined(room, 2, __torch__.rotated_norm(texts[0], w, a + ".norm_added_q", before, 1e-6), __torch__.rotated_norm(images[0], w, a + ".norm_q", behind, 1e-6))
  k = __torch__.joined(room, 3, __torch__.rotated_norm(texts[1], w, a + ".norm_added_k", before, 1e-6), __torch__.rotated_norm(images[1], w, a + ".norm_k", behind, 1e-6))
  v = __torch__.joined(room, 4, texts[2], images[2])
  o = __torch__.attend(q, k, v, heads)
  text = __torch__.gated_sum(text, of_text[2], __torch__.linear(__torch__.positions(o, 0, n), w, a + ".to_add_out"))
  image = __torch__.gated_sum(image, of_image[2], __torch__.linear(__torch__.positions(o, n, torch.size(o, 1)), w, a + ".to_out.0"))
  h = __torch__.feed_forward(__torch__.modulated(text, of_text[3], of_text[4]), room, w, p + ".ff_context")
  text = __torch__.gated_sum(text, of_text[5], h)
  h = __torch__.feed_forward(__torch__.modulated(image, of_image[3], of_image[4]), room, w, p + ".ff")
  image = __torch__.gated_sum(image, of_image[5], h)
  return (text, image)
def single_block(x: Tensor, of_all: List[Tensor], around: Tensor, room: List[Tensor], w: Dict[str, Tensor], p: str, heads: int) -> Tensor:
  # Attention and MLP side by side.
  h = __torch__.attention_and_mlp(__torch__.modulated(x, of_all[0], of_all[1]), around, room, w, p + ".attn", heads)
  return __torch__.gated_sum(x, of_all[2], h)
def rotated_attention(q: Tensor, k: Tensor, v: Tensor, around: Tensor, w: Dict[str, Tensor], p: str, heads: int) -> Tensor:
  q = __torch__.rotated_norm(q, w, p + ".norm_q", around, 1e-6)
  k = __torch__.rotated_norm(k, w, p + ".norm_k", around, 1e-6)
  return __torch__.attend(q, k, v, heads)
