package dev.sdlora.api.make.spi;

import dev.sdlora.api.make.LoraConversion;

/** The two naming schemes for the tensors of LoRA files. */
public enum KeyNames {
  /** See {@link LoraConversion#toKohya}. */
  KOHYA,
  /** See {@link LoraConversion#toPeft}. */
  PEFT
}
