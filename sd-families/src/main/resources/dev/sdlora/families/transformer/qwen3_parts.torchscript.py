def qwen3_layer(x: Tensor, turns: List[Tensor], w: Dict[str, Tensor], p: str, real: int, heads: int, groups: int) -> Tensor:
  # Padding is not read: keys and values are those of the first `real` positions.
  dtype = w[p + ".input_layernorm.weight"].dtype
  y = torch.to(__torch__.rms_norm(x, w, p + ".input_layernorm", 1e-6), dtype)
  seen = torch.slice(y, 0, 0, real)
  q = __torch__.half_rotated_norm(__torch__.linear(y, w, p + ".self_attn.q_proj"), w, p + ".self_attn.q_norm", turns)
  k = __torch__.half_rotated_norm(__torch__.linear(seen, w, p + ".self_attn.k_proj"), w, p + ".self_attn.k_norm", turns)
  v = torch.view_as(__torch__.linear(seen, w, p + ".self_attn.v_proj"), k)
  x = torch.add(x, __torch__.linear(__torch__.grouped_attention(q, k, v, heads, groups), w, p + ".self_attn.o_proj"))
  y = torch.to(__torch__.rms_norm(x, w, p + ".post_attention_layernorm", 1e-6), dtype)
  y = __torch__.gated(y, w, p + ".mlp.gate_proj", p + ".mlp.up_proj")
  return torch.add(x, __torch__.linear(y, w, p + ".mlp.down_proj"))
def half_turns(n: int, d: int, theta: float, like: Tensor) -> List[Tensor]:
  # Cosines and sines of positions 0 to n - 1, float32 [n, 1, d / 2], of angles in float64 (dtype 7), which the processor has.
  steps = torch.arange(0, d, 2, dtype=7, layout=0, device=torch.device("cpu"), pin_memory=False)
  speeds = torch.exp(torch.mul(steps, -torch.log(theta) / d))
  angles = torch.unsqueeze(torch.outer(torch.arange(n, dtype=7, layout=0, device=torch.device("cpu"), pin_memory=False), speeds), 1)
  return [torch.to(torch.to(torch.cos(angles), 6), like.device, 6), torch.to(torch.to(torch.sin(angles), 6), like.device, 6)]
def half_rotated_norm(x: Tensor, w: Dict[str, Tensor], p: str, turns: List[Tensor]) -> Tensor:
  # x [n, heads * d] -> [n, heads, d]: each head's RMS norm, then rotation of channels i and i + d / 2 together (Su et al. 2021), in float32.
  n = torch.size(x, 0)
  gain = torch.to(w[p + ".weight"], 6)
  d = torch.size(gain, 0)
  y = torch.to(torch.reshape(x, [n, -1, d]), 6)
  y = torch.mul(y, __torch__.inverse_rms(y, 1e-6))
  lower, upper = torch.chunk(y, 2, -1)
  a, b = torch.chunk(gain, 2)
  cos = torch.slice(turns[0], 0, 0, n)
  sin = torch.slice(turns[1], 0, 0, n)
  first = torch.addcmul_(torch.mul(lower, torch.mul(cos, a)), upper, torch.mul(sin, b), value=-1)
  second = torch.addcmul_(torch.mul(upper, torch.mul(cos, b)), lower, torch.mul(sin, a), value=1)
  return torch.to(torch.cat([first, second], -1), x.dtype)
def grouped_attention(q: Tensor, k: Tensor, v: Tensor, heads: int, groups: int) -> Tensor:
  # q [m, heads, d], k and v [n, groups, d] -> [m, heads * d]; each group of heads has the same keys (Ainslie et al. 2023). Causal for
  # the first n queries; later ones read all keys.
  m, h, d = torch.size(q)
  n = torch.size(k, 0)
  each = heads // groups
  q = torch.permute(torch.reshape(q, [m, groups, each, d]), [1, 2, 0, 3])
  k = torch.expand(torch.unsqueeze(torch.transpose(k, 0, 1), 1), [groups, each, n, d])
  v = torch.expand(torch.unsqueeze(torch.transpose(v, 0, 1), 1), [groups, each, n, d])
  o = torch.scaled_dot_product_attention(torch.slice(q, 2, 0, n), k, v, None, 0., True)
  if torch.gt(m, n):
    o = torch.cat([o, torch.scaled_dot_product_attention(torch.slice(q, 2, n, m), k, v, None, 0., False)], 2)
  return torch.reshape(torch.permute(o, [2, 0, 1, 3]), [m, heads * d])
