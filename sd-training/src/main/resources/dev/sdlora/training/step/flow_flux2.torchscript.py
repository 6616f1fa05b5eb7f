def flow_start(x: Tensor, t: Tensor, ctx: Tensor, vector: Tensor, guidance: Tensor, w: Dict[str, Tensor], dims: List[int], theta: float) -> Tuple[List[Tensor], List[Tensor]]:
  # The tokens of text and image, and values that all blocks read: rotations, shift and scale at the end, changes of text, image and both.
  _0, _1, hh, ww = torch.size(x)
  n = torch.size(ctx, 1)
  ids = torch.zeros([n, 4], dtype=7, layout=0, device=torch.device("cpu"), pin_memory=False)
  _2 = torch.copy_(torch.select(ids, 1, 3), torch.arange(n, dtype=7, layout=0, device=torch.device("cpu"), pin_memory=False))
  around = __torch__.turns(torch.cat([ids, __torch__.grid_ids(0, 0, hh, ww, 4)], 0), torch.slice(dims, 5), theta, x)
  image = __torch__.linear(torch.to(__torch__.flat(x), dims[0]), w, "x_embedder")
  text = __torch__.linear(torch.to(ctx, dims[0]), w, "context_embedder")
  time = torch.silu(__torch__.flux2_time(t, dims[0], w))
  end = torch.chunk(__torch__.linear(time, w, "norm_out.linear"), 2, -1)
  shared = [around, end[1], end[0]]
  shared = torch.add(shared, __torch__.changes(time, w, "double_stream_modulation_txt.linear", 6))
  shared = torch.add(shared, __torch__.changes(time, w, "double_stream_modulation_img.linear", 6))
  shared = torch.add(shared, __torch__.changes(time, w, "single_stream_modulation.linear", 3))
  return ([text, image], shared)
def flow_block(i: int, state: List[Tensor], shared: List[Tensor], w: Dict[str, Tensor], dims: List[int]) -> List[Tensor]:
  p = __torch__.flow_block_name(i, dims)
  room = annotate(List[Tensor], [])
  if i < dims[3]:
    text, image = __torch__.double_block(state[0], state[1], torch.slice(shared, 3, 9), torch.slice(shared, 9, 15), shared[0], room, w, p, dims[2])
    next = [text, image]
  else:
    next = [__torch__.single_block(torch.cat(state, 1), torch.slice(shared, 15, 18), shared[0], room, w, p, dims[2])]
  return next
def flow_end(state: List[Tensor], shared: List[Tensor], w: Dict[str, Tensor], hh: int, ww: int) -> Tensor:
  h = torch.slice(state[0], 1, torch.size(state[0], 1) - hh * ww)
  y = torch.to(__torch__.linear(__torch__.modulated(h, shared[1], shared[2]), w, "proj_out"), 6)
  return torch.reshape(torch.transpose(y, 1, 2), [1, -1, hh, ww])
def feed_forward(x: Tensor, room: List[Tensor], w: Dict[str, Tensor], p: str) -> Tensor:
  # Gates, then values (Shazeer 2020).
  gate, value = torch.chunk(__torch__.linear(x, w, p + ".linear_in"), 2, -1)
  return __torch__.linear(torch.mul(torch.silu(gate), value), w, p + ".linear_out")
def attention_and_mlp(x: Tensor, around: Tensor, room: List[Tensor], w: Dict[str, Tensor], p: str, heads: int) -> Tensor:
  # One layer makes queries, keys, values, and gates and values of the MLP.
  c = torch.size(x, -1)
  y = __torch__.linear(x, w, p + ".to_qkv_mlp_proj")
  q, k, v = torch.chunk(torch.slice(y, -1, 0, 3 * c), 3, -1)
  gate, value = torch.chunk(torch.slice(y, -1, 3 * c, torch.size(y, -1)), 2, -1)
  o = __torch__.rotated_attention(q, k, v, around, w, p, heads)
  return __torch__.linear(torch.cat([o, torch.mul(torch.silu(gate), value)], -1), w, p + ".to_out")
