  def predict(self: __torch__.Net, x: Tensor, t: Tensor, ctx: Tensor, tokens: List[int], vector: Tensor, guidance: Tensor, references: List[Tensor], w: Dict[str, Tensor], heads: int, blocks: List[int], axes: List[int], theta: float) -> Tensor:
    # x [B, C, h, w], t [B], ctx [B, n, K], of which all tokens are read, vector [B, P], guidance [B, 1] or [B, 0], references
    # [1, C, ., .] -> [B, out, h, w]; all float32 (dtype 6), computed in the weights' dtype. blocks: the numbers of double and single ones.
    _0, _1, hh, ww = torch.size(x)
    n = torch.size(ctx, 1)
    format = w["x_embedder.bias"].dtype
    around = __torch__.flux1_turns(n, x, references, axes, theta)
    image = __torch__.flux1_input(torch.to(__torch__.flux1_tokens(x, references), format), w)
    text = __torch__.linear(torch.to(ctx, format), w, "context_embedder")
    time = torch.silu(__torch__.flux1_time(t, guidance, vector, format, w))
    room = annotate(List[Tensor], [])
    for i in range(blocks[0]):
      p = "transformer_blocks." + str(i)
      of_image = __torch__.changes(time, w, p + ".norm1.linear", 6)
      of_text = __torch__.changes(time, w, p + ".norm1_context.linear", 6)
      text, image = __torch__.double_block(text, image, of_text, of_image, around, room, w, p, heads)
    room = annotate(List[Tensor], [])
    h = torch.cat([text, image], 1)
    for i in range(blocks[1]):
      p = "single_transformer_blocks." + str(i)
      h = __torch__.flux1_single_block(h, __torch__.changes(time, w, p + ".norm.linear", 3), around, room, w, p, heads)
    end = torch.chunk(__torch__.linear(time, w, "norm_out.linear"), 2, -1)
    return __torch__.flux1_output(h, n, hh, ww, end[1], end[0], w)
