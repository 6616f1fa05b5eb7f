package dev.sdlora.lora.plan;

/** The names of a model's layers in LoRA files. Immutable, safe for use by several threads. */
interface KeyLookup {
  /** The layers that a name refers to; {@link Stack#NONE} if it refers to none. */
  Stack find(String key);
}
