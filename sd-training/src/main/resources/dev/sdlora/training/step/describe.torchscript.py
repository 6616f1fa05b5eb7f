  def describe(self: __torch__.Net, ids: Tensor, places: Tensor, target: Tensor, at: Tensor, looks: Tensor, cells: Tensor, w: Dict[str, Tensor], text_size: Tensor, format: Tensor) -> Dict[str, Tensor]:
    # The error of linear maps from text states to the content of the text, and its gradients. places [B, n] weights the states
    # that describe all of it, target [B, numbers]; at [K] are the indices, in B * n, of states that end a noun, looks [K, numbers of a look]
    # its appearance; cells [B, C, numbers of a cell] is the image's latent by cells, each described by one of the last C states.
    # The encoder computes in the dtype number `format`.
    own = __torch__.in_format(w, int(format))
    tokens = torch.embedding(own["text_model.embeddings.token_embedding.weight"], ids)
    states = (self).states(tokens, ids, own, int(text_size[0]), int(text_size[1]), 0, 1, 1)[0]
    said = torch.linear(states, w["describe.weight"], w["describe.bias"])
    error = torch.mean(torch.pow(torch.sub(said, torch.unsqueeze(target, 1)), 2), [2])
    loss = torch.mean(torch.sum(torch.mul(error, places), [1]))
    if torch.size(at, 0) > 0:
      named = torch.index_select(torch.reshape(states, [-1, torch.size(states, 2)]), 0, at)
      seen = torch.linear(named, w["look.weight"], w["look.bias"])
      loss = torch.add(loss, torch.mean(torch.pow(torch.sub(seen, looks), 2)))
    count = torch.size(cells, 1)
    if count > 0:
      last = torch.slice(states, 1, torch.size(states, 1) - count)
      drawn = torch.linear(last, w["cell.weight"], w["cell.bias"])
      # The U-Net depends most on these states.
      loss = torch.add(loss, torch.mul(torch.mean(torch.pow(torch.sub(drawn, cells), 2)), 8))
    return __torch__.gradients(loss, w)
  def cells(self: __torch__.Net, ids: Tensor, w: Dict[str, Tensor], text_size: Tensor, format: Tensor, count: int) -> Tensor:
    # The image's latent by cells, as described by the last states of texts, [B, C, numbers of a cell].
    own = __torch__.in_format(w, int(format))
    tokens = torch.embedding(own["text_model.embeddings.token_embedding.weight"], ids)
    states = (self).states(tokens, ids, own, int(text_size[0]), int(text_size[1]), 0, 1, 1)[0]
    last = torch.slice(states, 1, torch.size(states, 1) - count)
    return torch.linear(last, w["cell.weight"], w["cell.bias"])
