  def hint(self: __torch__.Net, picture: Tensor, w: Dict[str, Tensor], blocks: int, wrap: int) -> Tensor:
    # A control image [1, 3, 8h, 8w], from 0 to 1 -> [1, C, h, w], float32 (dtype 6); every second block halves the sides
    p = "controlnet_cond_embedding."
    x = torch.to(picture, w[p + "conv_in.weight"].dtype)
    h = torch.silu(__torch__.conv3(x, w, p + "conv_in", 1, wrap))
    for i in range(blocks):
      h = torch.silu(__torch__.conv3(h, w, p + "blocks." + str(i), 1 + i % 2, wrap))
    return torch.to(__torch__.conv3(h, w, p + "conv_out", 1, wrap), 6)
  def residuals(self: __torch__.Net, x: Tensor, t: Tensor, ctx: Tensor, hint: Tensor, vector: Tensor, types: Tensor, w: Dict[str, Tensor], heads: List[int], wrap: int, scales: Tensor) -> List[Tensor]:
    # x [B, 4, h, w], t [B], ctx [B, n, C], vector [B, V], hint [1, C, h, w], types [1, T] of the control images of a ControlNet Union,
    # scales [blocks, B] of each output for each batch member
    # -> the residuals for the outputs of the U-Net's encoder and middle block, in float32
    # A ControlNet ignores the additional input channels of inpainting models.
    x = torch.slice(x, 1, 0, torch.size(w["conv_in.weight"], 1))
    x = torch.to(x, w["conv_in.weight"].dtype)
    ctx = torch.to(ctx, x.dtype)
    emb = __torch__.time_embedding(t, vector, types, x.dtype, w)
    h = torch.add(__torch__.conv3(x, w, "conv_in", 1, wrap), torch.to(hint, x.dtype))
    texts = annotate(Dict[str, Tensor], {})
    outs = __torch__.unet_down(h, emb, ctx, texts, w, heads, wrap, annotate(List[Tensor], []), 0., 0, 1000)
    _0 = torch.append(outs, __torch__.unet_middle(outs[-1], emb, ctx, texts, w, heads[torch.sub(torch.len(heads), 1)], wrap))
    last = torch.len(outs) - 1
    for i in range(last + 1):
      p = "controlnet_mid_block"
      if i < last:
        p = "controlnet_down_blocks." + str(i)
      y = torch.to(__torch__.conv(outs[i], w, p, 1, 0), 6)
      _1 = torch._set_item(outs, i, torch.mul(y, torch.reshape(scales[i], [-1, 1, 1, 1])))
    return outs
