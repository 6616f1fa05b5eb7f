package dev.sdlora.api;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.EmbeddingException;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.spi.Services;
import dev.sdlora.api.value.FileNames;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * The files that an image was made with, looked for among those that are there. An image names its
 * model, VAE, refiner, LoRAs and embeddings with their hashes, so that files are found whatever
 * they are called now:
 *
 * <pre>{@code
 * Recovery recovery =
 *     Recovery.of(PromptSpec.fromImage(picture)).loras(library).checkpoints(folder).find();
 * recovery.missing().forEach(System.err::println);
 * Path model = recovery.file(Recovery.Kind.CHECKPOINT).orElseThrow();
 * pipeline.generate(recovery.spec());
 * }</pre>
 *
 * @param spec the request, whose prompts call LoRAs and embeddings by the names that they have here
 * @param found the files that are there, in the order of the kinds and of the prompts
 * @param missing those that are not, in the same order; of kinds that there was nothing to look
 *     through for, neither is told
 */
public record Recovery(PromptSpec spec, List<Item> found, List<Item> missing) {
  /**
   * Copies the lists.
   *
   * @param spec the request
   * @param found in any order
   * @param missing in any order
   */
  public Recovery {
    Objects.requireNonNull(spec, "spec");
    found = List.copyOf(Objects.requireNonNull(found, "found"));
    missing = List.copyOf(Objects.requireNonNull(missing, "missing"));
  }

  /** What a file is to a request. */
  public enum Kind {
    /** The model. */
    CHECKPOINT,
    /** The VAE that took the place of the model's own. */
    VAE,
    /** The model that finished the image. */
    REFINER,
    /** A LoRA that a prompt names. */
    LORA,
    /** An embedding that a prompt names. */
    EMBEDDING;

    /** {@return how sentences call it} */
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
   * @param kind its part in the request
   * @param name its name in the image; may be empty for a model of which only the hash is known
   * @param hash its hash in the image; empty if the image has none, and the name alone counts
   * @param file its path here; empty if it is missing
   * @param namesake of a missing file, another file that has its name here; its hash differs
   */
  public record Item(
      Kind kind, String name, Optional<String> hash, Optional<Path> file, Optional<Path> namesake) {
    /** {@return whether the file is here under another name} */
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
   * Begins to look for what a request was made with.
   *
   * @param spec as read from an image; a spec that was built names LoRAs without hashes
   * @return what to look through is still to be said
   */
  public static Search of(PromptSpec spec) {
    return new Search(spec);
  }

  /**
   * {@return the file of a kind that is there at most once}
   *
   * @param kind one of the models
   */
  public Optional<Path> file(Kind kind) {
    Objects.requireNonNull(kind, "kind");
    return found.stream()
        .filter(item -> item.kind() == kind)
        .flatMap(item -> item.file().stream())
        .findFirst();
  }

  /** What to look through. Not safe for use by several threads. */
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
     * Looks for LoRAs.
     *
     * @param library to look in. Default: none
     * @return this
     */
    public Search loras(LoraLibrary library) {
      this.loras = Optional.of(Objects.requireNonNull(library, "library"));
      return this;
    }

    /**
     * Looks for embeddings.
     *
     * @param library to look in. Default: none
     * @return this
     */
    public Search embeddings(EmbeddingLibrary library) {
      this.embeddings = Optional.of(Objects.requireNonNull(library, "library"));
      return this;
    }

    /**
     * Looks for the model and the refiner in a folder, or whether a file is one of them.
     *
     * @param place a folder is looked into with all folders inside it. May be said several times
     * @return this
     */
    public Search checkpoints(Path place) {
      Objects.requireNonNull(place, "place");
      this.checkpoints = with(checkpoints, place);
      return this;
    }

    /**
     * Looks for the VAE in a folder, or whether a file is it.
     *
     * @param place a folder is looked into with all folders inside it. May be said several times
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

    /** {@return where LoRAs are looked for, if anywhere} */
    public Optional<LoraLibrary> loras() {
      return loras;
    }

    /** {@return where embeddings are looked for, if anywhere} */
    public Optional<EmbeddingLibrary> embeddings() {
      return embeddings;
    }

    /** {@return where models are looked for} */
    public List<Path> checkpoints() {
      return checkpoints;
    }

    /** {@return where VAEs are looked for} */
    public List<Path> vaes() {
      return vaes;
    }

    /**
     * Looks for the files. A file of the right name whose hash is right, or of which the image
     * tells no hash, is the one; else it is looked for by its hash, AutoV1, AutoV2, AutoV3 or a
     * whole SHA-256. For that, files may have to be read whole, once each: what they are is kept in
     * memory, and in {@code ~/.cache/sd-lora} (or the folder that the environment's {@code
     * SDLORA_CACHE} or the system property {@code sdlora.cache} names, {@code none} for not at all)
     * if it can be written.
     *
     * @return what was found and what was not
     * @throws LoraException if a folder of LoRAs is gone
     * @throws EmbeddingException if a folder of embeddings is gone
     * @throws CheckpointException if one of the other places is neither folder nor file, or cannot
     *     be read
     */
    public Recovery find() {
      return Services.find(Backend.Recoveries.class).find(this);
    }
  }
}
