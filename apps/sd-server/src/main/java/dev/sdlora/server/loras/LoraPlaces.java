package dev.sdlora.server.loras;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * The folders of LoRAs relative to the library; the path of the library itself is not disclosed.
 */
final class LoraPlaces {
  private final List<Path> roots;

  LoraPlaces(LoraLibrary loras) {
    this.roots = loras.folders();
  }

  /** Returns the folder, such as {@code styles/ink}; empty for the library's own. */
  String folder(LoraAdapter lora) {
    Path parent = lora.path().getParent();
    return roots.stream()
        .filter(root -> parent != null && parent.startsWith(root))
        .findFirst()
        .map(root -> slashed(root.relativize(parent)))
        .orElse("");
  }

  private static String slashed(Path path) {
    return StreamSupport.stream(path.spliterator(), false)
        .map(Path::toString)
        .collect(Collectors.joining("/"));
  }

  /** Whether a LoRA is in a folder or one of its subfolders. */
  boolean isIn(LoraAdapter lora, String folder) {
    return (folder(lora) + "/").startsWith(folder + "/");
  }

  /** Returns the folders of some LoRAs and their parents, sorted. */
  List<String> folders(Collection<LoraAdapter> all) {
    TreeSet<String> folders =
        new TreeSet<>(String.CASE_INSENSITIVE_ORDER.thenComparing(String::compareTo));
    for (LoraAdapter lora : all) {
      String folder = folder(lora);
      while (!folder.isEmpty() && folders.add(folder)) {
        folder = folder.substring(0, Math.max(0, folder.lastIndexOf('/')));
      }
    }
    return List.copyOf(folders);
  }
}
