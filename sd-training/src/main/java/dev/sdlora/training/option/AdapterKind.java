package dev.sdlora.training.option;

/** A way to make the change of a layer from trained factors. */
public enum AdapterKind {
  /**
   * LoRA (Hu et al. 2021): a product of two matrices. With 3×3 convolutions it is what LyCORIS
   * calls LoCon.
   */
  LORA,
  /** LoHa (Hyeon-Woo et al. 2022, "FedPara"): the elementwise product of two products. */
  LOHA,
  /** LoKr (Edalati et al. 2022, "KronA"): the Kronecker product of a small and a large factor. */
  LOKR,
  /**
   * IA3 (Liu et al. 2022): a factor on each output of keys and values and on each input of the
   * second layer of every MLP. Of the layers to train, all others are left out.
   */
  IA3
}
