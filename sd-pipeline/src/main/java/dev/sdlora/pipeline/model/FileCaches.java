package dev.sdlora.pipeline.model;

import dev.sdlora.lora.library.LoraCards;
import dev.sdlora.lora.library.LoraFiles;
import dev.sdlora.pipeline.embedding.EmbeddingFiles;

/** Process-wide caches of file contents, so that no file is read twice. */
public final class FileCaches {
  public static final LoraFiles LORAS = new LoraFiles();
  public static final LoraCards LORA_CARDS = new LoraCards(LORAS);
  public static final EmbeddingFiles EMBEDDINGS = new EmbeddingFiles();

  private FileCaches() {}
}
