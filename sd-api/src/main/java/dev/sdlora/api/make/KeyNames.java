package dev.sdlora.api.make;

/** The two ways of naming tensors in which LoRA files are written. */
public enum KeyNames {
  /**
   * kohya's sd-scripts: {@code lora_unet_…_to_q.lora_down.weight}, and {@code .alpha} beside it.
   * What A1111, ComfyUI and most model sites have.
   */
  KOHYA,
  /**
   * PEFT as diffusers saves it: {@code unet.….to_q.lora_A.weight}. Alphas stand in the metadata,
   * under {@code lora_adapter_metadata}.
   */
  PEFT
}
