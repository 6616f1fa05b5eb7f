package dev.sdlora.api;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.service.Services;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.value.FileNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * The files that an image was made with, as far as they are available. Image metadata names the
 * model, VAE, refiner, LoRAs and embeddings with their hashes, so files are found even if they have
 * been renamed:
 *
 * <pre>{@code
 * Recovery recovery =
 *     Recovery.of(PromptSpec.fromImage(picture)).loras(library).checkpoints(folder).find();
 * recovery.missing().forEach(System.err::println);
 * Path model = recovery.file(Recovery.Kind.CHECKPOINT).orElseThrow();
 * pipeline.generate(recovery.spec());
 * }</pre>
 *
 * @param spec the request, with prompts that use the current names of the LoRAs and embeddings
 * @param found the files that were found, ordered by kind and by their place in the prompts
 * @param missing the files that were not found, in the same order; files of kinds that were not
 *     searched are in neither list
 */
public record Recovery(PromptSpec spec, List<Item> found, List<Item> missing) {
  /**
   * Copies the lists.
   *
   * @param spec the request
   * @param found the files that were found
   * @param missing the files that were not found
   */
  public Recovery {
    Objects.requireNonNull(spec, "spec");
    found = List.copyOf(Objects.requireNonNull(found, "found"));
    missing = List.copyOf(Objects.requireNonNull(missing, "missing"));
  }

  /** The role of a file in a request. */
  public enum Kind {
    /** The model. */
    CHECKPOINT,
    /** The VAE that replaced the model's own. */
    VAE,
    /** The model that finished the image. */
    REFINER,
    /** A LoRA that a prompt names. */
    LORA,
    /** An embedding that a prompt names. */
    EMBEDDING;

    /** {@return the name for use in messages, such as {@code LoRA}} */
    public String label() {
      return switch (this) {
        case VAE -> "VAE";
        case LORA -> "LoRA";
        default -> name().toLowerCase(Locale.ROOT);
      };
    }
  }

  /**
   * A file that the image was made with.
   *
   * @param kind its role in the request
   * @param name its name in the image; may be empty for a model known only by its hash
   * @param hash its hash in the image; empty if the image has none, in which case only the name is
   *     compared
   * @param file its path on this machine; empty if it is missing
   * @param namesake for a missing file, another file that has its name but a different hash
   */
  public record Item(
      Kind kind, String name, Optional<String> hash, Optional<Path> file, Optional<Path> namesake) {
    /** {@return whether the file was found under another name} */
    public boolean renamed() {
      return file.filter(
              path -> !name.equals(FileNames.stem(path)) && !name.equals("" + path.getFileName()))
          .isPresent();
    }

    @Override
    public String toString() {
      String digits = hash.map(h -> " (hash " + h + ")").orElse("");
      return file.map(path -> "%s '%s' is '%s'%s".formatted(kind.label(), name, path, digits))
          .orElseGet(
              () ->
                  "%s '%s'%s is missing%s"
                      .formatted(
                          kind.label(),
                          name,
                          digits,
                          namesake
                              .map(path -> "; '" + path + "' has its name, but is another file")
                              .orElse("")));
    }
  }

  /**
   * Starts a search for the files of a request.
   *
   * @param spec a request read from an image; a spec that was built names LoRAs without hashes
   * @return a search without places to search in
   */
  public static Search of(PromptSpec spec) {
    return new Search(spec);
  }

  /**
   * {@return the file of a kind that a request has at most once}
   *
   * @param kind the checkpoint, the VAE or the refiner
   */
  public Optional<Path> file(Kind kind) {
    Objects.requireNonNull(kind, "kind");
    return found.stream()
        .filter(item -> item.kind() == kind)
        .flatMap(item -> item.file().stream())
        .findFirst();
  }

  /** The places to search in. Not thread-safe. */
  public static final class Search {
    private final PromptSpec spec;
    private Optional<LoraLibrary> loras = Optional.empty();
    private Optional<EmbeddingLibrary> embeddings = Optional.empty();
    private List<Path> checkpoints = List.of();
    private List<Path> vaes = List.of();

    private Search(PromptSpec spec) {
      this.spec = Objects.requireNonNull(spec, "spec");
    }

    /**
     * Searches a library for LoRAs.
     *
     * @param library the library. Default: none, LoRAs are not searched for
     * @return this
     */
    public Search loras(LoraLibrary library) {
      this.loras = Optional.of(Objects.requireNonNull(library, "library"));
      return this;
    }

    /**
     * Searches a library for embeddings.
     *
     * @param library the library. Default: none, embeddings are not searched for
     * @return this
     */
    public Search embeddings(EmbeddingLibrary library) {
      this.embeddings = Optional.of(Objects.requireNonNull(library, "library"));
      return this;
    }

    /**
     * Adds a place to search for the model and the refiner.
     *
     * @param place a file, or a folder that is searched with its subfolders. Default: none
     * @return this
     */
    public Search checkpoints(Path place) {
      Objects.requireNonNull(place, "place");
      this.checkpoints = with(checkpoints, place);
      return this;
    }

    /**
     * Adds a place to search for the VAE.
     *
     * @param place a file, or a folder that is searched with its subfolders. Default: none
     * @return this
     */
    public Search vaes(Path place) {
      Objects.requireNonNull(place, "place");
      this.vaes = with(vaes, place);
      return this;
    }

    private static List<Path> with(List<Path> list, Path more) {
      List<Path> longer = new ArrayList<>(list);
      longer.add(more);
      return List.copyOf(longer);
    }

    /** {@return the request} */
    public PromptSpec spec() {
      return spec;
    }

    /** {@return the library to search for LoRAs; empty for none} */
    public Optional<LoraLibrary> loras() {
      return loras;
    }

    /** {@return the library to search for embeddings; empty for none} */
    public Optional<EmbeddingLibrary> embeddings() {
      return embeddings;
    }

    /** {@return the places to search for models} */
    public List<Path> checkpoints() {
      return checkpoints;
    }

    /** {@return the places to search for VAEs} */
    public List<Path> vaes() {
      return vaes;
    }

    /**
     * Searches for the files. A file with the right name is accepted if its hash is right, or if
     * the image contains no hash for it; otherwise the file is searched for by its hash: AutoV1,
     * AutoV2, AutoV3 or the full SHA-256. For this, whole files may have to be read, each only
     * once: the hashes are cached in memory and, if it is writable, in {@code ~/.cache/sd-lora}.
     * The environment variable {@code SDLORA_CACHE} or the system property {@code sdlora.cache}
     * names another folder, or {@code none} for no files.
     *
     * @return the files that were found, and those that are missing
     * @throws LoraException if a LoRA folder no longer exists
     * @throws EmbeddingException if an embedding folder no longer exists
     * @throws CheckpointException if another place is neither a folder nor a file, or cannot be
     *     read
     */
    public Recovery find() {
      return Services.find(Backend.Recoveries.class).find(this);
    }
  }
}
