def clip_layers(h: Tensor, w: Dict[str, Tensor], heads: int, first: int, end: int, quick: int) -> Tensor:
  for i in range(torch.sub(end, first)):
    p = "text_model.encoder.layers." + str(torch.add(first, i))
    y = __torch__.layer_norm(h, w, p + ".layer_norm1")
    q = __torch__.linear(y, w, p + ".self_attn.q_proj")
    k = __torch__.linear(y, w, p + ".self_attn.k_proj")
    v = __torch__.linear(y, w, p + ".self_attn.v_proj")
    o = __torch__.heads_attention(q, k, v, heads, True)
    h = torch.add(h, __torch__.linear(o, w, p + ".self_attn.out_proj"))
    y = __torch__.layer_norm(h, w, p + ".layer_norm2")
    y = __torch__.linear(y, w, p + ".mlp.fc1")
    if quick > 0:
      # OpenAI's quick GELU.
      y = torch.mul(y, torch.sigmoid(torch.mul(y, 1.702)))
    else:
      y = torch.gelu(y)
    h = torch.add(h, __torch__.linear(y, w, p + ".mlp.fc2"))
  return h
