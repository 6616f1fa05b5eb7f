  def decode(self: __torch__.Net, z: Tensor, w: Dict[str, Tensor], blocks: int, layers: int) -> Tensor:
    # z [B, 4, h, w] -> pixels from -1 to 1, [B, 3, 8h, 8w]
    h = __torch__.conv(z, w, "post_quant_conv", 1, 0)
    h = __torch__.conv(h, w, "decoder.conv_in", 1, 1)
    h = __torch__.middle(h, w, "decoder.mid_block")
    for i in range(blocks):
      p = "decoder.up_blocks." + str(i)
      for j in range(layers + 1):
        h = __torch__.resnet(h, h, w, p + ".resnets." + str(j), 1e-6)
      if i < blocks - 1:
        h = torch.upsample_nearest2d(h, [2 * torch.size(h, 2), 2 * torch.size(h, 3)])
        h = __torch__.conv(h, w, p + ".upsamplers.0.conv", 1, 1)
    h = torch.silu(__torch__.group_norm(h, w, "decoder.conv_norm_out", 1e-6))
    return __torch__.conv(h, w, "decoder.conv_out", 1, 1)
  def encode(self: __torch__.Net, x: Tensor, w: Dict[str, Tensor], blocks: int, layers: int) -> Tensor:
    # pixels [B, 3, 8h, 8w] -> mean and log variance of the latent, [B, 8, h, w]
    h = __torch__.conv(x, w, "encoder.conv_in", 1, 1)
    for i in range(blocks):
      p = "encoder.down_blocks." + str(i)
      for j in range(layers):
        h = __torch__.resnet(h, h, w, p + ".resnets." + str(j), 1e-6)
      if i < blocks - 1:
        # One row and one column of zeros, on the right and below only.
        h = torch.constant_pad_nd(h, [0, 1, 0, 1], 0)
        h = __torch__.conv(h, w, p + ".downsamplers.0.conv", 2, 0)
    h = __torch__.middle(h, w, "encoder.mid_block")
    h = torch.silu(__torch__.group_norm(h, w, "encoder.conv_norm_out", 1e-6))
    h = __torch__.conv(h, w, "encoder.conv_out", 1, 1)
    return __torch__.conv(h, w, "quant_conv", 1, 0)
