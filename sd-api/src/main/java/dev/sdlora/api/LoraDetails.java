package dev.sdlora.api;

import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a LoRA file and the files beside it tell about it. Immutable. */
public final class LoraDetails {
  private final LoraAdapter lora;
  private final long bytes;
  private final List<Module> modules;
  private final Training training;
  private final Usage usage;

  private LoraDetails(Builder values) {
    lora = values.lora;
    bytes = values.bytes;
    modules = values.modules;
    training = values.training;
    usage = values.usage;
  }

  /**
   * {@return a builder with what there has to be; the rest has the defaults that its setters tell}
   * {@link LoraAdapter#details} reads them from what is on disk.
   *
   * @param lora the adapter that the rest is about
   */
  public static Builder builder(LoraAdapter lora) {
    Objects.requireNonNull(lora, "lora");
    return new Builder(lora);
  }

  /** {@return a builder that starts from this one} */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** {@return the adapter, with name, alias, family and all metadata} */
  public LoraAdapter lora() {
    return lora;
  }

  /** {@return the size of the file, in bytes} */
  public long bytes() {
    return bytes;
  }

  /** {@return the layers that it changes, in the order of the file} */
  public List<Module> modules() {
    return modules;
  }

  /** {@return how it was trained, as far as it says} */
  public Training training() {
    return training;
  }

  /** {@return how it is meant to be used, as far as anybody says} */
  public Usage usage() {
    return usage;
  }

  /** {@return how many modules each network has; networks without any are left out} */
  public Map<ModelPart, Integer> modulesByPart() {
    Map<ModelPart, Integer> counts = new EnumMap<>(ModelPart.class);
    modules.forEach(module -> counts.merge(module.part(), 1, Integer::sum));
    return Collections.unmodifiableMap(counts);
  }

  /** {@return how many modules have each rank, smallest rank first} */
  public Map<Integer, Integer> modulesByRank() {
    Map<Integer, Integer> counts = new TreeMap<>();
    modules.forEach(module -> counts.merge(module.rank(), 1, Integer::sum));
    return Collections.unmodifiableMap(counts);
  }

  /**
   * The change of one layer.
   *
   * @param key the layer's name in the file
   * @param part the network, judged by the key
   * @param kind how the change is stored, such as {@code LoRA}, {@code LoCon}, {@code DoRA}, {@code
   *     LoHa}
   * @param rank the inner size of the product; 1 for kinds that have none
   * @param alpha the change is scaled by alpha / rank. Empty if neither the file nor PEFT's
   *     settings beside it tell it, which means a scale of 1
   */
  public record Module(String key, ModelPart part, String kind, int rank, OptionalDouble alpha) {}

  /** Whether the other tells the same. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LoraDetails that && state().equals(that.state());
  }

  @Override
  public int hashCode() {
    return state().hashCode();
  }

  private List<Object> state() {
    return List.of(lora, bytes, modules, training, usage);
  }

  /** The adapter and its size, without the list of modules. */
  @Override
  public String toString() {
    return "LoraDetails[" + lora + ", " + bytes + " bytes]";
  }

  /** Collects what there is to tell. Not safe for use by several threads at once. */
  public static final class Builder {
    private final LoraAdapter lora;
    private long bytes;
    private List<Module> modules = List.of();
    private Training training = Training.NONE;
    private Usage usage = Usage.NONE;

    private Builder(LoraAdapter lora) {
      this.lora = lora;
    }

    private Builder(LoraDetails values) {
      lora = values.lora;
      bytes = values.bytes;
      modules = values.modules;
      training = values.training;
      usage = values.usage;
    }

    /**
     * Sets the size of the file.
     *
     * @param bytes default 0
     * @return this builder
     */
    public Builder bytes(long bytes) {
      this.bytes = bytes;
      return this;
    }

    /**
     * Sets the layers that it changes.
     *
     * @param modules in the order of the file; copied. Default none
     * @return this builder
     */
    public Builder modules(List<Module> modules) {
      Objects.requireNonNull(modules, "modules");
      this.modules = List.copyOf(modules);
      return this;
    }

    /**
     * Sets how it was trained.
     *
     * @param training as far as the file says. Default: nothing is known
     * @return this builder
     */
    public Builder training(Training training) {
      Objects.requireNonNull(training, "training");
      this.training = training;
      return this;
    }

    /**
     * Sets how it is meant to be used.
     *
     * @param usage as far as anybody says. Default: nothing is known
     * @return this builder
     */
    public Builder usage(Usage usage) {
      Objects.requireNonNull(usage, "usage");
      this.usage = usage;
      return this;
    }

    /** {@return the details} The builder can be used further. */
    public LoraDetails build() {
      return new LoraDetails(this);
    }
  }

  /**
   * How a LoRA was trained. Trainers leave out what they like, which is then empty.
   *
   * @param title the name for people ({@code modelspec.title})
   * @param checkpoint the checkpoint that it was trained on ({@code ss_sd_model_name}, else
   *     "baseModel" of {@code <name>.civitai.info})
   * @param resolution the size of the training pictures ({@code ss_resolution}, {@code
   *     ss_datasets}, {@code modelspec.resolution})
   * @param clipSkip the layer of the text encoder that was read, 1 for the last ({@code
   *     ss_clip_skip})
   */
  public record Training(
      Optional<String> title,
      Optional<String> checkpoint,
      Optional<Resolution> resolution,
      OptionalInt clipSkip) {
    private static final Training NONE =
        new Training(Optional.empty(), Optional.empty(), Optional.empty(), OptionalInt.empty());
  }

  /**
   * A size of training pictures in pixels. Unlike an {@link ImageSize} it may be any.
   *
   * @param width pixels from left to right
   * @param height pixels from top to bottom
   */
  public record Resolution(int width, int height) {
    /** Width first, such as {@code 512x768}. */
    @Override
    public String toString() {
      return width + "x" + height;
    }
  }

  /**
   * How a LoRA is meant to be used. Weight, negative text and notes come from {@code <name>.json},
   * which A1111's editor writes.
   *
   * @param triggerWords what calls it up; see {@link LoraAdapter#triggerWords()}
   * @param preferredWeight "preferred weight"; empty if it is 0, by which A1111 means unset
   * @param negativeText "negative text", for the negative prompt
   * @param notes "notes", else "description"
   * @param preview a picture beside the file with its name: {@code <name>.png}, {@code
   *     <name>.preview.png}, and likewise jpg, jpeg, webp and gif; the first that is there
   */
  public record Usage(
      List<TriggerWord> triggerWords,
      OptionalDouble preferredWeight,
      Optional<String> negativeText,
      Optional<String> notes,
      Optional<Path> preview) {

    private static final Usage NONE =
        new Usage(
            List.of(),
            OptionalDouble.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /**
     * Copies the list.
     *
     * @param triggerWords copied
     * @param preferredWeight the strength that is advised
     * @param negativeText for the negative prompt
     * @param notes text for people
     * @param preview the path of a picture
     */
    public Usage {
      triggerWords = List.copyOf(triggerWords);
    }
  }
}
