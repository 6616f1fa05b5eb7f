def flow_blocks(dims: List[int]) -> int:
  return dims[3] + dims[4]
def flow_block_name(i: int, dims: List[int]) -> str:
  if i < dims[3]:
    name = "transformer_blocks." + str(i)
  else:
    name = "single_transformer_blocks." + str(i - dims[3])
  return name
