  def pooled(self: __torch__.Net, x: Tensor, w: Dict[str, Tensor], heads: int, layers: int) -> Tensor:
    # Normalised pixels [B, 3, H, W] -> the projected state of the class token after all layers [B, P], in float32 (dtype 6)
    h = (self).states(x, w, heads, layers)
    h = torch.select(torch.to(h, w["vision_model.post_layernorm.weight"].dtype), 1, 0)
    return torch.to(__torch__.linear(__torch__.layer_norm(h, w, "vision_model.post_layernorm"), w, "visual_projection"), 6)
  def states(self: __torch__.Net, x: Tensor, w: Dict[str, Tensor], heads: int, layers: int) -> Tensor:
    # Normalised pixels [B, 3, H, W] -> the states of the class token and of all patches after the given number of layers [B, n, C], in float32
    patches = w["vision_model.embeddings.patch_embedding.weight"]
    side = torch.size(patches, 3)
    x = torch.conv2d(torch.to(x, patches.dtype), patches, None, [side, side])
    x = torch.transpose(torch.flatten(x, 2), 1, 2)
    first = torch.expand(torch.reshape(w["vision_model.embeddings.class_embedding"], [1, 1, -1]), [torch.size(x, 0), 1, -1])
    h = torch.add(torch.cat([first, x], 1), w["vision_model.embeddings.position_embedding.weight"])
    h = __torch__.layer_norm(h, w, "vision_model.pre_layrnorm")
    for i in range(layers):
      p = "vision_model.encoder.layers." + str(i)
      y = __torch__.layer_norm(h, w, p + ".layer_norm1")
      q = __torch__.linear(y, w, p + ".self_attn.q_proj")
      k = __torch__.linear(y, w, p + ".self_attn.k_proj")
      v = __torch__.linear(y, w, p + ".self_attn.v_proj")
      o = __torch__.heads_attention(q, k, v, heads, False)
      h = torch.add(h, __torch__.linear(o, w, p + ".self_attn.out_proj"))
      y = torch.gelu(__torch__.linear(__torch__.layer_norm(h, w, p + ".layer_norm2"), w, p + ".mlp.fc1"))
      h = torch.add(h, __torch__.linear(y, w, p + ".mlp.fc2"))
    return torch.to(h, 6)
