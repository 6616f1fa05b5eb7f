  def predict(self: __torch__.Net, x: Tensor, sigmas: Tensor, ctx: Tensor, w: Dict[str, Tensor], tokens: List[int], heads: int, axes: List[int], theta: float) -> Tensor:
    # x [B, C, h, w], sigmas [B], ctx [B, n, T], of which each row has its own number of tokens -> [B, C, h, w]; all float32, computed in the
    # weights' dtype. Row by row, because rows differ in length.
    rows = annotate(List[Tensor], [])
    for i in range(torch.size(x, 0)):
      text = torch.slice(torch.slice(ctx, 0, i, i + 1), 1, 0, tokens[i])
      _0 = torch.append(rows, __torch__.z_image(torch.slice(x, 0, i, i + 1), torch.slice(sigmas, 0, i, i + 1), text, w, heads, axes, theta))
    return torch.cat(rows, 0)
