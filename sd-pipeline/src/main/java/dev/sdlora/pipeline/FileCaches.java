package dev.sdlora.pipeline;

import dev.sdlora.lora.library.LoraCards;
import dev.sdlora.lora.library.LoraFiles;
import dev.sdlora.pipeline.embedding.EmbeddingFiles;

/** What was read of files, kept once for the process, so that no file is read twice. */
final class FileCaches {
  static final LoraFiles LORAS = new LoraFiles();
  static final LoraCards LORA_CARDS = new LoraCards(LORAS);
  static final EmbeddingFiles EMBEDDINGS = new EmbeddingFiles();

  private FileCaches() {}
}
