def unet_size(size: Tensor) -> Tuple[List[int], int, List[int], int, int]:
  # heads, middle depth, layers, then the channels and the depths of all levels
  levels = torch.floordiv(torch.sub(torch.size(size, 0), 3), 2)
  channels = annotate(List[int], [])
  depth = annotate(List[int], [])
  for i in range(levels):
    _0 = torch.append(channels, int(size[torch.add(3, i)]))
    _1 = torch.append(depth, int(size[torch.add(torch.add(3, levels), i)]))
  return (channels, int(size[0]), depth, int(size[1]), int(size[2]))
def weighted_error(predicted: Tensor, target: Tensor, importance: Tensor) -> Tensor:
  error = torch.pow(torch.sub(predicted, target), 2)
  return torch.mean(torch.mul(torch.mean(error, [1, 2, 3]), importance))
