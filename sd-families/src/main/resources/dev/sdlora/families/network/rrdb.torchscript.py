  def enlarge(self: __torch__.Net, x: Tensor, w: Dict[str, Tensor], blocks: int, unshuffle: int, doublings: int) -> Tensor:
    # x [B, 3, h, w] from 0 to 1 -> [B, 3, f h, f w], f = 2^doublings / unshuffle
    rows = torch.size(x, 2)
    columns = torch.size(x, 3)
    if unshuffle > 1:
      x = torch.pixel_unshuffle(__torch__.mirrored(x, unshuffle), unshuffle)
    first = __torch__.conv(x, w, "conv_first", 1, 1)
    h = first
    # 1. Residual in residual dense blocks.
    for i in range(blocks):
      y = h
      for j in range(3):
        y = __torch__.dense(y, w, "body." + str(i) + ".rdb" + str(j + 1))
      h = torch.add(h, torch.mul(y, 0.20000000000000001))
    h = torch.add(first, __torch__.conv(h, w, "conv_body", 1, 1))
    # 2. Upscaling.
    for k in range(doublings):
      h = torch.upsample_nearest2d(h, [2 * torch.size(h, 2), 2 * torch.size(h, 3)])
      h = torch.leaky_relu(__torch__.conv(h, w, "conv_up" + str(k + 1), 1, 1), 0.20000000000000001)
    # 3. Output.
    h = torch.leaky_relu(__torch__.conv(h, w, "conv_hr", 1, 1), 0.20000000000000001)
    h = __torch__.conv(h, w, "conv_last", 1, 1)
    factor = torch.size(h, 3) // torch.size(first, 3) // unshuffle
    return torch.slice(torch.slice(h, 2, 0, factor * rows), 3, 0, factor * columns)
