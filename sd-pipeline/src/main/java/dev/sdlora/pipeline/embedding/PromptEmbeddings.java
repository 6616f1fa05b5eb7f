package dev.sdlora.pipeline.embedding;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Embedding;
import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.lora.format.BundledEmbedding;
import dev.sdlora.lora.format.LoraFile;
import dev.sdlora.prompt.tokens.ClipTokenizer;
import dev.sdlora.prompt.tokens.SpelledNames;
import dev.sdlora.prompt.tokens.TrainedWord;
import dev.sdlora.prompt.tokens.TrainedWords;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * The embeddings that the prompts of one request may use, and those that they did use. Embeddings
 * passed as objects take precedence over those bundled with the request's LoRAs, and these over
 * those in folders. Only files that a prompt names are read. Used by one thread.
 */
public final class PromptEmbeddings implements TrainedWords {
  private final SpelledNames<Candidate> names;
  private final EmbeddingFiles files;
  private final Target target;
  private final boolean lenient;
  private final Map<String, String> hashes = new LinkedHashMap<>();
  private final Set<String> named = new LinkedHashSet<>();
  private final Set<String> warnings = new LinkedHashSet<>();

  /**
   * The model that embeddings must fit.
   *
   * @param checkpoint the model
   * @param widths the widths of its text encoders
   */
  public record Target(Checkpoint checkpoint, List<Integer> widths) {
    /** Copies the list. */
    public Target {
      widths = List.copyOf(widths);
    }

    /**
     * Checks an embedding.
     *
     * @param name its name
     * @throws EmbeddingException if it is for another model
     */
    void requireFit(String name, Embedding embedding) {
      if (embedding.widths().equals(widths)) {
        return;
      }
      String family =
          embedding.family() == ModelFamily.UNKNOWN ? "another model" : embedding.family().label();
      throw new EmbeddingException(
          "embedding '%s' is for %s (vectors of width %s), but checkpoint '%s' is %s, whose text %s vectors of width %s"
              .formatted(
                  name,
                  family,
                  joined(embedding.widths()),
                  checkpoint.name(),
                  checkpoint.family().label(),
                  widths.size() == 1 ? "encoder reads" : "encoders read",
                  joined(widths)),
          ErrorDetails.in(embedding.path())
              .withName(name)
              .withFamilies(checkpoint.family(), embedding.family()));
    }

    private static String joined(List<Integer> widths) {
      return widths.stream().map(String::valueOf).collect(Collectors.joining(" and "));
    }
  }

  /**
   * An embedding that prompts may name.
   *
   * @param file reads it
   * @param hashed the file whose hash is written into images; as in A1111, empty if bundled with a
   *     LoRA
   */
  private record Candidate(String name, Supplier<EmbeddingFile> file, Optional<Path> hashed) {}

  /**
   * Creates the embeddings of a request.
   *
   * @param library the embeddings in folders and those passed as objects
   * @param loras the request's LoRAs
   * @param lenient whether the name of an unusable embedding is read as text, with a warning
   */
  public static PromptEmbeddings of(
      FolderEmbeddings library, List<LoraFile> loras, Target target, boolean lenient) {
    EmbeddingFiles files = library.files();
    Map<String, Candidate> candidates = new LinkedHashMap<>();
    library.paths().forEach((name, path) -> put(candidates, inFile(files, name, path)));
    for (LoraFile lora : loras) {
      lora.embeddings().forEach(embedding -> put(candidates, bundled(files, lora, embedding)));
    }
    for (Embedding embedding : library.given()) {
      put(candidates, inFile(files, embedding.name(), embedding.path()));
    }
    return new PromptEmbeddings(
        new SpelledNames<>(candidates, ClipTokenizer.standard()), files, target, lenient);
  }

  private PromptEmbeddings(
      SpelledNames<Candidate> names, EmbeddingFiles files, Target target, boolean lenient) {
    this.names = names;
    this.files = files;
    this.target = target;
    this.lenient = lenient;
  }

  /**
   * Adds a candidate. The last one takes precedence, even over a name spelled with the same tokens.
   */
  private static void put(Map<String, Candidate> candidates, Candidate candidate) {
    candidates.remove(candidate.name);
    candidates.put(candidate.name, candidate);
  }

  private static Candidate inFile(EmbeddingFiles files, String name, Path path) {
    return new Candidate(name, () -> files.file(path), Optional.of(path));
  }

  private static Candidate bundled(
      EmbeddingFiles files, LoraFile lora, BundledEmbedding embedding) {
    return new Candidate(embedding.name(), () -> files.bundled(lora, embedding), Optional.empty());
  }

  /**
   * {@inheritDoc}
   *
   * @throws EmbeddingException if the embedding cannot be used and the request is strict
   */
  @Override
  public Optional<Match> at(String text, int position) {
    return firstUsable(names.at(text, position));
  }

  /**
   * {@inheritDoc}
   *
   * @throws EmbeddingException if the embedding cannot be used and the request is strict
   */
  @Override
  public Optional<Match> at(int[] tokens, int position) {
    return firstUsable(names.at(tokens, position));
  }

  private Optional<Match> firstUsable(List<SpelledNames.Found<Candidate>> named) {
    for (SpelledNames.Found<Candidate> found : named) {
      try {
        return Optional.of(new Match(word(found.value()), found.length()));
      } catch (EmbeddingException e) {
        if (!lenient) {
          throw e;
        }
        warnings.add(e.getMessage() + "; its name was read as text");
      }
    }
    return Optional.empty();
  }

  private TrainedWord word(Candidate candidate) {
    EmbeddingFile file;
    Optional<String> hash;
    try {
      file = candidate.file.get();
      hash = candidate.hashed.map(files::hash);
    } catch (StableDiffusionException e) {
      throw new EmbeddingException(
          "embedding '" + candidate.name + "' cannot be used: " + e.getMessage(),
          e.details().withName(candidate.name),
          e);
    }
    target.requireFit(candidate.name, file.details());
    if (file.isZero()) {
      int vectors = file.details().vectors();
      warnings.add(
          "embedding '%s' has no effect: all values of its %s are zero (norm 0), as in a file that was"
                  .formatted(candidate.name, vectors == 1 ? "vector" : vectors + " vectors")
              + " saved before it was trained");
    }
    named.add(candidate.name);
    hash.ifPresent(digits -> hashes.put(candidate.name, digits));
    return file.word();
  }

  /**
   * Returns A1111's short hash of each file that a prompt named, by name, in the order of first
   * use.
   */
  public Map<String, String> hashes() {
    return Collections.unmodifiableMap(hashes);
  }

  /** Returns the names that were replaced by vectors. */
  public Set<String> named() {
    return Collections.unmodifiableSet(named);
  }

  /** Returns warnings about names that were read as text and about embeddings without effect. */
  public List<String> warnings() {
    return List.copyOf(warnings);
  }
}
