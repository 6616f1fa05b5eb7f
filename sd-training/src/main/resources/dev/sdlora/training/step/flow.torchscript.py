  def gradients(self: __torch__.Net, x: Tensor, t: Tensor, target: Tensor, importance: Tensor, loss: Tensor, ctx: Tensor, vector: Tensor, guidance: Tensor, w: Dict[str, Tensor], settings: Tensor, theta: Tensor) -> Dict[str, Tensor]:
    # The loss of one noisy latent [1, C, h, w] and its gradients; importance [1, 1, 1 or h, 1 or w] weights it.
    # settings: dtype number of the network, 1 to compute each block again, heads, numbers of double and of other blocks, channels of the rotary axes.
    dims = __torch__.integers(settings)
    start, shared = __torch__.flow_start(x, t, ctx, vector, guidance, w, dims, float(theta))
    if dims[1] > 0:
      result = __torch__.checkpointed_gradients(start, shared, target, importance, loss, w, dims)
    else:
      result = __torch__.recorded_gradients(start, shared, target, importance, loss, w, dims)
    return result
  def velocity(self: __torch__.Net, x: Tensor, t: Tensor, ctx: Tensor, vector: Tensor, guidance: Tensor, w: Dict[str, Tensor], settings: Tensor, theta: Tensor) -> Dict[str, Tensor]:
    # The velocity that the network predicts for one noisy latent, under the name "velocity".
    dims = __torch__.integers(settings)
    state, shared = __torch__.flow_start(x, t, ctx, vector, guidance, w, dims, float(theta))
    for i in range(__torch__.flow_blocks(dims)):
      own = __torch__.of_block(w, __torch__.flow_block_name(i, dims), dims[0], False)
      state = __torch__.flow_block(i, state, shared, own, dims)
    predicted = __torch__.flow_end(state, shared, w, torch.size(x, 2), torch.size(x, 3))
    result = annotate(Dict[str, Tensor], {})
    torch._set_item(result, "velocity", torch.detach(predicted))
    return result
