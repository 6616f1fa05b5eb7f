  def predict(self: __torch__.Net, x: Tensor, t: Tensor, ctx: Tensor, vector: Tensor, guidance: Tensor, w: Dict[str, Tensor], heads: List[int], wrap: int, residuals: List[Tensor], features: List[Tensor]) -> Tensor:
    # x [B, 4, h, w], t [B], ctx [B, n, C], vector [B, V], guidance [B, G] -> [B, 4, h, w]; all float32 outside, the weights' format inside
    # Which blocks there are, and how many transformers behind each, is told by the names of the weights.
    # 0. Time.
    x = torch.to(x, w["conv_in.weight"].dtype)
    ctx = torch.to(ctx, x.dtype)
    emb = __torch__.time_embedding(t, vector, guidance, x.dtype, w)
    # 1. In and down, keeping every block's output.
    h = __torch__.conv3(x, w, "conv_in", 1, wrap)
    skips = __torch__.unet_down(h, emb, ctx, w, heads, wrap, features)
    # 2. Middle.
    n = torch.len(heads)
    h = __torch__.with_features(__torch__.unet_middle(skips[-1], emb, ctx, w, heads[n - 1], wrap), features, n, n)
    # 3. What ControlNets add to each of these; any number of them, one behind another.
    blocks = torch.len(skips)
    for r in range(torch.len(residuals)):
      block = r % (blocks + 1)
      added = torch.to(residuals[r], h.dtype)
      if block < blocks:
        _0 = torch._set_item(skips, block, torch.add(skips[block], added))
      else:
        h = torch.add(h, added)
    # 4. Up, with the kept outputs in reverse; odd sizes take the size of the skip.
    for i in range(n):
      b = "up_blocks." + str(i)
      for j in range(__torch__.count(w, b + ".resnets.", ".conv1.weight")):
        h = torch.cat([h, torch.pop(skips)], 1)
        h = __torch__.resnet(h, emb, w, b + ".resnets." + str(j), 1e-5, wrap)
        h = __torch__.spatial(h, ctx, w, b + ".attentions." + str(j), heads[n - 1 - i])
      if i < n - 1:
        s = skips[-1]
        h = __torch__.enlarged_conv3(h, w, b + ".upsamplers.0.conv", torch.size(s, 2), torch.size(s, 3), wrap)
    # 5. Out. Format 6 is float32.
    h = torch.silu(__torch__.group_norm(h, w, "conv_norm_out", 1e-5))
    return torch.to(__torch__.conv3(h, w, "conv_out", 1, wrap), 6)
