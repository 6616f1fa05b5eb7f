  def tokens(self: __torch__.Net, x: Tensor, w: Dict[str, Tensor], heads: int, layers: int) -> Tensor:
    # The output of the vision encoder, [B, P] or [B, n, C] -> tokens in the width of a text [B, t, W], in float32 (dtype 6)
    if torch.__contains__(w, "image_proj.latents"):
      x = torch.to(x, w["image_proj.latents"].dtype)
      y = __torch__.resampled(__torch__.linear(x, w, "image_proj.proj_in"), w, heads, layers)
      y = __torch__.layer_norm(__torch__.linear(y, w, "image_proj.proj_out"), w, "image_proj.norm_out")
    elif torch.__contains__(w, "image_proj.proj.weight"):
      x = torch.to(x, w["image_proj.proj.weight"].dtype)
      width = torch.size(w["image_proj.norm.weight"], 0)
      y = torch.reshape(__torch__.linear(x, w, "image_proj.proj"), [torch.size(x, 0), -1, width])
      y = __torch__.layer_norm(y, w, "image_proj.norm")
    else:
      x = torch.to(x, w["image_proj.proj.0.weight"].dtype)
      y = __torch__.linear(torch.gelu(__torch__.linear(x, w, "image_proj.proj.0")), w, "image_proj.proj.2")
      y = __torch__.layer_norm(y, w, "image_proj.proj.3")
    return torch.to(y, 6)
  def keys(self: __torch__.Net, tokens: Tensor, w: Dict[str, Tensor], key_factors: List[float], factors: List[float], means: int) -> List[Tensor]:
    # For each attention layer, the keys of tokens and their values, multiplied by the layer's factors. That of values scales the attention's output; with means, only the mean of the values is multiplied.
    outs = annotate(List[Tensor], [])
    for i in range(torch.len(factors)):
      p = "ip_adapter." + str(2 * i + 1)
      x = torch.to(tokens, w[p + ".to_k_ip.weight"].dtype)
      _0 = torch.append(outs, torch.mul(__torch__.linear(x, w, p + ".to_k_ip"), key_factors[i]))
      v = __torch__.linear(x, w, p + ".to_v_ip")
      if torch.gt(means, 0):
        v = torch.add(v, torch.mul(torch.mean(v, [1], True), torch.sub(factors[i], 1.)))
      else:
        v = torch.mul(v, factors[i])
      _1 = torch.append(outs, v)
    return outs
