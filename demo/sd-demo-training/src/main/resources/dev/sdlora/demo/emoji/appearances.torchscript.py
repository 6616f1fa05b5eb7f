  def appearances(self: __torch__.Net, pictures: Tensor, count: int) -> Tensor:
    # The first principal components of images [n, pixels]. Each is scaled by the root of its share, so that small ones count too.
    centred = torch.sub(pictures, torch.mean(pictures, [0], True))
    u, s, v = torch.linalg_svd(centred, False)
    n = torch.size(pictures, 0)
    scale = torch.sqrt(torch.mul(torch.div(torch.slice(s, 0, 0, count), s[0]), float(n)))
    return torch.mul(torch.slice(u, 1, 0, count), scale)
