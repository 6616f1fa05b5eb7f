  def predict(self: __torch__.Net, x: Tensor, t: Tensor, ctx: Tensor, w: Dict[str, Tensor], channels: List[int], heads: int, depth: List[int], middle: int, layers: int) -> Tensor:
    # x [B, 4, h, w], t [B], ctx [B, n, C] -> [B, 4, h, w]; all float32 outside, the weights' format inside
    # 0. Time: sines and cosines of t at falling frequencies, through two layers.
    x = torch.to(x, w["conv_in.weight"].dtype)
    ctx = torch.to(ctx, x.dtype)
    half = channels[0] // 2
    freqs = torch.exp(torch.mul(torch.arange(half, dtype=6, layout=0, device=x.device, pin_memory=False), -9.210340371976184 / half))
    arg = torch.mul(torch.unsqueeze(t, 1), torch.unsqueeze(freqs, 0))
    emb = torch.to(torch.cat([torch.cos(arg), torch.sin(arg)], 1), x.dtype)
    emb = __torch__.linear(torch.silu(__torch__.linear(emb, w, "time_embedding.linear_1")), w, "time_embedding.linear_2")
    emb = torch.silu(emb)
    # 1. In.
    h = __torch__.conv(x, w, "conv_in", 1, 1)
    skips = annotate(List[Tensor], [h])
    n = torch.len(channels)
    # 2. Down, keeping every block's output.
    for i in range(n):
      b = "down_blocks." + str(i)
      for j in range(layers):
        h = __torch__.resnet(h, emb, w, b + ".resnets." + str(j), 1e-5)
        if depth[i] > 0:
          h = __torch__.spatial(h, ctx, w, b + ".attentions." + str(j), heads, depth[i])
        _0 = torch.append(skips, h)
      if i < n - 1:
        h = __torch__.conv(h, w, b + ".downsamplers.0.conv", 2, 1)
        _1 = torch.append(skips, h)
    # 3. Middle.
    h = __torch__.resnet(h, emb, w, "mid_block.resnets.0", 1e-5)
    h = __torch__.spatial(h, ctx, w, "mid_block.attentions.0", heads, middle)
    h = __torch__.resnet(h, emb, w, "mid_block.resnets.1", 1e-5)
    # 4. Up, with the kept outputs in reverse; odd sizes take the size of the skip.
    for i2 in range(n):
      b2 = "up_blocks." + str(i2)
      k = n - 1 - i2
      for j2 in range(layers + 1):
        h = torch.cat([h, torch.pop(skips)], 1)
        h = __torch__.resnet(h, emb, w, b2 + ".resnets." + str(j2), 1e-5)
        if depth[k] > 0:
          h = __torch__.spatial(h, ctx, w, b2 + ".attentions." + str(j2), heads, depth[k])
      if i2 < n - 1:
        s = skips[-1]
        h = torch.upsample_nearest2d(h, [torch.size(s, 2), torch.size(s, 3)])
        h = __torch__.conv(h, w, b2 + ".upsamplers.0.conv", 1, 1)
    # 5. Out.
    h = torch.silu(__torch__.group_norm(h, w, "conv_norm_out", 1e-5))
    return torch.to(__torch__.conv(h, w, "conv_out", 1, 1), 6)
