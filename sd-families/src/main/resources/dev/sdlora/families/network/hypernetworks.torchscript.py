def hypernetworks(x: Tensor, w: Dict[str, Tensor], side: str) -> Tensor:
  # Applies hypernetworks to x [B, n, C], the input of keys (side 0) or values (side 1): x + f(x) * multiplier, one after another, in
  # float32. Each width and side has its own f; x is unchanged if a hypernetwork has none for its width.
  i = 0
  while torch.__contains__(w, "hypernetworks." + str(i)):
    p = "hypernetworks." + str(i) + "." + str(torch.size(x, 2)) + "." + side
    if torch.__contains__(w, p + ".0.weight"):
      f = __torch__.hypernetwork(torch.to(x, 6), w, p)
      x = torch.to(torch.add(torch.to(x, 6), torch.mul(f, w["hypernetworks." + str(i)])), x.dtype)
    i = torch.add(i, 1)
  return x
def hypernetwork(x: Tensor, w: Dict[str, Tensor], p: str) -> Tensor:
  # Linear layers, each followed by an optional activation and norm.
  j = 0
  while torch.__contains__(w, p + "." + str(j) + ".weight"):
    q = p + "." + str(j)
    x = __torch__.activated(torch.linear(x, w[q + ".weight"], w[q + ".bias"]), w, q)
    if torch.__contains__(w, q + ".norm.weight"):
      x = __torch__.layer_norm(x, w, q + ".norm")
    j = torch.add(j, 1)
  return x
def activated(x: Tensor, w: Dict[str, Tensor], q: str) -> Tensor:
  # PyTorch's activations with their defaults, selected by the name of an entry.
  if torch.__contains__(w, q + ".relu"):
    x = torch.relu(x)
  if torch.__contains__(w, q + ".leakyrelu"):
    x = torch.leaky_relu(x, 0.01)
  if torch.__contains__(w, q + ".elu"):
    x = torch.elu(x)
  if torch.__contains__(w, q + ".hardswish"):
    x = torch.hardswish(x)
  if torch.__contains__(w, q + ".tanh"):
    x = torch.tanh(x)
  if torch.__contains__(w, q + ".sigmoid"):
    x = torch.sigmoid(x)
  if torch.__contains__(w, q + ".gelu"):
    x = torch.gelu(x)
  if torch.__contains__(w, q + ".silu"):
    x = torch.silu(x)
  if torch.__contains__(w, q + ".mish"):
    x = torch.mish(x)
  if torch.__contains__(w, q + ".selu"):
    x = torch.selu(x)
  if torch.__contains__(w, q + ".celu"):
    x = torch.celu(x)
  if torch.__contains__(w, q + ".relu6"):
    x = torch.clamp(x, 0, 6)
  if torch.__contains__(w, q + ".rrelu"):
    x = torch.leaky_relu(x, 0.22916666666666666)
  if torch.__contains__(w, q + ".hardtanh"):
    x = torch.clamp(x, -1, 1)
  if torch.__contains__(w, q + ".hardsigmoid"):
    x = torch.hardsigmoid(x)
  if torch.__contains__(w, q + ".softplus"):
    x = torch.softplus(x)
  if torch.__contains__(w, q + ".softsign"):
    x = torch.div(x, torch.add(torch.abs(x), 1))
  if torch.__contains__(w, q + ".tanhshrink"):
    x = torch.sub(x, torch.tanh(x))
  if torch.__contains__(w, q + ".softshrink"):
    x = torch.softshrink(x)
  if torch.__contains__(w, q + ".hardshrink"):
    x = torch.hardshrink(x)
  if torch.__contains__(w, q + ".logsigmoid"):
    x = torch.log_sigmoid(x)
  return x
