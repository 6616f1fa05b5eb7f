package dev.sdlora.lora.library;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.LoraLibrary;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.LoraException.Reason;
import dev.sdlora.api.lora.LoraQuery;
import dev.sdlora.api.value.Nearest;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.tensors.folder.FolderReading;
import dev.sdlora.tensors.folder.FolderTree;
import dev.sdlora.tensors.folder.HashIndex;
import dev.sdlora.tensors.folder.NaturalOrder;
import dev.sdlora.tensors.folder.PathRedactor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A library of the LoRA files in folders. Each call checks the time stamps of all folders; calls
 * that need more than file names also check those of all files and open new or changed ones. Safe
 * for use by several threads.
 */
public final class FolderLibrary implements LoraLibrary {
  private static final FolderTree.Kind KIND =
      new FolderTree.Kind(
          "LoRA",
          List.of(".safetensors", ".pt", ".ckpt", ".bin"),
          (sentence, folder) ->
              new LoraException(sentence, Reason.UNREADABLE, ErrorDetails.in(folder)));

  private static final Comparator<LoraAdapter> BY_NAME =
      Comparator.comparing(LoraAdapter::name, NaturalOrder.NAMES).thenComparing(LoraAdapter::path);

  private final LoraFiles files;
  private final LoraCards cards;
  private final List<FolderTree> trees;
  private final PathRedactor paths;

  /**
   * Creates a library of folders.
   *
   * @param files opens the files
   * @param cards reads the notes about them
   * @param folders the folders, which are searched recursively
   * @throws LoraException if one of them is not a folder
   */
  public static FolderLibrary open(LoraFiles files, LoraCards cards, List<Path> folders) {
    FolderLibrary library = new FolderLibrary(files, cards, folders);
    library.findFiles();
    return library;
  }

  private FolderLibrary(LoraFiles files, LoraCards cards, List<Path> folders) {
    this.files = files;
    this.cards = cards;
    this.trees = folders.stream().map(folder -> new FolderTree(folder, KIND)).toList();
    this.paths = new PathRedactor(folders);
  }

  @Override
  public List<Path> folders() {
    return trees.stream().map(FolderTree::root).toList();
  }

  @Override
  public List<LoraAdapter> list() {
    return scan().loras().stream().sorted(BY_NAME).toList();
  }

  @Override
  public List<LoraAdapter> search(LoraQuery query) {
    LoraSearch search = new LoraSearch(query, cards, folders());
    return list().stream().filter(search::matches).toList();
  }

  @Override
  public Map<Path, String> unreadable() {
    return scan().problems;
  }

  @Override
  public LoraAdapter find(String name) {
    // File names are known from the folders; names given by trainers require reading the files.
    return fileNamed(name).or(() -> scan().names().find(name)).orElseThrow(() -> unknown(name));
  }

  @Override
  public Optional<LoraAdapter> findByHash(String hash) {
    return HashIndex.ofProcess()
        .find(hash, findFiles().files())
        .flatMap(path -> files.summary(path).adapter());
  }

  /**
   * Opens the file with a name.
   *
   * @throws LoraException as {@link #find} and {@link LoraFiles#open}
   */
  public LoraFile open(String name) {
    return files.open(find(name).path());
  }

  /** All names that {@link #find} accepts. */
  public Set<String> names() {
    return scan().names().all();
  }

  /** The paths of all files by their names, whatever they contain; none is opened. */
  public Map<String, Path> paths() {
    Map<String, Path> paths = new LinkedHashMap<>();
    findFiles().files().forEach(path -> paths.put(FolderTree.stem(path), path));
    return paths;
  }

  private Optional<LoraAdapter> fileNamed(String name) {
    List<Path> paths = new ArrayList<>(findFiles().files());
    Collections.reverse(paths);
    return paths.stream()
        .filter(path -> FolderTree.stem(path).equals(name))
        .flatMap(path -> files.summary(path).adapter().stream())
        .findFirst();
  }

  private Scan scan() {
    FolderTree.Found found = findFiles();
    List<Summary> summaries = FolderReading.read(found.files(), files::summary);
    Map<Path, String> problems = new LinkedHashMap<>(found.problems());
    for (int i = 0; i < summaries.size(); i++) {
      if (summaries.get(i).adapter().isEmpty()) {
        problems.put(found.files().get(i), summaries.get(i).problem());
      }
    }
    return new Scan(
        summaries.stream().flatMap(summary -> summary.adapter().stream()).toList(),
        Collections.unmodifiableMap(problems));
  }

  /** The only method that changes state. */
  private synchronized FolderTree.Found findFiles() {
    return FolderTree.findFiles(trees);
  }

  private LoraException unknown(String name) {
    Scan scan = scan();
    for (Map.Entry<Path, String> file : scan.problems().entrySet()) {
      if (FolderTree.stem(file.getKey()).equals(name)) {
        return new LoraException(
            paths.redact("LoRA '" + name + "' cannot be used: " + file.getValue()),
            files.summary(file.getKey()).reason(),
            ErrorDetails.in(file.getKey()).withName(name));
      }
    }
    List<String> sharing =
        scan.loras().stream()
            .filter(lora -> lora.alias().filter(name::equals).isPresent())
            .map(LoraAdapter::name)
            .toList();
    if (!sharing.isEmpty()) {
      return new LoraException(
          "LoRA '"
              + name
              + "' is a trainer's name that does not identify one file; use the file name: '"
              + String.join("' or '", sharing)
              + "'",
          Reason.AMBIGUOUS,
          name,
          sharing);
    }
    List<String> near = Nearest.to(name, scan.names().all());
    return new LoraException(
        trees.isEmpty()
            ? "LoRA '" + name + "' cannot be found: the pipeline has no LoRA directory"
            : notIn(name, near, scan.loras().isEmpty()),
        Reason.UNKNOWN,
        ErrorDetails.NONE
            .withName(name)
            .withKnownNames(List.copyOf(scan.names().all()))
            .withNearestNames(near));
  }

  private String notIn(String name, List<String> near, boolean empty) {
    String folders =
        trees.stream().map(tree -> tree.root().toString()).collect(Collectors.joining(", "));
    return "LoRA '%s' is not in %s%s"
        .formatted(
            name,
            paths.redact(folders),
            near.isEmpty() ? empty ? "; there are no LoRA files" : "" : Nearest.question(near));
  }

  /**
   * The contents of the folders at one moment.
   *
   * @param loras the usable files, in the order in which they were found
   * @param problems the unusable files and unreadable folders, with the reasons
   */
  private record Scan(List<LoraAdapter> loras, Map<Path, String> problems) {
    LoraNames names() {
      return new LoraNames(loras);
    }
  }
}
