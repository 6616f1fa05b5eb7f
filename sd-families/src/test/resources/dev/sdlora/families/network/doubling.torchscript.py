  def enlarged(self: __torch__.Net, x: Tensor, w: Dict[str, Tensor], height: int, width: int, wrap: int) -> Tensor:
    return torch.contiguous(torch.to(__torch__.enlarged_conv3(torch.to(x, w["up.bias"].dtype), w, "up", height, width, wrap), 6))
