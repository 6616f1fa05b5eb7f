  def fused(self: __torch__.Net, q: Tensor, k: Tensor, v: Tensor, gradient: Tensor, settings: Tensor) -> Dict[str, Tensor]:
    # The gradients of libtorch's attention; settings: the number of heads and the dtype.
    format = int(settings[1])
    leaves = annotate(List[Tensor], [])
    for t in [q, k, v]:
      _0 = torch.append(leaves, torch.requires_grad_(torch.to(t, format, False, True), True))
    y = __torch__.heads_attention(leaves[0], leaves[1], leaves[2], int(settings[0]), False)
    found = torch.grad([y], leaves, annotate(List[Optional[Tensor]], [torch.to(gradient, format)]), None, False, True)
    g = [unchecked_cast(Tensor, found[0]), unchecked_cast(Tensor, found[1]), unchecked_cast(Tensor, found[2])]
    return __torch__.named(g)
  def products(self: __torch__.Net, q: Tensor, k: Tensor, v: Tensor, gradient: Tensor, settings: Tensor) -> Dict[str, Tensor]:
    format = int(settings[1])
    q = torch.to(q, format)
    k = torch.to(k, format)
    v = torch.to(v, format)
    y, sums = __torch__.attention_and_sums(q, k, v, int(settings[0]))
    return __torch__.named(__torch__.attention_gradients(q, k, v, y, sums, torch.to(gradient, format)))
  def layers(self: __torch__.Net, x: Tensor, gradient: Tensor, w: Dict[str, Tensor], settings: Tensor) -> Dict[str, Tensor]:
    # The gradients of two layers of attention, one after the other; settings: the number of heads, the dtype, and 1 for recorded attention.
    heads, format = int(settings[0]), int(settings[1])
    same = __torch__.in_format(w, format)
    wanted = annotate(List[Tensor], [torch.requires_grad_(torch.to(x, format, False, True), True)])
    for key in torch.keys(w):
      _0 = torch.append(wanted, w[key])
    cuts = annotate(Dict[str, Tensor], {})
    y = wanted[0]
    for p in ["a", "b"]:
      if int(settings[2]) > 0:
        o = __torch__.float_attention(__torch__.linear(y, same, p + ".to_q"), __torch__.linear(y, same, p + ".to_k"), __torch__.linear(y, same, p + ".to_v"), heads)
        y = __torch__.linear_sum(y, o, same, p + ".to_out.0")
      else:
        y = __torch__.attention(y, y, y, cuts, same, p, heads, 0)
    found = __torch__.part_gradients(y, torch.to(gradient, format), cuts, wanted)
    result = annotate(Dict[str, Tensor], {})
    for i in range(torch.len(found)):
      torch._set_item(result, str(i), torch.to(unchecked_cast(Tensor, found[i]), 6))
    torch._set_item(result, "cuts", torch.mul(torch.ones([1], dtype=6), __torch__.cuts_of(cuts)))
    return result
