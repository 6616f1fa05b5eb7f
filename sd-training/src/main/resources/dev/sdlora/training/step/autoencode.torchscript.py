  def picture_error(self: __torch__.Net, error: Tensor) -> Tensor:
    # The error of an image. Differences between neighbours make edges sharp and areas flat.
    across = torch.sub(torch.slice(error, 3, 1), torch.slice(error, 3, 0, -1))
    down = torch.sub(torch.slice(error, 2, 1), torch.slice(error, 2, 0, -1))
    edges = torch.add(torch.mean(torch.abs(across)), torch.mean(torch.abs(down)))
    return torch.add(torch.mean(torch.abs(error)), edges)
  def autoencode(self: __torch__.Net, pixels: Tensor, noise: Tensor, w: Dict[str, Tensor], size: Tensor, h: Tensor) -> Dict[str, Tensor]:
    # The loss of an autoencoder and its gradients. size: levels, layers. h: weight of the divergence
    moments = (self).encode(pixels, w, int(size[0]), int(size[1]), 0, 0)
    mean, logvar = torch.chunk(moments, 2, 1)
    logvar = torch.clamp(logvar, -30., 20.)
    z = torch.add(mean, torch.mul(torch.exp(torch.mul(logvar, 0.5)), noise))
    error = torch.sub((self).decode(z, w, int(size[0]), int(size[1]), 0, 0), pixels)
    divergence = torch.mul(torch.mean(torch.sub(torch.sub(torch.add(torch.pow(mean, 2), torch.exp(logvar)), 1.), logvar)), 0.5)
    loss = torch.add((self).picture_error(error), torch.mean(torch.pow(error, 2)))
    return __torch__.gradients(torch.add(loss, torch.mul(divergence, float(h[0]))), w)
  def decoder(self: __torch__.Net, latents: Tensor, pixels: Tensor, w: Dict[str, Tensor], size: Tensor) -> Dict[str, Tensor]:
    # The loss of the decoder alone and its gradients. A squared error would blur details that latents do not determine.
    error = torch.sub((self).decode(latents, w, int(size[0]), int(size[1]), 0, 0), pixels)
    return __torch__.gradients((self).picture_error(error), w)
