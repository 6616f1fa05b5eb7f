  def decode(self: __torch__.Net, z: Tensor, w: Dict[str, Tensor], blocks: List[int], wrap: int) -> Tensor:
    # z [B, channels, h, w] at unit variance -> pixels from -1 to 1, [B, 3, 8h, 8w]
    p = "decoder.layers."
    h = torch.mul(torch.tanh(torch.div(z, 3.)), 3.)
    h = torch.relu_(__torch__.conv3(h, w, p + "0", 1, wrap))
    # The numbering of layers includes those without weights: activations and upsampling.
    layer = 2
    for i in range(torch.len(blocks)):
      for j in range(blocks[i]):
        h = self.pooled(h, w, p + str(layer) + ".pool.")
        b = p + str(layer) + ".conv."
        y = torch.relu_(__torch__.conv3(h, w, b + "0", 1, wrap))
        y = torch.relu_(__torch__.conv3(y, w, b + "2", 1, wrap))
        h = torch.relu_(torch.add_(__torch__.conv3(y, w, b + "4", 1, wrap), h))
        layer = layer + 1
      if i < torch.len(blocks) - 1:
        h = torch.upsample_nearest2d(h, [2 * torch.size(h, 2), 2 * torch.size(h, 3)])
        pad = 1
        if wrap > 0:
          h = __torch__.bordered(h, wrap, 1, 1)
          pad = 0
        h = torch.conv2d(h, w[p + str(layer + 1) + ".weight"], None, [1, 1], [pad, pad])
        layer = layer + 2
    return torch.sub(torch.mul(__torch__.conv3(h, w, p + str(layer), 1, wrap), 2.), 1.)
  def pooled(self: __torch__.Net, x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
    # Adds a branch that is normalised over the whole image, if the block has one.
    if torch.__contains__(w, p + "0.weight"):
      h = torch.conv2d(x, w[p + "0.weight"], None)
      h = torch.relu_(torch.group_norm(h, 4, w[p + "1.weight"], w[p + "1.bias"], 1e-5))
      x = torch.add(x, torch.conv2d(h, w[p + "3.weight"], None))
    return x
