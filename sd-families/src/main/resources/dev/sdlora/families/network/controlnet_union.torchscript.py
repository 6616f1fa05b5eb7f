  def joined(self: __torch__.Net, hints: List[Tensor], types: List[int], scales: List[float], w: Dict[str, Tensor], layers: int) -> Tensor:
    # Encoded control images [1, C, h, w] -> their scaled sum [1, C, h, w], each with an offset for its type and mean, in float32 (dtype 6)
    sum = torch.zeros_like(hints[0])
    for i in range(torch.len(hints)):
      kind = torch.to(w["task_embedding"][types[i]], 6)
      x = torch.mul(torch.add(torch.mean(hints[i], [2, 3]), kind), scales[i])
      x = torch.to(x, w["spatial_ch_projs.weight"].dtype)
      for j in range(layers):
        p = "transformer_layes." + str(j)
        # The authors' code attends along the batch, whose members have the same images: every image receives its own value.
        values = torch.chunk(__torch__.linear(__torch__.layer_norm(x, w, p + ".ln_1"), w, p + ".attn.in_proj"), 3, 1)[2]
        x = torch.add(x, __torch__.linear(values, w, p + ".attn.out_proj"))
        h = __torch__.linear(__torch__.layer_norm(x, w, p + ".ln_2"), w, p + ".mlp.c_fc")
        h = torch.mul(h, torch.sigmoid(torch.mul(h, 1.702)))
        x = torch.add(x, __torch__.linear(h, w, p + ".mlp.c_proj"))
      offset = torch.to(__torch__.linear(x, w, "spatial_ch_projs"), 6)
      shifted = torch.add(hints[i], torch.unsqueeze(torch.unsqueeze(offset, 2), 3))
      sum = torch.add(sum, torch.mul(shifted, scales[i]))
    return sum
