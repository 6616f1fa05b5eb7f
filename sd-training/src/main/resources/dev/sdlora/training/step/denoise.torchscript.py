  def denoise(self: __torch__.Net, x: Tensor, t: Tensor, target: Tensor, importance: Tensor, ctx: Tensor, w: Dict[str, Tensor], size: Tensor) -> Dict[str, Tensor]:
    # The loss of a batch of noisy latents and its gradients; importance [B] weighs the members.
    channels, heads, depth, middle, layers = __torch__.unet_size(size)
    predicted = (self).predict(x, t, ctx, w, channels, heads, depth, middle, layers, 0, annotate(List[Tensor], []), annotate(List[Tensor], []))
    return __torch__.gradients(__torch__.weighted_error(predicted, target, importance), w)
  def denoise_text(self: __torch__.Net, x: Tensor, t: Tensor, target: Tensor, importance: Tensor, ids: Tensor, w: Dict[str, Tensor], size: Tensor, text_size: Tensor) -> Dict[str, Tensor]:
    # The same through the text encoder; ids [B, chunks, n]
    channels, heads, depth, middle, layers = __torch__.unet_size(size)
    b, chunks, n = torch.size(ids)
    states = (self).encode(torch.reshape(ids, [b * chunks, n]), w, int(text_size[0]), int(text_size[1]))
    ctx = torch.reshape(states, [b, chunks * n, torch.size(states, 2)])
    predicted = (self).predict(x, t, ctx, w, channels, heads, depth, middle, layers, 0, annotate(List[Tensor], []), annotate(List[Tensor], []))
    return __torch__.gradients(__torch__.weighted_error(predicted, target, importance), w)
