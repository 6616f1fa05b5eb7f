package dev.sdlora.api;

import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.lora.LoraQuery;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.spi.Services;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The LoRA files of some folders, found by the names that prompts use. Safe for use by several
 * threads.
 *
 * <h2>Changes on disk</h2>
 *
 * Every call sees the folders as they are at that moment; nothing needs to be refreshed, and no
 * thread watches. A folder is read again when its time stamp has changed, a file when its size or
 * time stamp has, files that cannot be used included. Only headers are read.
 *
 * <h2>Names</h2>
 *
 * The rules are those of A1111. A name is the name of a file without its extension or the name that
 * the trainer gave it ({@code ss_output_name}), in exactly that spelling. File names go first. Of
 * several files with the same name, the last one counts, in the natural order of folders and names
 * ({@code ink-2} before {@code ink-10}). A trainer's name that several files share, or that is the
 * name of another file, stands for none of them, in any spelling, and so does "none"; such files
 * answer only to their file names.
 */
public interface LoraLibrary {

  /**
   * Opens the library of some folders.
   *
   * @param folders the folders to look into, with all folders inside them; links are followed
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
   * @param folder the folder to look into, with all folders inside it
   * @return the library
   * @throws LoraException if it is not a folder
   */
  static LoraLibrary open(Path folder) {
    Objects.requireNonNull(folder, "folder");
    return open(List.of(folder));
  }

  /** {@return the folders that it looks into, as they were given} */
  List<Path> folders();

  /**
   * {@return all LoRA files that can be read, in the natural order of their names} A file that
   * appears twice under the same name in different folders is listed twice.
   *
   * @throws LoraException if one of the folders is gone
   */
  List<LoraAdapter> list();

  /**
   * {@return the LoRA files that a query holds for, in the order of {@link #list()}}
   *
   * @param query what to look for; {@link LoraQuery#ALL} for every file
   * @throws LoraException if one of the folders is gone
   */
  List<LoraAdapter> search(LoraQuery query);

  /**
   * {@return the files and folders that cannot be used, with the reason for each} Files are those
   * that look like LoRAs by their extension; folders are those that cannot be read.
   *
   * @throws LoraException if one of the folders is gone
   */
  Map<Path, String> unreadable();

  /**
   * {@return the LoRA of a name, at strength 1}
   *
   * @param name a file's or a trainer's, by the rules above
   * @throws LoraException if there is none; the message names the nearest ones, or the files that
   *     share the name
   */
  LoraAdapter find(String name);

  /**
   * {@return the LoRA whose file has a hash, at strength 1, whatever it is called} The file may
   * have to be looked for by reading all of them, once; see {@link Recovery.Search#find()}.
   *
   * @param hash AutoV1, AutoV2, AutoV3 or SHA-256: 8, 10, 12 or 64 hexadecimal digits in any case;
   *     no file has what is none of these
   * @throws LoraException if one of the folders is gone
   */
  Optional<LoraAdapter> findByHash(String hash);

  /**
   * {@return the LoRAs that a request names and that are not here, by their names and hashes} To
   * have the request call those that are here by other names, see {@link Recovery}.
   *
   * @param spec as read from an image
   * @throws LoraException if one of the folders is gone
   */
  default List<Recovery.Missing> missing(PromptSpec spec) {
    return Recovery.of(spec).loras(this).find().missing();
  }
}
