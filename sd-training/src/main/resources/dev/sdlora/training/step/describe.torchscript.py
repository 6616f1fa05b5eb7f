  def describe(self: __torch__.Net, ids: Tensor, places: Tensor, target: Tensor, w: Dict[str, Tensor], text_size: Tensor) -> Dict[str, Tensor]:
    # How far a linear map of the text's states is from what the text says, and the gradients. places [B, n] weighs the states of each text
    tokens = torch.embedding(w["text_model.embeddings.token_embedding.weight"], ids)
    states = (self).states(tokens, ids, w, int(text_size[0]), int(text_size[1]), 0, 1, 1)[0]
    said = torch.linear(states, w["describe.weight"], w["describe.bias"])
    error = torch.mean(torch.pow(torch.sub(said, torch.unsqueeze(target, 1)), 2), [2])
    loss = torch.mean(torch.sum(torch.mul(error, places), [1]))
    return __torch__.gradients(loss, w)
