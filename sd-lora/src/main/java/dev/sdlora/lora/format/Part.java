package dev.sdlora.lora.format;

/** The tensors of adapter modules, by their names in LyCORIS. */
public enum Part {
  /** [rank, in] or [rank, in, k, k]; [rank, in, 1, 1] with a core. */
  LORA_DOWN("lora_down.weight"),
  /** [out, rank] or [out, rank, 1, 1]. */
  LORA_UP("lora_up.weight"),
  /** A bias of the second product, [out], which the scale multiplies as well. */
  LORA_BIAS("lora_up.bias"),
  /** Tucker core, [rank, rank, k, k]. */
  LORA_MID("lora_mid.weight"),
  HADA_W1_A("hada_w1_a"),
  HADA_W1_B("hada_w1_b"),
  HADA_W2_A("hada_w2_a"),
  HADA_W2_B("hada_w2_b"),
  HADA_T1("hada_t1"),
  HADA_T2("hada_t2"),
  LOKR_W1("lokr_w1"),
  LOKR_W1_A("lokr_w1_a"),
  LOKR_W1_B("lokr_w1_b"),
  LOKR_W2("lokr_w2"),
  LOKR_W2_A("lokr_w2_a"),
  LOKR_W2_B("lokr_w2_b"),
  LOKR_T2("lokr_t2"),
  /** IA3's factors, or the weight that replaces a normalisation's. */
  WEIGHT("weight"),
  /** Whether IA3's factors apply to columns. */
  ON_INPUT("on_input"),
  A1("a1.weight"),
  A2("a2.weight"),
  B1("b1.weight"),
  B2("b2.weight"),
  BM("bm.weight"),
  OFT_BLOCKS("oft_blocks"),
  OFT_DIAG("oft_diag"),
  RESCALE("rescale"),
  DIFF("diff"),
  DIFF_B("diff_b"),
  W_NORM("w_norm"),
  B_NORM("b_norm"),
  /** Magnitudes of DoRA (Liu et al. 2024), [out, 1] or [1, in]. */
  DORA_SCALE("dora_scale"),
  ALPHA("alpha"),
  /** Replaces alpha / rank. */
  SCALE("scale");

  private final String ending;

  Part(String ending) {
    this.ending = ending;
  }

  /** The part of a tensor's name after the layer's name and a dot. */
  public String ending() {
    return ending;
  }
}
