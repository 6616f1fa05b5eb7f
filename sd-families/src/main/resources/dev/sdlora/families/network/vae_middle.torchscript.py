def middle(x: Tensor, w: Dict[str, Tensor], p: str, wrap: int, strip: int) -> Tensor:
  # A residual block, attention with one head over all positions, a residual block.
  x = __torch__.vae_resnet(x, w, p + ".resnets.0", wrap, strip)
  b, c, hh, ww = torch.size(x)
  a = p + ".attentions.0"
  h = __torch__.positions(__torch__.whole_norm(x, w, a + ".group_norm", strip))
  q = __torch__.linear(h, w, a + ".to_q")
  k = __torch__.linear(h, w, a + ".to_k")
  v = __torch__.linear(h, w, a + ".to_v")
  h = __torch__.heads_attention(q, k, v, 1, False)
  h = __torch__.linear_sum(__torch__.positions(x), h, w, a + ".to_out.0")
  x = torch.reshape(torch.transpose(h, 1, 2), [b, c, hh, ww])
  return __torch__.vae_resnet(x, w, p + ".resnets.1", wrap, strip)
def positions(x: Tensor) -> Tensor:
  # [B, C, h, w] -> [B, h w, C]
  return torch.transpose(torch.reshape(x, [torch.size(x, 0), torch.size(x, 1), -1]), 1, 2)
