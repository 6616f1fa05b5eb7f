  def describe(self: __torch__.Net, ids: Tensor, places: Tensor, target: Tensor, at: Tensor, looks: Tensor, cells: Tensor, w: Dict[str, Tensor], text_size: Tensor, format: Tensor) -> Dict[str, Tensor]:
    # How far linear maps of the text's states are from what the text says, and the gradients. places [B, n] weighs the states
    # that say all of it, target [B, numbers]; at [K] are states, of B * n, that end a noun, looks [K, numbers of a look] what it looks
    # like; cells [B, C, numbers of a cell] is the picture's latent, cell by cell, which the last C states say one each.
    # The encoder computes in the format of that number.
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
      # The U-Net depends most on these.
      loss = torch.add(loss, torch.mul(torch.mean(torch.pow(torch.sub(drawn, cells), 2)), 8))
    return __torch__.gradients(loss, w)
  def cells(self: __torch__.Net, ids: Tensor, w: Dict[str, Tensor], text_size: Tensor, format: Tensor, count: int) -> Tensor:
    # The picture's latent as the last states of texts say it, cell by cell, [B, C, numbers of a cell].
    own = __torch__.in_format(w, int(format))
    tokens = torch.embedding(own["text_model.embeddings.token_embedding.weight"], ids)
    states = (self).states(tokens, ids, own, int(text_size[0]), int(text_size[1]), 0, 1, 1)[0]
    last = torch.slice(states, 1, torch.size(states, 1) - count)
    return torch.linear(last, w["cell.weight"], w["cell.bias"])
