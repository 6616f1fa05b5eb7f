  def predict(self: __torch__.Net, x: Tensor, t: Tensor, ctx: Tensor, vector: Tensor, guidance: Tensor, w: Dict[str, Tensor], heads: List[int], wrap: int, residuals: List[Tensor], features: List[Tensor]) -> Tensor:
    # x [B, 4, h, w], t [B], ctx [B, n, C], vector [B, V], guidance [B, G] -> [B, 4, h, w]; all float32, computed in the weights' dtype
    return ((self).predict_keeping(x, t, ctx, vector, guidance, w, heads, wrap, residuals, features, 0., 0, -1, annotate(List[Tensor], []), 0, annotate(Dict[str, Tensor], {})))[0]
  def text(self: __torch__.Net, ctx: Tensor, w: Dict[str, Tensor], p: str) -> List[Tensor]:
    # The keys and values of a text in one layer, in the weights' dtype.
    ctx = torch.to(ctx, w["conv_in.weight"].dtype)
    k, v = __torch__.keys_and_values(ctx, w, p)
    return [k, v]
  def predict_keeping(self: __torch__.Net, x: Tensor, t: Tensor, ctx: Tensor, vector: Tensor, guidance: Tensor, w: Dict[str, Tensor], heads: List[int], wrap: int, residuals: List[Tensor], features: List[Tensor], merge: float, merging: int, branch: int, kept: List[Tensor], shares: int, texts: Dict[str, Tensor]) -> List[Tensor]:
    # Returns the prediction and the input of the decoder block that takes the encoder output number `branch`, because deeper features change
    # little from one noise level to the next (Ma et al. 2024, "DeepCache"). Features in `kept`, one for each member, replace all deeper blocks.
    # merge: the share of tokens merged for self-attention in the first `merging` levels.
    # The names of the weights determine the blocks and their numbers of transformers.
    # 0. Time. Rows of guidance differ only in their text: everything before the first transformer is computed for one row,
    # if the caller guarantees that rows differ in no other tensors (shares: 1).
    rows = torch.size(x, 0)
    if torch.__and__(torch.eq(shares, 1), torch.__not__(torch.__contains__(w, "add_embedding.linear_1.bias"))):
      if __torch__.are_alike([x, t, guidance]):
        x = torch.slice(x, 0, 0, 1)
        t = torch.slice(t, 0, 0, 1)
        guidance = torch.slice(guidance, 0, 0, 1)
    x = torch.to(x, w["conv_in.weight"].dtype)
    ctx = torch.to(ctx, x.dtype)
    emb = __torch__.time_embedding(t, vector, guidance, x.dtype, w)
    # 1. Input and encoder, keeping the output of every block.
    h = __torch__.conv3(x, w, "conv_in", 1, wrap)
    n = torch.len(heads)
    left = 0
    for i in range(n):
      left = torch.add(left, __torch__.count(w, "up_blocks." + str(i) + ".resnets.", ".conv1.bias"))
    whole = torch.eq(torch.len(kept), 0)
    outputs = left
    if torch.__not__(whole):
      outputs = torch.add(branch, 1)
    skips = __torch__.unet_down(h, emb, ctx, texts, w, heads, wrap, features, merge, merging, outputs)
    # 2. Middle.
    if whole:
      h = __torch__.with_features(__torch__.unet_middle(skips[-1], emb, ctx, texts, w, heads[n - 1], wrap), features, n, n)
      outputs = torch.add(outputs, 1)
    # 3. Residuals of any number of ControlNets, concatenated.
    blocks = torch.len(skips)
    for r in range(torch.len(residuals)):
      block = r % outputs
      added = torch.to(residuals[r], h.dtype)
      if block < blocks:
        _0 = torch._set_item(skips, block, torch.add(skips[block], added))
      else:
        h = torch.add(h, added)
    # 4. Decoder, with the kept outputs in reverse; odd sizes take the size of the skip.
    deep = h
    for i in range(n):
      b = "up_blocks." + str(i)
      for j in range(__torch__.count(w, b + ".resnets.", ".conv1.bias")):
        left = torch.sub(left, 1)
        if torch.eq(left, branch):
          if torch.__not__(whole):
            h = torch.cat(kept, 0)
          deep = h
        if torch.lt(left, torch.len(skips)):
          h = torch.cat([__torch__.each(h, rows), __torch__.each(torch.pop(skips), rows)], 1)
          h = __torch__.resnet(h, emb, w, b + ".resnets." + str(j), 1e-5, wrap)
          h = __torch__.spatial(h, ctx, texts, w, b + ".attentions." + str(j), heads[n - 1 - i], __torch__.at_level(n - 1 - i, merge, merging))
      if i < n - 1:
        if torch.__or__(whole, torch.le(left, branch)):
          s = skips[-1]
          h = __torch__.enlarged_conv3(h, w, b + ".upsamplers.0.conv", torch.size(s, 2), torch.size(s, 3), wrap)
    # 5. Output.
    return [__torch__.unet_output(h, w, wrap), __torch__.each(deep, rows)]
