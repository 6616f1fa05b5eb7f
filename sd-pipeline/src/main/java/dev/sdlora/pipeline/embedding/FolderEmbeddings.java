package dev.sdlora.pipeline.embedding;

import dev.sdlora.api.Embedding;
import dev.sdlora.api.EmbeddingLibrary;
import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.value.Nearest;
import dev.sdlora.pipeline.embedding.EmbeddingFiles.Summary;
import dev.sdlora.tensors.folder.FolderReading;
import dev.sdlora.tensors.folder.FolderTree;
import dev.sdlora.tensors.folder.HashIndex;
import dev.sdlora.tensors.folder.NaturalOrder;
import dev.sdlora.tensors.folder.PathRedactor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The embeddings in folders and those passed as objects. Safe for use by several threads. */
public final class FolderEmbeddings implements EmbeddingLibrary {
  private static final FolderTree.Kind KIND =
      new FolderTree.Kind(
          "embedding",
          Stream.concat(Stream.of(".safetensors", ".pt", ".bin"), EmbeddingFile.PICTURES.stream())
              .toList(),
          (sentence, folder) -> new EmbeddingException(sentence, ErrorDetails.in(folder)));

  private static final Comparator<Embedding> BY_NAME =
      Comparator.comparing(Embedding::name, NaturalOrder.NAMES).thenComparing(Embedding::path);

  private final EmbeddingFiles files;
  private final List<FolderTree> trees;
  private final List<Embedding> given;
  private final PathRedactor shown;

  /**
   * Scans folders.
   *
   * @param files opens the files
   * @param given embeddings that take precedence over those in the folders
   * @throws EmbeddingException if one of the folders is not a folder
   */
  public static FolderEmbeddings open(
      EmbeddingFiles files, List<Path> folders, List<Embedding> given) {
    FolderEmbeddings embeddings = new FolderEmbeddings(files, folders, given);
    embeddings.findFiles();
    return embeddings;
  }

  private FolderEmbeddings(EmbeddingFiles files, List<Path> folders, List<Embedding> given) {
    this.files = files;
    this.trees = folders.stream().map(folder -> new FolderTree(folder, KIND)).toList();
    this.given = List.copyOf(given);
    this.shown = new PathRedactor(folders);
  }

  @Override
  public List<Embedding> list() {
    return Stream.concat(
            summaries().values().stream().flatMap(summary -> summary.embedding().stream()),
            given.stream())
        .sorted(BY_NAME)
        .toList();
  }

  @Override
  public Map<Path, String> unreadable() {
    Map<Path, String> problems = new LinkedHashMap<>(findFiles().problems());
    summaries()
        .forEach((path, summary) -> summary.problem().ifPresent(why -> problems.put(path, why)));
    return Collections.unmodifiableMap(problems);
  }

  @Override
  public Embedding find(String name) {
    Map<String, Path> paths = paths();
    given.forEach(embedding -> paths.put(embedding.name(), embedding.path()));
    Path path = paths.get(name);
    if (path == null) {
      throw unknown(name, paths.keySet());
    }
    return files.open(path).withName(name);
  }

  @Override
  public Optional<Embedding> findByHash(String hash) {
    List<Path> paths =
        Stream.concat(findFiles().files().stream(), given.stream().map(Embedding::path)).toList();
    return HashIndex.ofProcess().find(hash, paths).flatMap(path -> files.summary(path).embedding());
  }

  private EmbeddingException unknown(String name, Set<String> names) {
    List<String> near = Nearest.to(name, names);
    return new EmbeddingException(
        "embedding '%s' is not in %s%s"
            .formatted(
                name,
                trees.isEmpty()
                    ? "any folder: there is no embedding directory"
                    : shown.redact(
                        trees.stream()
                            .map(tree -> tree.root().toString())
                            .collect(Collectors.joining(", "))),
                Nearest.question(near)),
        ErrorDetails.NONE.withName(name).withKnownNames(List.copyOf(names)).withNearestNames(near));
  }

  /**
   * Returns the embeddings that a text names but that are only in other places, so that the prompt
   * treats them as text.
   *
   * @param text the text of a prompt
   * @param elsewhere files in other places by name; only those that the text names are opened
   */
  public List<String> missedIn(String text, Map<String, Path> elsewhere) {
    String wanted = text.toLowerCase(Locale.ROOT);
    Map<String, Path> missed = new LinkedHashMap<>(elsewhere);
    missed.keySet().removeIf(name -> !isWordOf(wanted, name.toLowerCase(Locale.ROOT)));
    if (!missed.isEmpty()) {
      Set<String> known = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
      known.addAll(paths().keySet());
      given.forEach(embedding -> known.add(embedding.name()));
      missed.keySet().removeIf(known::contains);
      missed.values().removeIf(path -> files.summary(path).embedding().isEmpty());
    }
    return List.copyOf(missed.keySet());
  }

  /**
   * Describes the file here that has the name in a LoRA tag, and how to use it.
   *
   * @return the end of a sentence; empty if there is no such file, or it is something else
   */
  public Optional<String> kindOf(String name) {
    return Optional.ofNullable(paths().get(name))
        .flatMap(
            path ->
                EmbeddingFile.isLora(path)
                    ? Optional.of("a LoRA of this name, which must be moved")
                    : files
                        .summary(path)
                        .embedding()
                        .map(found -> "an embedding of this name, which works without a tag"));
  }

  private static boolean isWordOf(String text, String name) {
    int at = text.indexOf(name);
    while (at >= 0) {
      int end = at + name.length();
      boolean begins = at == 0 || !Character.isLetterOrDigit(text.codePointBefore(at));
      boolean ends = end == text.length() || !Character.isLetterOrDigit(text.codePointAt(end));
      if (begins && ends) {
        return true;
      }
      at = text.indexOf(name, at + 1);
    }
    return false;
  }

  /** Returns the cache that opens the files. */
  EmbeddingFiles files() {
    return files;
  }

  /**
   * Checks the embeddings passed as objects.
   *
   * @throws EmbeddingException if one can no longer be read, or is for another model
   */
  public void requireGivenFit(PromptEmbeddings.Target target) {
    given.forEach(embedding -> target.requireFit(embedding.name(), files.open(embedding.path())));
  }

  /** Returns the embeddings passed as objects. */
  List<Embedding> given() {
    return given;
  }

  /**
   * Returns the files by embedding name, in the order in which they were found. Only images are
   * opened, because their names are inside. The caller owns the map.
   */
  Map<String, Path> paths() {
    Map<String, Path> paths = new LinkedHashMap<>();
    for (Path path : findFiles().files()) {
      Optional<String> name =
          EmbeddingFile.isImage(path)
              ? files.summary(path).embedding().map(Embedding::name)
              : Optional.of(FolderTree.stem(path));
      name.ifPresent(
          found -> {
            paths.remove(found); // moves it to the end
            paths.put(found, path);
          });
    }
    return paths;
  }

  private Map<Path, Summary> summaries() {
    List<Path> found = findFiles().files();
    List<Summary> summaries = FolderReading.read(found, files::summary);
    Map<Path, Summary> byPath = new LinkedHashMap<>();
    for (int i = 0; i < found.size(); i++) {
      byPath.put(found.get(i), summaries.get(i));
    }
    return byPath;
  }

  /**
   * Scans the folders; the only method that changes state. A file in two of the folders counts
   * once.
   */
  private synchronized FolderTree.Found findFiles() {
    return FolderTree.findFiles(trees);
  }
}
