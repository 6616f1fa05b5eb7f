  def states(self: __torch__.Net, ids: Tensor, w: Dict[str, Tensor], real: int, heads: int, groups: int, theta: float, layers: List[int]) -> Tensor:
    # ids [n], of which the first `real` are not padding -> the states after some numbers of layers, concatenated, float32 [1, n, layers * C].
    # The sums of the residual connections stay in float32 (dtype 6).
    x = torch.to(__torch__.weight_rows(w, "model.embed_tokens", ids, w["model.layers.0.input_layernorm.weight"].dtype), 6)
    turns = __torch__.half_turns(torch.size(ids, 0), torch.size(w["model.layers.0.self_attn.q_norm.weight"], 0), theta, x)
    states = torch.mul([x], torch.len(layers))
    for i in range(ops.prim.max(layers)):
      x = __torch__.qwen3_layer(x, turns, w, "model.layers." + str(i), real, heads, groups)
      for j in range(torch.len(layers)):
        if torch.eq(layers[j], i + 1):
          _0 = torch._set_item(states, j, x)
    return torch.unsqueeze(torch.cat(states, 1), 0)
