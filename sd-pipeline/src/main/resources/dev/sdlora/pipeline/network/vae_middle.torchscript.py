def middle(x: Tensor, w: Dict[str, Tensor], p: str, wrap: int) -> Tensor:
  # A residual block, attention with one head over all positions, a residual block.
  x = __torch__.resnet(x, x, w, p + ".resnets.0", 1e-6, wrap)
  b, c, hh, ww = torch.size(x)
  a = p + ".attentions.0"
  h = __torch__.group_norm(x, w, a + ".group_norm", 1e-6)
  h = torch.transpose(torch.reshape(h, [b, c, hh * ww]), 1, 2)
  q = __torch__.linear(h, w, a + ".to_q")
  k = __torch__.linear(h, w, a + ".to_k")
  v = __torch__.linear(h, w, a + ".to_v")
  h = __torch__.linear(__torch__.heads_attention(q, k, v, 1, False), w, a + ".to_out.0")
  x = torch.add(x, torch.reshape(torch.transpose(h, 1, 2), [b, c, hh, ww]))
  return __torch__.resnet(x, x, w, p + ".resnets.1", 1e-6, wrap)
