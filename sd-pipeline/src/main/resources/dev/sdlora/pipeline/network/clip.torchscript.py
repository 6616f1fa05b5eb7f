  def encode(self: __torch__.Net, ids: Tensor, w: Dict[str, Tensor], heads: int, layers: int) -> Tensor:
    # ids [B, n] -> the states after the given number of layers, normalised, in float32 [B, n, C]
    tokens = torch.embedding(w["text_model.embeddings.token_embedding.weight"], ids)
    return (self).states(tokens, w, heads, layers)

  def encode_trained(self: __torch__.Net, ids: Tensor, vectors: Tensor, rows: Tensor, w: Dict[str, Tensor], heads: int, layers: int) -> Tensor:
    # as encode, with vectors [m, C] in place of the tokens at rows [m] of all B * n
    tokens = torch.embedding(w["text_model.embeddings.token_embedding.weight"], ids)
    flat = torch.flatten(tokens, 0, 1)
    flat = torch.index_copy(flat, 0, rows, torch.type_as(vectors, flat))
    return (self).states(torch.view_as(flat, tokens), w, heads, layers)

  def states(self: __torch__.Net, tokens: Tensor, w: Dict[str, Tensor], heads: int, layers: int) -> Tensor:
    places = torch.slice(w["text_model.embeddings.position_embedding.weight"], 0, 0, torch.size(tokens, 1))
    h = torch.add(tokens, places)
    for i in range(layers):
      p = "text_model.encoder.layers." + str(i)
      y = __torch__.layer_norm(h, w, p + ".layer_norm1")
      q = __torch__.linear(y, w, p + ".self_attn.q_proj")
      k = __torch__.linear(y, w, p + ".self_attn.k_proj")
      v = __torch__.linear(y, w, p + ".self_attn.v_proj")
      o = __torch__.heads_attention(q, k, v, heads, True)
      h = torch.add(h, __torch__.linear(o, w, p + ".self_attn.out_proj"))
      y = __torch__.layer_norm(h, w, p + ".layer_norm2")
      y = __torch__.linear(y, w, p + ".mlp.fc1")
      # OpenAI's quick GELU.
      y = torch.mul(y, torch.sigmoid(torch.mul(y, 1.702)))
      h = torch.add(h, __torch__.linear(y, w, p + ".mlp.fc2"))
    return torch.to(__torch__.layer_norm(h, w, "text_model.final_layer_norm"), 6)
