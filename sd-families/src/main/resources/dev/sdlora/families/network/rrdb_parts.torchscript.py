def dense(x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  # Five convolutions, each of which reads the input and all previous outputs.
  seen = x
  for i in range(4):
    y = torch.leaky_relu(__torch__.conv(seen, w, p + ".conv" + str(i + 1), 1, 1), 0.20000000000000001)
    seen = torch.cat([seen, y], 1)
  return torch.add(x, torch.mul(__torch__.conv(seen, w, p + ".conv5", 1, 1), 0.20000000000000001))
def mirrored(x: Tensor, multiple: int) -> Tensor:
  # Pads the right and bottom to a multiple by mirroring, or in images too small for that, by repeating the edge.
  below = (multiple - torch.size(x, 2) % multiple) % multiple
  right = (multiple - torch.size(x, 3) % multiple) % multiple
  if below < torch.size(x, 2) and right < torch.size(x, 3):
    x = torch.reflection_pad2d(x, [0, right, 0, below])
  else:
    x = torch.replication_pad2d(x, [0, right, 0, below])
  return x
