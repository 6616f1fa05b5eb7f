package dev.sdlora.api;

import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.service.Services;
import dev.sdlora.api.spi.Backend;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The textual inversion embeddings of some folders, found by the names that prompts use.
 * Thread-safe.
 *
 * <p>Every call sees the current state of the folders. Images are included if they contain an
 * embedding; other images and previews ({@code name.preview.png}) are ignored. If several
 * embeddings have the same name, the last one wins, in the natural order of folders and names.
 */
public interface EmbeddingLibrary {

  /**
   * Opens the library of several folders.
   *
   * @param folders the folders to search, with their subfolders; symbolic links are followed
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
   * @param folder the folder to search, with its subfolders
   * @return the library
   * @throws EmbeddingException if it is not a folder
   */
  static EmbeddingLibrary open(Path folder) {
    Objects.requireNonNull(folder, "folder");
    return open(List.of(folder));
  }

  /**
   * {@return all readable embeddings of all model families, in the natural order of their names}
   *
   * @throws EmbeddingException if one of the folders no longer exists
   */
  List<Embedding> list();

  /**
   * {@return the files and folders that cannot be used, with the reason for each} Only files with
   * the extension of an embedding are included.
   *
   * @throws EmbeddingException if one of the folders no longer exists
   */
  Map<Path, String> unreadable();

  /**
   * {@return the embedding with a name}
   *
   * @param name the name in exactly its spelling
   * @throws EmbeddingException if the name is unknown; the message lists similar names
   */
  Embedding find(String name);

  /**
   * {@return the embedding whose file has a hash, whatever its name}
   *
   * @param hash a hash as in {@link LoraLibrary#findByHash}; image metadata contains 12 digits
   * @throws EmbeddingException if one of the folders no longer exists
   */
  Optional<Embedding> findByHash(String hash);
}
