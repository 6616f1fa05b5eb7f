package dev.sdlora.api;

import dev.sdlora.api.spi.PipelineProvider;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The LoRA files of some folders, found by the names that prompts use. Safe for use by several
 * threads.
 */
public interface LoraLibrary {

  /**
   * Looks at folders and all folders inside them.
   *
   * @throws LoraException if one of them is not a folder
   */
  static LoraLibrary open(List<Path> folders) {
    return PipelineProvider.get().openLoraLibrary(folders);
  }

  /** Looks at one folder and all folders inside it; see {@link #open(List)}. */
  static LoraLibrary open(Path folder) {
    return open(List.of(folder));
  }

  /**
   * All LoRA files that can be read, in the order of their names. A file that appears twice under
   * the same name in different folders is listed twice.
   */
  List<LoraAdapter> list();

  /**
   * The files that look like LoRAs by their extension but cannot be used, with the reason for each.
   */
  Map<Path, String> unreadable();

  /**
   * The LoRA of a name: a file name without extension, or a name given by the trainer ({@code
   * ss_output_name}). File names go first; a trainer's name that several files share means none of
   * them. Looks at the folders again when the name is not there.
   *
   * @throws LoraException if there is none; the message names the nearest ones
   */
  LoraAdapter find(String name);
}
