  def features(self: __torch__.Net, picture: Tensor, w: Dict[str, Tensor], levels: int, blocks: int) -> List[Tensor]:
    # What to follow [1, 3, 8h, 8w] from 0 to 1 -> what is added at the end of each level of the U-Net's way down, float32 (format 6)
    x = torch.pixel_unshuffle(picture, 8)
    # Networks for edges see one channel only.
    x = torch.to(torch.slice(x, 1, 0, torch.size(w["conv_in.weight"], 1)), w["conv_in.weight"].dtype)
    h = __torch__.conv(x, w, "conv_in", 1, 1)
    outs = annotate(List[Tensor], [])
    for i in range(levels):
      for j in range(blocks):
        p = "body." + str(i * blocks + j)
        if i > 0:
          if j < 1:
            # Odd sides are rounded up, as the U-Net does.
            h = torch.avg_pool2d(h, [2, 2], [2, 2], [0, 0], True)
        if torch.__contains__(w, p + ".in_conv.weight"):
          h = __torch__.conv(h, w, p + ".in_conv", 1, torch.size(w[p + ".in_conv.weight"], 2) // 2)
        y = torch.relu(__torch__.conv(h, w, p + ".block1", 1, 1))
        y = __torch__.conv(y, w, p + ".block2", 1, torch.size(w[p + ".block2.weight"], 2) // 2)
        h = torch.add(h, y)
      _0 = torch.append(outs, torch.to(h, 6))
    return outs
