  def linear(self: __torch__.Net, x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
    return __torch__.linear(x, w, p)
  def conv(self: __torch__.Net, x: Tensor, w: Dict[str, Tensor], p: str, stride: int) -> Tensor:
    return __torch__.conv3(x, w, p, stride, 0)
  def time(self: __torch__.Net, h: Tensor, emb: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
    h = torch.add(h, torch.unsqueeze(torch.unsqueeze(__torch__.linear(emb, w, p), 2), 3))
    return __torch__.regional_time(h, emb, w, p + ".regional")
  def read(self: __torch__.Net, x: Tensor, ctx: Tensor, w: Dict[str, Tensor], p: str, heads: int) -> Tensor:
    return __torch__.text_attention(torch.zeros_like(x), x, ctx, annotate(Dict[str, Tensor], {}), w, p, heads)
  def look(self: __torch__.Net, x: Tensor, w: Dict[str, Tensor], p: str, heads: int) -> Tensor:
    return __torch__.self_attention(torch.zeros_like(x), x, annotate(Dict[str, Tensor], {}), w, p, heads)
