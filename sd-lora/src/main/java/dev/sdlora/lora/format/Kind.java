package dev.sdlora.lora.format;

/** The methods by which adapter files change a layer. */
public enum Kind {
  /** Hu et al. 2021; with convolutions LoCon, with a core {@code lora_mid} its Tucker form. */
  LORA("LoRA"),
  /** Hadamard product of two low-rank products (FedPara, Hyeon-Woo et al. 2022; LyCORIS). */
  LOHA("LoHa"),
  /** Kronecker product (LyCORIS). */
  LOKR("LoKr"),
  /** One factor for each row or column (Liu et al. 2022). */
  IA3("IA3"),
  /** Chavan et al. 2023. */
  GLORA("GLoRA"),
  /** Orthogonal rotation of blocks (Qiu et al. 2023), as LyCORIS stores it. */
  OFT("OFT"),
  /** Orthogonal rotation by butterfly factors (Liu et al. 2023), as LyCORIS stores it. */
  BOFT("BOFT"),
  /** OFT as LyCORIS stored it first, in {@code oft_diag}. */
  OLD_OFT("old OFT"),
  /** The whole difference of weight or bias. */
  FULL("full difference"),
  /** The difference of a normalisation's weight and bias. */
  NORM("norm");

  private final String label;

  Kind(String label) {
    this.label = label;
  }

  /** Its name in messages and listings. */
  public String label() {
    return label;
  }
}
