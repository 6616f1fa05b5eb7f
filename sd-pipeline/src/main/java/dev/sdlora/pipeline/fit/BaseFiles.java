package dev.sdlora.pipeline.fit;

import dev.sdlora.api.CheckpointException;
import dev.sdlora.api.ErrorDetails;
import dev.sdlora.api.LoraFit.Base;
import dev.sdlora.api.TensorFileException;
import dev.sdlora.lora.library.Bases;
import dev.sdlora.tensors.file.FileHashes;
import dev.sdlora.tensors.folder.FileCache;
import dev.sdlora.tensors.folder.FolderTree;
import dev.sdlora.tensors.folder.HashIndex;
import dev.sdlora.tensors.folder.Stamp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the checkpoint that a LoRA was trained on among files: by the hashes that its trainer wrote
 * down, else by its name, else as the published base itself. Of every file 64 KB are read; only
 * those whose first hash or name agrees are read whole. Safe for use by several threads.
 */
final class BaseFiles {
  private static final FolderTree.Kind CHECKPOINTS =
      new FolderTree.Kind(
          "checkpoint",
          List.of(".safetensors", ".ckpt", ".pt", "model_index.json"),
          (message, path) -> new CheckpointException(message, ErrorDetails.in(path)));

  private static final String DIFFUSERS_FOLDER = "model_index.json";

  private final FileCache<String> legacy = new FileCache<>(1 << 14);

  /**
   * A checkpoint that was found.
   *
   * @param path its file or folder
   * @param by what told that it is the one, to follow its name
   */
  record Found(Path path, String by) {
    private static final String OTHER_HASH = "has the name that the LoRA tells, but another hash";

    /** Whether it may as well be another model of that name. */
    boolean isDoubtful() {
      return by.equals(OTHER_HASH);
    }
  }

  /**
   * Looks for a checkpoint.
   *
   * @param metadata of the LoRA
   * @param base what it was trained on
   * @param first a file to look at before others
   * @param folders where to look, with all folders inside them
   * @throws CheckpointException if one of them is no folder
   */
  Optional<Found> find(Map<String, String> metadata, Base base, Path first, List<Path> folders) {
    Set<Path> files = new LinkedHashSet<>(List.of(first));
    files.addAll(files(folders));
    String wantedFirst = digits(metadata, "ss_sd_model_hash", 8);
    String wantedWhole = digits(metadata, "ss_new_sd_model_hash", 10);
    List<Path> sameFirst =
        files.stream()
            .filter(file -> !wantedFirst.isEmpty() && wantedFirst.equals(legacy(file)))
            .toList();
    String name = stem(metadata.getOrDefault("ss_sd_model_name", ""));
    List<Path> sameName =
        files.stream().filter(file -> !name.isEmpty() && name.equals(stem(file))).toList();
    return whole(sameFirst, wantedWhole)
        .or(() -> whole(sameName, wantedWhole))
        // Kin may agree in the 64 KB of the first hash; the whole one, where it is told, decides.
        .or(
            () ->
                found(
                    wantedWhole.isEmpty() ? sameFirst : List.of(),
                    "has the first hash that the LoRA tells"))
        .or(
            () ->
                found(
                    sameName,
                    wantedWhole.isEmpty() && wantedFirst.isEmpty()
                        ? "has the name that the LoRA tells"
                        : Found.OTHER_HASH))
        .or(() -> found(published(base, files), "is the published " + base.label()));
  }

  private List<Path> published(Base base, Set<Path> files) {
    return base == Base.UNKNOWN
        ? List.of()
        : files.stream().filter(file -> Bases.isItself(base, legacy(file))).toList();
  }

  private Optional<Found> whole(List<Path> files, String wanted) {
    return wanted.isEmpty()
        ? Optional.empty()
        : found(
            files.stream().filter(file -> isWhole(file, wanted)).toList(),
            "has the hash that the LoRA tells");
  }

  private static Optional<Found> found(List<Path> files, String by) {
    return files.stream().findFirst().map(file -> new Found(file, by));
  }

  private static List<Path> files(List<Path> folders) {
    List<FolderTree> trees = new ArrayList<>();
    folders.forEach(folder -> trees.add(new FolderTree(folder, CHECKPOINTS)));
    Set<Path> files = new LinkedHashSet<>();
    for (Path file : FolderTree.look(trees).files()) {
      Path parent = file.getParent();
      boolean isFolder = String.valueOf(file.getFileName()).equals(DIFFUSERS_FOLDER);
      files.add(isFolder && parent != null ? parent : file);
    }
    return List.copyOf(files);
  }

  /** A hash in the metadata; nothing if there is none, such as "NOFILE" of kohya's trainer. */
  private static String digits(Map<String, String> metadata, String key, int least) {
    String text = metadata.getOrDefault(key, "").strip().toLowerCase(Locale.ROOT);
    return text.matches("[0-9a-f]{" + least + ",64}") ? text : "";
  }

  /** Names of Hugging Face have the owner's before them. */
  private static String stem(String name) {
    String last = name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    return last.strip().replaceFirst("(?i)\\.(safetensors|ckpt|pt)$", "").toLowerCase(Locale.ROOT);
  }

  private static String stem(Path file) {
    return stem(String.valueOf(file.getFileName()));
  }

  /** A folder has no hash; what a file's is, other requests may know already. */
  private static boolean isWhole(Path file, String wanted) {
    return Files.isRegularFile(file) && HashIndex.ofProcess().matches(wanted, file);
  }

  /** A folder has no hash, and a file that cannot be read is not the one. */
  private String legacy(Path file) {
    if (!Files.isRegularFile(file)) {
      return "";
    }
    try {
      Stamp stamp = Stamp.of(file);
      return legacy
          .find(file, stamp)
          .orElseGet(() -> legacy.keep(file, stamp, FileHashes.legacy(file)));
    } catch (IOException | TensorFileException e) {
      return "";
    }
  }
}
