  def denoise(self: __torch__.Net, x: Tensor, t: Tensor, target: Tensor, importance: Tensor, ctx: Tensor, vector: Tensor, w: Dict[str, Tensor], heads: Tensor) -> Dict[str, Tensor]:
    # The loss of a batch of noisy latents and its gradients; importance [B] weighs the members.
    predicted = (self).predict(x, t, ctx, vector, vector, w, __torch__.integers(heads), 0, annotate(List[Tensor], []), annotate(List[Tensor], []))
    return __torch__.gradients(__torch__.weighted_error(predicted, target, importance), w)
  def denoise_text(self: __torch__.Net, x: Tensor, t: Tensor, target: Tensor, importance: Tensor, ids: Tensor, vector: Tensor, w: Dict[str, Tensor], heads: Tensor, text_size: Tensor) -> Dict[str, Tensor]:
    # The same through the text encoder; ids [B, chunks, n]; text_size: heads, layers, whether GELU is quick, whether states are normalised
    b, chunks, n = torch.size(ids)
    rows = torch.reshape(ids, [b * chunks, n])
    tokens = torch.embedding(w["text_model.embeddings.token_embedding.weight"], rows)
    states = (self).states(tokens, rows, w, int(text_size[0]), int(text_size[1]), 0, int(text_size[2]), int(text_size[3]))[0]
    ctx = torch.reshape(states, [b, chunks * n, torch.size(states, 2)])
    predicted = (self).predict(x, t, ctx, vector, vector, w, __torch__.integers(heads), 0, annotate(List[Tensor], []), annotate(List[Tensor], []))
    return __torch__.gradients(__torch__.weighted_error(predicted, target, importance), w)
