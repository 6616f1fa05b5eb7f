def weight(w: Dict[str, Tensor], p: str, dtype: int) -> Tensor:
  # The weight of a layer.
  return w[p + ".weight"]
def weight_rows(w: Dict[str, Tensor], p: str, ids: Tensor, dtype: int) -> Tensor:
  # Rows of a table: ids of any shape [...] -> [..., C].
  return torch.embedding(w[p + ".weight"], ids)
def weight_dims(w: Dict[str, Tensor], p: str) -> int:
  # The number of dimensions of the weight of a layer.
  return torch.dim(w[p + ".weight"])
def has_weight(w: Dict[str, Tensor], p: str) -> bool:
  # Whether the network has a layer.
  return torch.__contains__(w, p + ".weight")
