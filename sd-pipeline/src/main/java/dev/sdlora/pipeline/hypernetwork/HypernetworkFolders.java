package dev.sdlora.pipeline.hypernetwork;

import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.value.Nearest;
import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.tensors.folder.FileCache;
import dev.sdlora.tensors.folder.FolderTree;
import dev.sdlora.tensors.folder.PathRedactor;
import dev.sdlora.tensors.folder.Stamp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The hypernetworks that prompts can use. Safe for use by several threads. */
public final class HypernetworkFolders {
  private static final FolderTree.Kind KIND =
      new FolderTree.Kind(
          "hypernetwork",
          List.of(".pt", ".safetensors"),
          (sentence, folder) -> new StableDiffusionException(sentence, ErrorDetails.in(folder)));

  private static final FileCache<String> HASHES = new FileCache<>(1000);

  private final List<FolderTree> trees;
  private final PathRedactor shown;

  /**
   * Scans folders.
   *
   * @throws StableDiffusionException if one is not a folder
   */
  public static HypernetworkFolders open(List<Path> folders) {
    HypernetworkFolders hypernetworks = new HypernetworkFolders(folders);
    hypernetworks.paths();
    return hypernetworks;
  }

  private HypernetworkFolders(List<Path> folders) {
    trees = folders.stream().map(folder -> new FolderTree(folder, KIND)).toList();
    shown = new PathRedactor(folders);
  }

  /** Returns all names, sorted. */
  public List<String> names() {
    return paths().keySet().stream().sorted().toList();
  }

  private synchronized Map<String, Path> paths() {
    Map<String, Path> paths = new LinkedHashMap<>();
    FolderTree.findFiles(trees).files().forEach(path -> paths.put(FolderTree.stem(path), path));
    return paths;
  }

  /**
   * Opens a hypernetwork.
   *
   * @param name the name of its file without the extension; among equal names the last one counts,
   *     as in A1111
   * @throws StableDiffusionException if there is none of this name, or the file holds none
   * @throws dev.sdlora.api.error.TensorFileException if the file is damaged
   */
  public HypernetworkFile open(String name) {
    Map<String, Path> paths = paths();
    Path path = paths.get(name);
    if (path == null) {
      List<String> near = Nearest.to(name, paths.keySet());
      throw new StableDiffusionException(
          "hypernetwork '%s' is not in %s%s"
              .formatted(
                  name,
                  trees.isEmpty()
                      ? "any folder: there is no hypernetwork directory"
                      : shown.redact(
                          trees.stream()
                              .map(tree -> tree.root().toString())
                              .collect(Collectors.joining(", "))),
                  Nearest.question(near)),
          ErrorDetails.NONE
              .withName(name)
              .withKnownNames(List.copyOf(paths.keySet()))
              .withNearestNames(near));
    }
    return HypernetworkFile.open(path);
  }

  /** Returns A1111's short hash of a file, computed on first use. */
  public static String hash(HypernetworkFile file) {
    Path path = file.path();
    try {
      Stamp stamp = Stamp.of(path);
      return HASHES.get(path, stamp, () -> FileHashes.autoV2(path));
    } catch (IOException e) {
      throw new StableDiffusionException(
          "hypernetwork '%s' can no longer be read: %s".formatted(path, e.getMessage()),
          ErrorDetails.in(path),
          e);
    }
  }
}
