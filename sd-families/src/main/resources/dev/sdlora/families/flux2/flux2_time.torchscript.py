def flux2_time(t: Tensor, format: int, w: Dict[str, Tensor]) -> Tensor:
  p = "time_guidance_embed.timestep_embedder."
  h = torch.to(__torch__.sinusoid(torch.mul(__torch__.doubles(t), 1000), torch.size(w[p + "linear_1.weight"], 1), t), format)
  return __torch__.linear(torch.silu(__torch__.linear(h, w, p + "linear_1")), w, p + "linear_2")
