package dev.sdlora.pipeline;

import dev.sdlora.lora.library.LoraCards;
import dev.sdlora.lora.library.LoraFiles;
import dev.sdlora.pipeline.embedding.EmbeddingFiles;

/** What is known of files, once for the process, so that none is read a second time anywhere. */
final class KnownFiles {
  static final LoraFiles LORAS = new LoraFiles();
  static final LoraCards LORA_CARDS = new LoraCards(LORAS);
  static final EmbeddingFiles EMBEDDINGS = new EmbeddingFiles();

  private KnownFiles() {}
}
