  def predict(self: __torch__.Net, x: Tensor, t: Tensor, ctx: Tensor, pooled: Tensor, w: Dict[str, Tensor], heads: int, blocks: List[int]) -> Tensor:
    # x [B, C, h, w], t [B], ctx [B, n, K], pooled [B, P] -> [B, C, h, w]; all float32 (dtype 6), computed in the weights' dtype.
    b, c, hh, ww = torch.size(x)
    height, width = hh // 2, ww // 2
    format = w["context_embedder.bias"].dtype
    # 1. Patches of 2 x 2 and their places, from the middle of a grid.
    x = torch.to(x, format)
    image = torch.conv2d(x, w["pos_embed.proj.weight"], w["pos_embed.proj.bias"], [2, 2])
    image = __torch__.lora_conv(image, x, w, "pos_embed.proj", 2, 0)
    image = torch.add(torch.transpose(torch.flatten(image, 2), 1, 2), __torch__.middle_positions(w["pos_embed.pos_embed"], height, width))
    # 2. Time and pooled prompt.
    time = torch.to(__torch__.sinusoid(torch.mul(__torch__.doubles(t), 1000), torch.size(w["time_text_embed.timestep_embedder.linear_1.weight"], 1), t), format)
    time = __torch__.silu_layers(time, w, "time_text_embed.timestep_embedder.linear_")
    time = torch.silu(torch.add(time, __torch__.silu_layers(torch.to(pooled, format), w, "time_text_embed.text_embedder.linear_")))
    text = __torch__.linear(torch.to(ctx, format), w, "context_embedder")
    # 3. Blocks, of which skip-layer guidance leaves some out.
    for i in blocks:
      text, image = __torch__.sd3_block(text, image, time, w, "transformer_blocks." + str(i), heads)
    # 4. Output.
    scale, shift = torch.chunk(__torch__.linear(time, w, "norm_out.linear"), 2, -1)
    y = torch.to(__torch__.linear(__torch__.modulated(image, shift, scale), w, "proj_out"), 6)
    y = torch.permute(torch.reshape(y, [b, height, width, 2, 2, c]), [0, 5, 1, 3, 2, 4])
    return torch.reshape(y, [b, c, hh, ww])
