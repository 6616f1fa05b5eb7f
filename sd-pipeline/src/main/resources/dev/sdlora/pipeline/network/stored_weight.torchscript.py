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
  # Rows of a table: ids of any shape [...] -> [..., C]. Only these rows are widened; a part of the table has the same number of values for each
  # row, or one value for all.
  if torch.__contains__(w, p + ".stored"):
    head = w[p + ".stored"]
    rows, columns = int(torch.select(head, 0, 1)), int(torch.select(head, 0, 2))
    flat = torch.flatten(ids)
    n = torch.size(flat, 0)
    some = annotate(List[Tensor], [])
    parts = __torch__.stored_parts(w, p)
    for i in range(torch.len(parts)):
      part = parts[i]
      if torch.eq(torch.numel(part) % rows, 0):
        shape = torch.size(part)
        _0 = torch._set_item(shape, 0, -1)
        picked = torch.index_select(torch.reshape(part, [rows, -1]), 0, flat)
        part = torch.reshape(picked, shape)
      _1 = torch.append(some, part)
    y = __torch__.widened(torch.cat([torch.slice(head, 0, 0, 1), torch.tensor([n, columns], dtype=4)], 0), some, dtype)
    y = torch.reshape(y, torch.add(torch.size(ids), [columns]))
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
