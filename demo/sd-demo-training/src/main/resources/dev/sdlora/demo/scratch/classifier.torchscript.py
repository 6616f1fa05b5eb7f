  def scores(self: __torch__.Net, pixels: Tensor, w: Dict[str, Tensor], layers: int) -> Tensor:
    # Images [B, 3, n, n] -> a score for each class [B, classes]. Patches of 4x4 pixels become vectors; each later layer halves
    # the sides. The last layer still uses positions, because images are cropped so that objects fill them.
    x = torch.conv2d(pixels, w["patches.weight"], w["patches.bias"], [4, 4])
    for i in range(layers):
      p = "layers." + str(i)
      x = torch.relu(torch.group_norm(x, 8, w[p + ".norm.weight"], w[p + ".norm.bias"], 1e-5))
      x = torch.conv2d(x, w[p + ".weight"], w[p + ".bias"], [2, 2], [1, 1])
    x = torch.flatten(torch.relu(torch.group_norm(x, 8, w["norm.weight"], w["norm.bias"], 1e-5)), 1)
    x = torch.linear(x, w["features.weight"], w["features.bias"])
    x = torch.relu(torch.layer_norm(x, [torch.size(x, 1)], w["features_norm.weight"], w["features_norm.bias"], 1e-5))
    return torch.linear(x, w["classes.weight"], w["classes.bias"])
  def probabilities(self: __torch__.Net, pixels: Tensor, w: Dict[str, Tensor], layers: int) -> Tensor:
    return torch.softmax((self).scores(pixels, w, layers), 1)
  def classify(self: __torch__.Net, pixels: Tensor, classes: Tensor, w: Dict[str, Tensor], layers: Tensor) -> Dict[str, Tensor]:
    # The cross entropy with label smoothing of 1/20 (Szegedy et al. 2016), and its gradients.
    loss = torch.cross_entropy_loss((self).scores(pixels, w, int(layers[0])), classes, None, 1, -100, 0.05)
    return __torch__.gradients(loss, w)
