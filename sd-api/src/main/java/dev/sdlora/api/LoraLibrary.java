package dev.sdlora.api;

import dev.sdlora.api.service.Services;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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
   * Looks at folders and all folders inside them. Links are followed.
   *
   * @throws LoraException if one of them is not a folder
   */
  static LoraLibrary open(List<Path> folders) {
    Objects.requireNonNull(folders, "folders");
    return Services.find(Backend.Loras.class).openLibrary(folders);
  }

  /** Looks at one folder and all folders inside it; see {@link #open(List)}. */
  static LoraLibrary open(Path folder) {
    Objects.requireNonNull(folder, "folder");
    return open(List.of(folder));
  }

  /**
   * All LoRA files that can be read, in the natural order of their names. A file that appears twice
   * under the same name in different folders is listed twice.
   *
   * @throws LoraException if one of the folders is gone
   */
  List<LoraAdapter> list();

  /**
   * The LoRA files that a query holds for, in the order of {@link #list()}.
   *
   * @throws LoraException if one of the folders is gone
   */
  List<LoraAdapter> search(LoraQuery query);

  /**
   * The files that look like LoRAs by their extension but cannot be used, and the folders that
   * cannot be read, with the reason for each.
   *
   * @throws LoraException if one of the folders is gone
   */
  Map<Path, String> unreadable();

  /**
   * The LoRA of a name.
   *
   * @throws LoraException if there is none; the message names the nearest ones, or the files that
   *     share the name
   */
  LoraAdapter find(String name);
}
