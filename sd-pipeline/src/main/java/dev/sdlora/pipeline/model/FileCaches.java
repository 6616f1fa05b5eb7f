package dev.sdlora.pipeline.model;

import dev.sdlora.lora.library.LoraCards;
import dev.sdlora.lora.library.LoraFiles;
import dev.sdlora.pipeline.embedding.EmbeddingFiles;

/** What was read of files, kept once for the process, so that no file is read twice. */
public final class FileCaches {
  public static final LoraFiles LORAS = new LoraFiles();
  public static final LoraCards LORA_CARDS = new LoraCards(LORAS);
  public static final EmbeddingFiles EMBEDDINGS = new EmbeddingFiles();

  private FileCaches() {}
}
