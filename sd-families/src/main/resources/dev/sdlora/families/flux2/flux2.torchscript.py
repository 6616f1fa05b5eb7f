  def predict(self: __torch__.Net, x: Tensor, t: Tensor, ctx: Tensor, references: List[Tensor], w: Dict[str, Tensor], heads: int, blocks: List[int], axes: List[int], theta: float) -> Tensor:
    # x [B, C, h, w], t [B], ctx [B, n, K], references [1, C, ., .] -> [B, C, h, w]; all float32 (dtype 6), computed in the weights' dtype.
    # blocks: the numbers of double and single ones.
    b, c, hh, ww = torch.size(x)
    n = torch.size(ctx, 1)
    format = w["x_embedder.weight"].dtype
    # 1. Places: the text counts on the fourth axis, a reference is behind the image on the first.
    ids = torch.zeros([n, 4], dtype=7, layout=0, device=torch.device("cpu"), pin_memory=False)
    _0 = torch.copy_(torch.select(ids, 1, 3), torch.arange(n, dtype=7, layout=0, device=torch.device("cpu"), pin_memory=False))
    places = annotate(List[Tensor], [ids, __torch__.grid_ids(0, 0, hh, ww, 4)])
    tokens = annotate(List[Tensor], [__torch__.flat(x)])
    for i in range(torch.len(references)):
      reference = references[i]
      _1 = torch.append(places, __torch__.grid_ids(10 * (i + 1), 0, torch.size(reference, 2), torch.size(reference, 3), 4))
      _2 = torch.append(tokens, torch.expand(__torch__.flat(reference), [b, -1, -1]))
    around = __torch__.turns(torch.cat(places, 0), axes, theta, x)
    image = __torch__.linear(torch.to(torch.cat(tokens, 1), format), w, "x_embedder")
    text = __torch__.linear(torch.to(ctx, format), w, "context_embedder")
    # 2. Time, one row if all are alike, and the changes that it makes in all blocks.
    if float(torch.min(t)) == float(torch.max(t)):
      t = torch.slice(t, 0, 0, 1)
    time = torch.silu(__torch__.flux2_time(t, format, w))
    of_image = __torch__.changes(time, w, "double_stream_modulation_img.linear", 6)
    of_text = __torch__.changes(time, w, "double_stream_modulation_txt.linear", 6)
    of_all = __torch__.changes(time, w, "single_stream_modulation.linear", 3)
    # 3. Blocks, which share the memory of their inner values.
    room = annotate(List[Tensor], [])
    for i in range(blocks[0]):
      text, image = __torch__.double_block(text, image, of_text, of_image, around, room, w, "transformer_blocks." + str(i), heads)
    room = annotate(List[Tensor], [])
    h = torch.cat([text, image], 1)
    for i in range(blocks[1]):
      h = __torch__.single_block(h, of_all, around, room, w, "single_transformer_blocks." + str(i), heads)
    # 4. Output of the image's tokens.
    end = torch.chunk(__torch__.linear(time, w, "norm_out.linear"), 2, -1)
    h = __torch__.modulated(torch.slice(h, 1, n, n + hh * ww), end[1], end[0])
    y = torch.to(__torch__.linear(h, w, "proj_out"), 6)
    return torch.contiguous(torch.reshape(torch.transpose(y, 1, 2), [b, c, hh, ww]))
