  def predict(self: __torch__.Net, x: Tensor, t: Tensor, ctx: Tensor, tokens: List[int], vector: Tensor, guidance: Tensor, references: List[Tensor], w: Dict[str, Tensor], heads: int, blocks: List[int], axes: List[int], theta: float) -> Tensor:
    # As FLUX.1's; of ctx, each row has its own number of tokens, and vector, guidance and references are not read. Rows of one length run
    # together, others one by one.
    if float(torch.min(t)) == float(torch.max(t)):
      t = torch.slice(t, 0, 0, 1)
    changes = __torch__.chroma_changes(t, 3 * blocks[1] + 12 * blocks[0] + 2, w)
    alike = True
    for i in range(torch.len(tokens)):
      if torch.ne(tokens[i], tokens[0]):
        alike = False
    if alike:
      y = __torch__.chroma(x, torch.slice(ctx, 1, 0, tokens[0]), changes, w, heads, blocks, axes, theta)
    else:
      rows = annotate(List[Tensor], [])
      for i in range(torch.len(tokens)):
        j = ops.prim.min(i, torch.size(changes, 0) - 1)
        text = torch.slice(torch.slice(ctx, 0, i, i + 1), 1, 0, tokens[i])
        row = __torch__.chroma(torch.slice(x, 0, i, i + 1), text, torch.slice(changes, 0, j, j + 1), w, heads, blocks, axes, theta)
        _0 = torch.append(rows, row)
      y = torch.cat(rows, 0)
    return y
