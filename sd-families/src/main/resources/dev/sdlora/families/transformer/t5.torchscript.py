  def states(self: __torch__.Net, ids: Tensor, w: Dict[str, Tensor], read: int, heads: int, layers: int) -> Tensor:
    # ids [n], of which the first `read` are read by all -> the states after the last norm, float32 [1, n, C].
    # The sums of the residual connections stay in float32 (dtype 6).
    x = torch.to(__torch__.weight_rows(w, "shared", ids, w["encoder.final_layer_norm.weight"].dtype), 6)
    bias = __torch__.t5_bias(w["encoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight"], torch.size(ids, 0), read)
    bias = torch.to(bias, w["encoder.final_layer_norm.weight"].dtype)
    for i in range(layers):
      x = __torch__.t5_block(x, bias, w, "encoder.block." + str(i), heads)
    return torch.unsqueeze(__torch__.rms_norm(x, w, "encoder.final_layer_norm", 1e-6), 0)
