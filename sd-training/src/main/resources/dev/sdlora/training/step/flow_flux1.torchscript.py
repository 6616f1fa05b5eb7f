def flow_start(x: Tensor, t: Tensor, ctx: Tensor, vector: Tensor, guidance: Tensor, w: Dict[str, Tensor], dims: List[int], theta: float) -> Tuple[List[Tensor], List[Tensor]]:
  # The tokens of text and image, and values that all blocks read: rotations, shift and scale at the end, and the time.
  none = annotate(List[Tensor], [])
  around = __torch__.flux1_turns(torch.size(ctx, 1), x, none, torch.slice(dims, 5), theta)
  image = __torch__.flux1_input(torch.to(__torch__.flux1_tokens(x, none), dims[0]), w)
  text = __torch__.linear(torch.to(ctx, dims[0]), w, "context_embedder")
  time = torch.silu(__torch__.flux1_time(t, guidance, vector, dims[0], w))
  end = torch.chunk(__torch__.linear(time, w, "norm_out.linear"), 2, -1)
  return ([text, image], [around, end[1], end[0], time])
def flow_block(i: int, state: List[Tensor], shared: List[Tensor], w: Dict[str, Tensor], dims: List[int]) -> List[Tensor]:
  p = __torch__.flow_block_name(i, dims)
  time = shared[3]
  room = annotate(List[Tensor], [])
  if i < dims[3]:
    of_image = __torch__.changes(time, w, p + ".norm1.linear", 6)
    of_text = __torch__.changes(time, w, p + ".norm1_context.linear", 6)
    text, image = __torch__.double_block(state[0], state[1], of_text, of_image, shared[0], room, w, p, dims[2])
    next = [text, image]
  else:
    of_all = __torch__.changes(time, w, p + ".norm.linear", 3)
    next = [__torch__.flux1_single_block(torch.cat(state, 1), of_all, shared[0], room, w, p, dims[2])]
  return next
def flow_end(state: List[Tensor], shared: List[Tensor], w: Dict[str, Tensor], hh: int, ww: int) -> Tensor:
  n = torch.size(state[0], 1) - hh // 2 * (ww // 2)
  return __torch__.flux1_output(state[0], n, hh, ww, shared[1], shared[2], w)
def gelu_mlp(ins: List[Tensor], x: Tensor, room: List[Tensor], w: Dict[str, Tensor], inner: str, out: str) -> Tensor:
  # out([ins, gelu(inner(x))]); GELU by its approximation with tanh.
  h = torch.gelu(__torch__.linear(x, w, inner), approximate="tanh")
  return __torch__.linear(torch.cat(torch.add(ins, [h]), -1), w, out)
