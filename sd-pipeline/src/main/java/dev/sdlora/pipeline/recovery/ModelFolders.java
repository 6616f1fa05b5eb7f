package dev.sdlora.pipeline.recovery;

import dev.sdlora.api.CheckpointException;
import dev.sdlora.api.ErrorDetails;
import dev.sdlora.tensors.folder.FolderTree;
import dev.sdlora.tensors.folder.HashIndex;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The files of models in folders, with all folders inside them. */
final class ModelFolders {
  private static final FolderTree.Kind KIND =
      new FolderTree.Kind(
          "model",
          List.of(".safetensors", ".ckpt", ".pt", ".pth", ".bin"),
          (sentence, folder) -> new CheckpointException(sentence, ErrorDetails.in(folder)));

  private final List<Path> files;

  /**
   * Looks at folders.
   *
   * @throws CheckpointException if one is no folder
   */
  ModelFolders(List<Path> folders) {
    this.files =
        FolderTree.look(folders.stream().map(folder -> new FolderTree(folder, KIND)).toList())
            .files();
  }

  Optional<Path> byHash(String hash) {
    return HashIndex.ofProcess().find(hash, files);
  }

  /** A file by its name, with its ending or without. */
  Optional<Path> byName(String name) {
    return files.stream()
        .filter(
            file ->
                FolderTree.stem(file).equalsIgnoreCase(name)
                    || String.valueOf(file.getFileName()).equalsIgnoreCase(name))
        .findFirst();
  }
}
