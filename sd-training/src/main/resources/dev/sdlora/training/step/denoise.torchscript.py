  def denoise(self: __torch__.Net, x: Tensor, t: Tensor, target: Tensor, importance: Tensor, loss: Tensor, ctx: Tensor, vector: Tensor, w: Dict[str, Tensor], heads: Tensor, computation: Tensor) -> Dict[str, Tensor]:
    # The loss of a batch of noisy latents and its gradients; importance [B, 1, 1 or h, 1 or w] weights it; loss: its shape and delta.
    # computation: the dtype number that the U-Net computes in, and 1 to compute inner values again instead of keeping them.
    format = int(computation[0])
    levels = __torch__.integers(heads)
    return __torch__.segment_gradients(x, t, target, importance, loss, ctx, vector, w, levels, format, int(computation[1]) > 0)
  def denoise_text(self: __torch__.Net, x: Tensor, t: Tensor, target: Tensor, importance: Tensor, loss: Tensor, ids: Tensor, vector: Tensor, w: Dict[str, Tensor], heads: Tensor, computation: Tensor, texts: Tensor) -> Dict[str, Tensor]:
    # The same with text encoders; ids [E, B, chunks, n], vector [B, V] is appended to the pooled text,
    # texts [E, 5] the arguments of each encoder, w the encoders' weights under "text_encoders.0." and so on; they compute in the same dtype
    encoders, b, chunks, n = torch.size(ids)
    states = annotate(List[Tensor], [])
    whole = torch.slice(vector, 1, 0, 0)
    for i in range(encoders):
      own = __torch__.in_format(__torch__.inside(w, "text_encoders." + str(i) + "."), int(computation[0]))
      told = __torch__.integers(texts[i])
      rows = torch.reshape(ids[i], [b * chunks, n])
      tokens = torch.embedding(own["text_model.embeddings.token_embedding.weight"], rows)
      said = (self).states(tokens, rows, own, told[0], told[1], told[2], told[3], told[4])
      _0 = torch.append(states, torch.reshape(said[0], [b, chunks * n, torch.size(said[0], 2)]))
      if torch.len(said) > 1:
        # The pooled text of the first chunk, as for prompts.
        whole = torch.select(torch.reshape(said[1], [b, chunks, torch.size(said[1], 1)]), 1, 0)
    ctx = torch.cat(states, 2)
    vector = torch.cat([whole, vector], 1)
    return (self).denoise(x, t, target, importance, loss, ctx, vector, w, heads, computation)
