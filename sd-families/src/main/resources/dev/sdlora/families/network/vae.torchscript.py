  def decode(self: __torch__.Net, z: Tensor, w: Dict[str, Tensor], blocks: int, layers: int, wrap: int, strip: int) -> Tensor:
    # z [B, C, h, w] -> pixels from -1 to 1, [B, 3, 8h, 8w]; both float32, computed in the weights' dtype
    h = __torch__.quant_conv(torch.to(z, w["decoder.conv_in.weight"].dtype), w, "post_quant_conv")
    h = __torch__.conv3(h, w, "decoder.conv_in", 1, wrap)
    h = __torch__.middle(h, w, "decoder.mid_block", wrap, strip)
    for i in range(blocks):
      p = "decoder.up_blocks." + str(i)
      for j in range(layers + 1):
        h = __torch__.vae_resnet(h, w, p + ".resnets." + str(j), wrap, strip)
      if i < blocks - 1:
        h = __torch__.up_conv(h, w, p + ".upsamplers.0.conv", wrap, strip)
    # In 16 bits, the last layers would have too few significant bits for a grey level.
    end = __torch__.in_float32(w, ["decoder.conv_norm_out", "decoder.conv_out"])
    return __torch__.norm_conv(h, end, "decoder.conv_norm_out", "decoder.conv_out", wrap, strip)
  def encode(self: __torch__.Net, x: Tensor, w: Dict[str, Tensor], blocks: int, layers: int, wrap: int, strip: int) -> Tensor:
    # pixels [B, 3, 8h, 8w] -> mean and log variance of the latent, [B, 2C, h, w]; dtypes as above
    h = __torch__.in_conv(torch.to(x, w["encoder.conv_in.weight"].dtype), w, "encoder.conv_in", wrap, strip)
    for i in range(blocks):
      p = "encoder.down_blocks." + str(i)
      for j in range(layers):
        h = __torch__.vae_resnet(h, w, p + ".resnets." + str(j), wrap, strip)
      if i < blocks - 1:
        h = __torch__.down_conv(h, w, p + ".downsamplers.0.conv", wrap, strip)
    h = __torch__.middle(h, w, "encoder.mid_block", wrap, strip)
    end = __torch__.in_float32(w, ["encoder.conv_norm_out", "encoder.conv_out", "quant_conv"])
    h = __torch__.norm_conv(h, end, "encoder.conv_norm_out", "encoder.conv_out", wrap, strip)
    return __torch__.quant_conv(h, end, "quant_conv")
