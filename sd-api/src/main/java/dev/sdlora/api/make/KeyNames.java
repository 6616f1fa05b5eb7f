package dev.sdlora.api.make;

/** The two naming schemes for the tensors of LoRA files. */
public enum KeyNames {
  /**
   * kohya's sd-scripts: {@code lora_unet_…_to_q.lora_down.weight} with {@code .alpha} next to it.
   * The scheme of A1111, ComfyUI and most model sites. For FLUX.2 klein and Z-Image, layers have
   * the names of single files, where the projections of an attention are one matrix.
   */
  KOHYA,
  /**
   * PEFT as saved by diffusers: {@code unet.….to_q.lora_A.weight}. Alphas are in the metadata,
   * under {@code lora_adapter_metadata}. For FLUX.2 klein and Z-Image, {@code transformer.} is the
   * first part of the names.
   */
  PEFT
}
