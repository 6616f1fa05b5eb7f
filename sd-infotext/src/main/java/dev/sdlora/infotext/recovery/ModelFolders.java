package dev.sdlora.infotext.recovery;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.tensors.folder.FolderTree;
import dev.sdlora.tensors.folder.HashIndex;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Model files in folders and their subfolders, or listed individually. */
final class ModelFolders {
  private static final FolderTree.Kind KIND =
      new FolderTree.Kind(
          "model",
          List.of(".safetensors", ".gguf", ".ckpt", ".pt", ".pth", ".bin"),
          (sentence, folder) -> new CheckpointException(sentence, ErrorDetails.in(folder)));

  private final List<Path> files;

  private ModelFolders(List<Path> files) {
    this.files = files;
  }

  /**
   * Creates an index of files.
   *
   * @param places folders or files
   * @throws CheckpointException if one is neither
   */
  static ModelFolders scan(List<Path> places) {
    List<FolderTree> folders =
        places.stream()
            .filter(place -> !Files.isRegularFile(place))
            .map(folder -> new FolderTree(folder, KIND))
            .toList();
    return new ModelFolders(
        Stream.concat(
                places.stream().filter(Files::isRegularFile),
                FolderTree.findFiles(folders).files().stream())
            .toList());
  }

  Optional<Path> byHash(String hash) {
    return HashIndex.ofProcess().find(hash, files);
  }

  /** Finds a file by name, with or without extension. */
  Optional<Path> byName(String name) {
    return files.stream()
        .filter(
            file ->
                FolderTree.stem(file).equalsIgnoreCase(name)
                    || String.valueOf(file.getFileName()).equalsIgnoreCase(name))
        .findFirst();
  }
}
