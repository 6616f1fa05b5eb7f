package dev.sdlora.api;

import dev.sdlora.api.service.Services;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The textual inversion embeddings of some folders, found by the names that prompts use. Safe for
 * use by several threads.
 *
 * <p>Every call sees the folders as they are at that moment. Pictures count where an embedding is
 * written into them; others, and previews ({@code name.preview.png}), are passed over. Of several
 * embeddings with the same name, the last one counts, in the natural order of folders and names.
 */
public interface EmbeddingLibrary {

  /**
   * Looks at folders and all folders inside them. Links are followed.
   *
   * @throws EmbeddingException if one of them is not a folder
   */
  static EmbeddingLibrary open(List<Path> folders) {
    Objects.requireNonNull(folders, "folders");
    return Services.find(Backend.Embeddings.class).openLibrary(folders);
  }

  /** Looks at one folder and all folders inside it; see {@link #open(List)}. */
  static EmbeddingLibrary open(Path folder) {
    Objects.requireNonNull(folder, "folder");
    return open(List.of(folder));
  }

  /**
   * All embeddings that can be read, in the natural order of their names, for whatever models.
   *
   * @throws EmbeddingException if one of the folders is gone
   */
  List<Embedding> list();

  /**
   * The files that look like embeddings by their extension but cannot be used, and the folders that
   * cannot be read, with the reason for each.
   *
   * @throws EmbeddingException if one of the folders is gone
   */
  Map<Path, String> unreadable();

  /**
   * The embedding of a name, in exactly this spelling.
   *
   * @throws EmbeddingException if there is none; the message names the nearest ones
   */
  Embedding find(String name);
}
