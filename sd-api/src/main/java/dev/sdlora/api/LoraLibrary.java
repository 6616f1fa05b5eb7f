package dev.sdlora.api;

import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.lora.LoraQuery;
import dev.sdlora.api.service.Services;
import dev.sdlora.api.spi.Backend;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The LoRA files of some folders, found by the names that prompts use. Thread-safe.
 *
 * <h2>Changes on disk</h2>
 *
 * Every call sees the current state of the folders; no refresh is necessary, and no thread watches
 * them. A folder is read again if its timestamp has changed, and a file if its size or timestamp
 * has, including files that cannot be used. Only headers are read.
 *
 * <h2>Names</h2>
 *
 * The rules are those of A1111. A LoRA's name is its file name without the extension or the name
 * that its trainer gave it ({@code ss_output_name}), in exactly that spelling. File names take
 * precedence. If several files have the same name, the last one wins, in the natural order of
 * folders and names ({@code ink-2} before {@code ink-10}). A trainer's name is ignored, in any
 * spelling, if several files share it, if it is the name of another file, or if it is "none"; these
 * files are found only by their file names.
 */
public interface LoraLibrary {

  /**
   * Opens the library of several folders.
   *
   * @param folders the folders to search, with their subfolders; symbolic links are followed
   * @return the library
   * @throws LoraException if one of them is not a folder
   */
  static LoraLibrary open(List<Path> folders) {
    Objects.requireNonNull(folders, "folders");
    return Services.find(Backend.Loras.class).openLibrary(folders);
  }

  /**
   * Opens the library of one folder; see {@link #open(List)}.
   *
   * @param folder the folder to search, with its subfolders
   * @return the library
   * @throws LoraException if it is not a folder
   */
  static LoraLibrary open(Path folder) {
    Objects.requireNonNull(folder, "folder");
    return open(List.of(folder));
  }

  /** {@return the folders that are searched, as they were given} */
  List<Path> folders();

  /**
   * {@return all readable LoRA files, in the natural order of their names} Files with the same name
   * in different folders are all listed.
   *
   * @throws LoraException if one of the folders no longer exists
   */
  List<LoraAdapter> list();

  /**
   * {@return the LoRA files that match a query, in the order of {@link #list()}}
   *
   * @param query the conditions; {@link LoraQuery#ALL} matches every file
   * @throws LoraException if one of the folders no longer exists
   */
  List<LoraAdapter> search(LoraQuery query);

  /**
   * {@return the files and folders that cannot be used, with the reason for each} Only files with
   * the extension of a LoRA are included.
   *
   * @throws LoraException if one of the folders no longer exists
   */
  Map<Path, String> unreadable();

  /**
   * {@return the LoRA with a name, at strength 1}
   *
   * @param name a file name or a trainer's name, by the rules above
   * @throws LoraException if the name is unknown or ambiguous; the message lists similar names, or
   *     the files that share the name
   */
  LoraAdapter find(String name);

  /**
   * {@return the LoRA whose file has a hash, at strength 1, whatever its name} To find it, all
   * files may have to be read once; see {@link Recovery.Search#find()}.
   *
   * @param hash AutoV1, AutoV2, AutoV3 or SHA-256: 8, 10, 12 or 64 hexadecimal digits, ignoring
   *     case; any other text matches no file
   * @throws LoraException if one of the folders no longer exists
   */
  Optional<LoraAdapter> findByHash(String hash);

  /**
   * {@return the LoRAs of a request that this library has neither by name nor by hash} {@link
   * Recovery} replaces the names of LoRAs that are available under other names.
   *
   * @param spec a request read from an image
   * @throws LoraException if one of the folders no longer exists
   */
  default List<Recovery.Item> missing(PromptSpec spec) {
    return Recovery.of(spec).loras(this).find().missing();
  }
}
