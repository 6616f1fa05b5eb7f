package dev.sdlora.lora.format;

/** The methods by which adapter files change a layer. */
public enum Kind {
  /**
   * Hu et al. 2021; called LoCon with convolutions; with a core {@code lora_mid} in its Tucker
   * form.
   */
  LORA("LoRA"),
  /** Hadamard product of two low-rank products (FedPara, Hyeon-Woo et al. 2022; LyCORIS). */
  LOHA("LoHa"),
  /** Kronecker product (LyCORIS). */
  LOKR("LoKr"),
  /** One factor for each row or column (Liu et al. 2022). */
  IA3("IA3"),
  /** Chavan et al. 2023. */
  GLORA("GLoRA"),
  /** Orthogonal rotation of blocks (Qiu et al. 2023), in LyCORIS's layout. */
  OFT("OFT"),
  /** Orthogonal rotation by butterfly factors (Liu et al. 2023), in LyCORIS's layout. */
  BOFT("BOFT"),
  /** OFT in LyCORIS's first layout, {@code oft_diag}. */
  OLD_OFT("old OFT"),
  /** The full difference of a weight or bias. */
  FULL("full difference"),
  /** The difference of a normalisation's weight and bias. */
  NORM("norm"),
  /**
   * The weight of a normalisation, in place of the model's own at every strength but 0, as in the
   * control LoRAs of Black Forest Labs.
   */
  REPLACED("replaced norm");

  private final String label;

  Kind(String label) {
    this.label = label;
  }

  /** The name in messages and listings. */
  public String label() {
    return label;
  }
}
