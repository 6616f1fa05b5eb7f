  def features(self: __torch__.Net, picture: Tensor, w: Dict[str, Tensor], levels: int, blocks: int, side: int) -> List[Tensor]:
    # A control image [1, 3, 8h, 8w] from 0 to 1 -> the features for the U-Net's encoder, float32 (dtype 6)
    # The image is padded at the right and bottom to a multiple of the given side.
    bottom = (side - torch.size(picture, 2) % side) % side
    right = (side - torch.size(picture, 3) % side) % side
    x = torch.pixel_unshuffle(torch.replication_pad2d(picture, [0, right, 0, bottom]), side)
    # Networks for edges read only one channel.
    x = torch.to(torch.slice(x, 1, 0, torch.size(w["conv_in.weight"], 1)), w["conv_in.weight"].dtype)
    h = __torch__.conv(x, w, "conv_in", 1, 1)
    outs = annotate(List[Tensor], [])
    for i in range(levels):
      # Each level halves the sides; those of SDXL have larger squares, start one level lower, and have two outputs for each size.
      halves = i
      if side > 8:
        halves = (i + 1) % 2 * i
      for j in range(blocks):
        p = "body." + str(i * blocks + j)
        if halves > 0:
          if j < 1:
            # Odd sides are rounded up, as in the U-Net.
            h = torch.avg_pool2d(h, [2, 2], [2, 2], [0, 0], True)
        if torch.__contains__(w, p + ".in_conv.weight"):
          h = __torch__.conv(h, w, p + ".in_conv", 1, torch.size(w[p + ".in_conv.weight"], 2) // 2)
        y = torch.relu(__torch__.conv(h, w, p + ".block1", 1, 1))
        y = __torch__.conv(y, w, p + ".block2", 1, torch.size(w[p + ".block2.weight"], 2) // 2)
        h = torch.add(h, y)
      _0 = torch.append(outs, torch.to(h, 6))
    return outs
