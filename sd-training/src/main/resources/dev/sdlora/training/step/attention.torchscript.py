def attend(q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
  return __torch__.float_attention(q, k, v, heads)
def float_attention(q: Tensor, k: Tensor, v: Tensor, heads: int) -> Tensor:
  # Always in float32: fused attention computes small products one by one, and in bfloat16 each of them is set up anew.
  # Steps of small networks take a fifth less time.
  return torch.to(__torch__.heads_attention(torch.to(q, 6), torch.to(k, 6), torch.to(v, 6), heads, False), q.dtype)
def part_gradients(out: Tensor, gradient: Tensor, cuts: Dict[str, Tensor], wanted: List[Tensor]) -> List[Optional[Tensor]]:
  # The gradients of inputs and weights of a part of the network, given that of its output.
  return torch.grad([out], wanted, annotate(List[Optional[Tensor]], [gradient]), None, False, True)
