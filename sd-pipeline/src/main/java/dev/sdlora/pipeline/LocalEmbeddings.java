package dev.sdlora.pipeline;

import dev.sdlora.api.Embedding;
import dev.sdlora.api.EmbeddingLibrary;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.pipeline.embedding.FolderEmbeddings;
import dev.sdlora.pipeline.model.FileCaches;
import java.nio.file.Path;
import java.util.List;

/** Inspects embeddings. Created by {@link java.util.ServiceLoader}. */
public final class LocalEmbeddings implements Backend.Embeddings {

  @Override
  public Embedding open(Path path) {
    return FileCaches.EMBEDDINGS.open(path);
  }

  @Override
  public EmbeddingLibrary openLibrary(List<Path> folders) {
    return FolderEmbeddings.open(FileCaches.EMBEDDINGS, folders, List.of());
  }

  @Override
  public String hash(Path path) {
    return FileCaches.EMBEDDINGS.hash(path);
  }
}
