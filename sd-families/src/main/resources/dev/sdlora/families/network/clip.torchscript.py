  def encode(self: __torch__.Net, ids: Tensor, vectors: Tensor, rows: Tensor, w: Dict[str, Tensor], heads: int, layers: int, whole: int, quick: int, norm: int) -> List[Tensor]:
    # ids [B, n]; vectors [m, C] replace the tokens at rows [m] of all B * n -> the results of states
    tokens = __torch__.weight_rows(w, "text_model.embeddings.token_embedding", ids, w["text_model.final_layer_norm.weight"].dtype)
    flat = torch.flatten(tokens, 0, 1)
    flat = torch.index_copy(flat, 0, rows, torch.type_as(vectors, flat))
    return (self).states(torch.view_as(flat, tokens), ids, w, heads, layers, whole, quick, norm)

  def states(self: __torch__.Net, tokens: Tensor, ids: Tensor, w: Dict[str, Tensor], heads: int, layers: int, whole: int, quick: int, norm: int) -> List[Tensor]:
    # tokens [B, n, C] -> the states after the given number of layers, normalised if requested, in float32 [B, n, C] (dtype 6);
    # and, if the total number of layers is given, the text state at the end token of the last layer [B, P], projected if there is a projection
    places = torch.slice(w["text_model.embeddings.position_embedding.weight"], 0, 0, torch.size(tokens, 1))
    h = __torch__.clip_layers(torch.add(tokens, places), w, heads, 0, layers, quick)
    wanted = h
    if norm > 0:
      wanted = __torch__.layer_norm(h, w, "text_model.final_layer_norm")
    out = annotate(List[Tensor], [torch.to(wanted, 6)])
    if whole > 0:
      h = __torch__.layer_norm(__torch__.clip_layers(h, w, heads, layers, whole, quick), w, "text_model.final_layer_norm")
      b, n, c = torch.size(h)
      # The end token has the largest id.
      ends = torch.add(torch.argmax(ids, -1), torch.mul(torch.arange(b, dtype=4, layout=0, device=ids.device, pin_memory=False), n))
      last = torch.index_select(torch.reshape(h, [b * n, c]), 0, ends)
      if __torch__.has_weight(w, "text_projection"):
        last = __torch__.linear(last, w, "text_projection")
      _0 = torch.append(out, torch.to(last, 6))
    return out
