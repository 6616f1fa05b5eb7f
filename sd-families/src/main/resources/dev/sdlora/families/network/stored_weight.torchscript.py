def weight(w: Dict[str, Tensor], p: str, dtype: int) -> Tensor:
  # The weight of a layer, valid until the next call; widened to the dtype if it is stored in another format.
  if torch.__contains__(w, p + ".stored"):
    if torch.__contains__(w, "stored.memory"):
      y = __torch__.widened_into(w[p + ".stored"], __torch__.stored_parts(w, p), dtype, w["stored.memory"])
    else:
      y = __torch__.widened(w[p + ".stored"], __torch__.stored_parts(w, p), dtype)
  else:
    y = w[p + ".weight"]
  return y
def stored_parts(w: Dict[str, Tensor], p: str) -> List[Tensor]:
  parts = annotate(List[Tensor], [])
  while torch.__contains__(w, p + ".stored." + str(torch.len(parts))):
    _0 = torch.append(parts, w[p + ".stored." + str(torch.len(parts))])
  return parts
def weight_rows(w: Dict[str, Tensor], p: str, ids: Tensor, dtype: int) -> Tensor:
  # Rows of a table: ids of any shape [...] -> [..., C]. Only these rows are widened.
  if torch.__contains__(w, p + ".stored"):
    y = __torch__.widened_rows(w[p + ".stored"], __torch__.stored_parts(w, p), torch.flatten(ids), dtype)
    y = torch.reshape(y, torch.add(torch.size(ids), [-1]))
  else:
    y = torch.embedding(w[p + ".weight"], ids)
  return y
def weight_dims(w: Dict[str, Tensor], p: str) -> int:
  # The number of dimensions of the weight of a layer.
  if torch.__contains__(w, p + ".stored"):
    dims = torch.numel(w[p + ".stored"]) - 1
  else:
    dims = torch.dim(w[p + ".weight"])
  return dims
def has_weight(w: Dict[str, Tensor], p: str) -> bool:
  # Whether the network has a layer, in whichever format.
  return torch.__contains__(w, p + ".weight") or torch.__contains__(w, p + ".stored")
