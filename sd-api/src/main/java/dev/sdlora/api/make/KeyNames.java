package dev.sdlora.api.make;

/** The two naming schemes for the tensors of LoRA files. */
public enum KeyNames {
  /**
   * kohya's sd-scripts: {@code lora_unet_…_to_q.lora_down.weight} with {@code .alpha} next to it.
   * The scheme of A1111, ComfyUI and most model sites.
   */
  KOHYA,
  /**
   * PEFT as saved by diffusers: {@code unet.….to_q.lora_A.weight}. Alphas are in the metadata,
   * under {@code lora_adapter_metadata}.
   */
  PEFT
}
