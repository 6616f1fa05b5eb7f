package dev.sdlora.api;

import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.spi.Services;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The textual inversion embeddings of some folders, found by the names that prompts use. Safe for
 * use by several threads.
 *
 * <p>Every call sees the folders as they are at that moment. Images count where an embedding is
 * written into them; others, and previews ({@code name.preview.png}), are passed over. Of several
 * embeddings with the same name, the last one counts, in the natural order of folders and names.
 */
public interface EmbeddingLibrary {

  /**
   * Opens the library of some folders.
   *
   * @param folders the folders to look into, with all folders inside them; links are followed
   * @return the library
   * @throws EmbeddingException if one of them is not a folder
   */
  static EmbeddingLibrary open(List<Path> folders) {
    Objects.requireNonNull(folders, "folders");
    return Services.find(Backend.Embeddings.class).openLibrary(folders);
  }

  /**
   * Opens the library of one folder; see {@link #open(List)}.
   *
   * @param folder the folder to look into, with all folders inside it
   * @return the library
   * @throws EmbeddingException if it is not a folder
   */
  static EmbeddingLibrary open(Path folder) {
    Objects.requireNonNull(folder, "folder");
    return open(List.of(folder));
  }

  /**
   * {@return all embeddings that can be read, in the natural order of their names, for whatever
   * models}
   *
   * @throws EmbeddingException if one of the folders is gone
   */
  List<Embedding> list();

  /**
   * {@return the files and folders that cannot be used, with the reason for each} Files are those
   * that look like embeddings by their extension; folders are those that cannot be read.
   *
   * @throws EmbeddingException if one of the folders is gone
   */
  Map<Path, String> unreadable();

  /**
   * {@return the embedding of a name}
   *
   * @param name in exactly its spelling
   * @throws EmbeddingException if there is none; the message names the nearest ones
   */
  Embedding find(String name);

  /**
   * {@return the embedding whose file has a hash, whatever it is called}
   *
   * @param hash as {@link LoraLibrary#findByHash} takes it; images tell 12 digits
   * @throws EmbeddingException if one of the folders is gone
   */
  Optional<Embedding> findByHash(String hash);
}
