package dev.sdlora.lora.library;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraException;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.StableDiffusionException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The LoRA files of folders, with A1111's rules for names: a file name goes before a trainer's
 * name, the last of several files with one name counts, and a trainer's name that several files
 * share stands for none of them.
 */
public final class FolderLibrary implements LoraLibrary {
  private static final List<String> EXTENSIONS = List.of(".safetensors", ".pt", ".ckpt", ".bin");

  private final LoraFiles files;
  private final List<Path> folders;
  private Scan scan;

  /**
   * Scans folders.
   *
   * @param files opens the files
   * @throws LoraException if one of them is not a folder
   */
  public FolderLibrary(LoraFiles files, List<Path> folders) {
    this.files = files;
    this.folders = List.copyOf(folders);
    this.scan = Scan.of(files, this.folders);
  }

  @Override
  public synchronized List<LoraAdapter> list() {
    scan = Scan.of(files, folders);
    return scan.adapters;
  }

  @Override
  public synchronized Map<Path, String> unreadable() {
    scan = Scan.of(files, folders);
    return scan.unreadable;
  }

  @Override
  public synchronized LoraAdapter find(String name) {
    Optional<LoraAdapter> known = scan.find(name).filter(FolderLibrary::isThere);
    if (known.isEmpty()) {
      scan = Scan.of(files, folders);
      known = scan.find(name);
    }
    return known.orElseThrow(() -> unknown(name));
  }

  private static boolean isThere(LoraAdapter adapter) {
    return Files.exists(adapter.path());
  }

  private LoraException unknown(String name) {
    for (Map.Entry<Path, String> file : scan.unreadable.entrySet()) {
      if (Scan.stem(file.getKey()).equals(name)) {
        return new LoraException("LoRA '" + name + "' cannot be used: " + file.getValue());
      }
    }
    if (scan.sharedAliases.contains(name)) {
      return new LoraException(
          "LoRA '" + name + "' is the trainer's name of several files; use a file name");
    }
    if (folders.isEmpty()) {
      return new LoraException(
          "LoRA '" + name + "' cannot be found: the pipeline has no LoRA directory");
    }
    List<String> near = Nearest.to(name, scan.names());
    return new LoraException(
        "LoRA '%s' is not in %s%s"
            .formatted(
                name,
                String.join(", ", folders.stream().map(Path::toString).toList()),
                near.isEmpty()
                    ? scan.adapters.isEmpty() ? "; there is no LoRA file" : ""
                    : "; did you mean '" + String.join("' or '", near) + "'?"));
  }

  /** What lay in the folders at some moment. */
  private record Scan(
      List<LoraAdapter> adapters,
      Map<String, LoraAdapter> byStem,
      Map<String, LoraAdapter> byAlias,
      Set<String> sharedAliases,
      Map<Path, String> unreadable) {

    static Scan of(LoraFiles files, List<Path> folders) {
      List<LoraAdapter> adapters = new ArrayList<>();
      Map<Path, String> unreadable = new LinkedHashMap<>();
      for (Path folder : folders) {
        for (Path path : walk(folder)) {
          try {
            adapters.add(LoraFiles.adapter(files.open(path)));
          } catch (StableDiffusionException e) {
            unreadable.put(path, String.valueOf(e.getMessage()));
          }
        }
      }
      Map<String, LoraAdapter> byStem = new HashMap<>();
      Map<String, LoraAdapter> byAlias = new HashMap<>();
      Set<String> shared = new HashSet<>();
      for (LoraAdapter adapter : adapters) {
        byStem.put(adapter.name(), adapter);
        adapter
            .alias()
            .ifPresent(
                alias -> {
                  LoraAdapter other = byAlias.put(alias, adapter);
                  if (other != null && !other.path().equals(adapter.path())) {
                    shared.add(alias);
                  }
                });
      }
      byAlias.keySet().removeAll(shared);
      adapters.sort(Comparator.comparing(LoraAdapter::name).thenComparing(LoraAdapter::path));
      return new Scan(
          Collections.unmodifiableList(adapters),
          byStem,
          byAlias,
          shared,
          Collections.unmodifiableMap(unreadable));
    }

    private static List<Path> walk(Path folder) {
      if (!Files.isDirectory(folder)) {
        throw new LoraException(
            "LoRA directory '"
                + folder
                + (Files.exists(folder) ? "' is a file, expected a folder" : "' does not exist"));
      }
      try (Stream<Path> paths = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
        return paths.filter(Scan::mayBeLora).sorted().toList();
      } catch (IOException | UncheckedIOException e) {
        throw new LoraException(
            "LoRA directory '" + folder + "' cannot be read: " + e.getMessage(), e);
      }
    }

    private static boolean mayBeLora(Path path) {
      String name = path.toString().toLowerCase(Locale.ROOT);
      return EXTENSIONS.stream().anyMatch(name::endsWith) && Files.isRegularFile(path);
    }

    static String stem(Path path) {
      String name = String.valueOf(path.getFileName());
      return name.substring(0, name.lastIndexOf('.'));
    }

    Optional<LoraAdapter> find(String name) {
      return Optional.ofNullable(byStem.get(name)).or(() -> Optional.ofNullable(byAlias.get(name)));
    }

    Set<String> names() {
      Set<String> names = new HashSet<>(byStem.keySet());
      names.addAll(byAlias.keySet());
      return names;
    }
  }
}
