package dev.sdlora.api;

import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.LoraException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.error.TensorFileException;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.RegionMask;
import dev.sdlora.api.lora.LoraConflicts;
import dev.sdlora.api.lora.LoraDetails;
import dev.sdlora.api.lora.LoraEffect;
import dev.sdlora.api.lora.LoraFit;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.lora.LoraStrength;
import dev.sdlora.api.lora.StrengthSchedule;
import dev.sdlora.api.lora.TriggerWord;
import dev.sdlora.api.model.ModelFamily;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.spi.Services;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.FileNames;
import dev.sdlora.api.value.FileReference;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A LoRA file with the strengths at which to apply it. Opening reads names, shapes and metadata
 * only. Immutable; it holds no open file, and one adapter can be used by any number of requests.
 */
public final class LoraAdapter {
  private final Path path;
  private final ModelFamily family;
  private final int modules;
  private final int rank;
  private final Map<String, String> metadata;
  private final LoraStrength strength;
  private final Optional<RegionMask> mask;

  /**
   * Describes a file without reading it, at strength 1. {@link #open} reads the description from
   * the file.
   *
   * @param path the file
   * @param family the family that it was trained for
   * @param modules the number of layers that it changes
   * @param rank the largest rank among its layers
   * @param metadata the trainer's metadata, such as {@code ss_output_name}; copied
   */
  public LoraAdapter(
      Path path, ModelFamily family, int modules, int rank, Map<String, String> metadata) {
    this.path = Objects.requireNonNull(path, "path");
    this.family = Objects.requireNonNull(family, "family");
    this.modules = modules;
    this.rank = rank;
    this.metadata = Map.copyOf(Objects.requireNonNull(metadata, "metadata"));
    strength = LoraStrength.of(1);
    mask = Optional.empty();
  }

  private LoraAdapter(LoraAdapter values, LoraStrength strength, Optional<RegionMask> mask) {
    path = values.path;
    family = values.family;
    modules = values.modules;
    rank = values.rank;
    metadata = values.metadata;
    this.strength = strength;
    this.mask = mask;
  }

  /** {@return the file} */
  public Path path() {
    return path;
  }

  /** {@return the generation of Stable Diffusion that it was trained for} */
  public ModelFamily family() {
    return family;
  }

  /** {@return how many layers it changes} */
  public int modules() {
    return modules;
  }

  /** {@return the largest rank among its layers} */
  public int rank() {
    return rank;
  }

  /**
   * {@return what the trainer wrote into the file, such as {@code ss_output_name}} May be empty;
   * unmodifiable.
   */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** {@return how strongly it acts, and where} */
  public LoraStrength strength() {
    return strength;
  }

  /**
   * Opens a LoRA file at strength 1.
   *
   * @param path a {@code .safetensors} file or one of PyTorch, of any of the {@linkplain #kinds
   *     kinds}
   * @return the adapter, of which names, shapes and metadata are read
   * @throws LoraException if the file is missing or holds no LoRA that this version understands (a
   *     checkpoint, say); the message says what it is
   * @throws TensorFileException if the file is damaged or is not a tensor file at all
   */
  public static LoraAdapter open(Path path) {
    Objects.requireNonNull(path, "path");
    return Services.find(Backend.Loras.class).open(path);
  }

  /**
   * Opens a LoRA file that is named as people write it, at strength 1; see {@link
   * Checkpoint#open(String)}.
   *
   * @param pathOrReference a path, or such as {@code civitai:16576} or {@code
   *     hf:owner/repo/file.safetensors}
   * @return the adapter, of which names, shapes and metadata are read
   * @throws IllegalStateException if it is a reference and sd-models is missing
   * @throws IllegalArgumentException if it is neither a path nor a reference
   * @throws LoraException as {@link #open(Path)}
   * @throws StableDiffusionException if the file cannot be had
   */
  public static LoraAdapter open(String pathOrReference) {
    Objects.requireNonNull(pathOrReference, "pathOrReference");
    return open(FileReference.path(pathOrReference));
  }

  /**
   * {@return the file name without its extension: what a prompt writes in {@code <lora:name:1>}}
   */
  public String name() {
    return FileNames.stem(path);
  }

  /**
   * {@return the name that its trainer gave it ({@code ss_output_name}), which prompts may use as
   * well} Empty if there is none or it is blank.
   */
  public Optional<String> alias() {
    return Optional.ofNullable(metadata.get("ss_output_name")).filter(alias -> !alias.isBlank());
  }

  /** {@return the factor on its change of the text encoder, before the weights of blocks} */
  public double textEncoderStrength() {
    return strength.textEncoder();
  }

  /**
   * {@return the factor on its change of the U-Net in the first step, before the weights of blocks}
   */
  public double unetStrength() {
    return strength.unet().first();
  }

  /**
   * {@return the same adapter with both strengths set to one value}
   *
   * @param strength 0 switches the adapter off, negative values invert it
   * @throws IllegalArgumentException if the value is NaN or infinite
   */
  public LoraAdapter withStrength(double strength) {
    return withStrength(
        this.strength
            .withTextEncoder(strength)
            .withUnet(StrengthSchedule.constant(Checks.finite(strength, "unetStrength"))));
  }

  /**
   * {@return the same adapter with other strengths, block weights and rank limit}
   *
   * @param strength replaces {@link #strength()}, such as {@code LoraStrength.of(0.5, 0.8)} or
   *     {@code lora.strength().withUnet(schedule)}
   */
  public LoraAdapter withStrength(LoraStrength strength) {
    return new LoraAdapter(this, Objects.requireNonNull(strength, "strength"), mask);
  }

  /** {@return the part of the image in which it acts; empty, the default, for everywhere} */
  public Optional<RegionMask> mask() {
    return mask;
  }

  /**
   * {@return the same adapter, acting in a part of the image only} Its edge is that of {@link
   * RegionMask#of}.
   *
   * @param picture white where it acts; of any size
   */
  public LoraAdapter withMask(Image picture) {
    return withMask(RegionMask.of(picture));
  }

  /**
   * {@return the same adapter, acting in a part of the image only} At each position of each layer
   * its strength is multiplied by the mask; of texts, those that the position reads. It needs
   * {@link LoraMode#OVERLAY}, which {@link LoraMode#AUTO} then means, and a LoRA whose whole change
   * can be overlaid. What it changes of layers without positions (the embedding of time, what SDXL
   * is told of a text as a whole) is left out with a warning.
   *
   * @param mask where it acts
   */
  public LoraAdapter withMask(RegionMask mask) {
    return new LoraAdapter(this, strength, Optional.of(Objects.requireNonNull(mask, "mask")));
  }

  /**
   * {@return how its changes are stored, such as {@code LoRA}, {@code LoCon}, {@code DoRA} or
   * {@code LoHa}; most frequent first} Read from the header.
   *
   * @throws LoraException if the file cannot be read any more, or is now something else
   */
  public List<String> kinds() {
    return Services.find(Backend.Loras.class).kinds(this);
  }

  /**
   * {@return what calls up the things that it was trained on, each once} In this order: the
   * "activation text" of {@code <name>.json} beside the file, the "trainedWords" of {@code
   * <name>.civitai.info}, {@code modelspec.trigger_phrase}, and then the training tags ({@code
   * ss_tag_frequency}) as A1111 shows them: counts summed over all folders, the 24 most frequent
   * first, and captions that are sentences (16 letters and more on average) taken apart into words
   * of three letters and more.
   */
  public List<TriggerWord> triggerWords() {
    return Services.find(Backend.Loras.class).triggerWords(this);
  }

  /**
   * {@return the strength that is advised, never 0: "preferred weight" of {@code <name>.json}
   * beside the file, which A1111's editor writes} Empty if there is none.
   */
  public OptionalDouble preferredWeight() {
    return Services.find(Backend.Loras.class).preferredWeight(this);
  }

  /**
   * {@return a sentence that says what this LoRA does: "description" of {@code <name>.json} beside
   * the file, which A1111's editor writes} Empty if there is none.
   */
  public Optional<String> description() {
    return Services.find(Backend.Loras.class).description(this);
  }

  /**
   * {@return what to write into prompts to draw with this LoRA, as a click on its card does in
   * A1111} That is {@code <lora:name:weight>} and behind it what calls it up, and for the negative
   * prompt the "negative text" of {@code <name>.json}.
   *
   * <p>The weight is this adapter's strength, or, if that is the plain 1 that adapters are opened
   * with, the {@linkplain #preferredWeight preferred} one. What calls it up is the "activation
   * text" of {@code <name>.json}. Where A1111 would then write nothing, here it is the first of
   * "trainedWords" of {@code <name>.civitai.info}, {@code modelspec.trigger_phrase}, or the tag
   * that all captions of a training folder have and others have not; the names of embeddings that
   * were trained along come first. Tags of LoRAs in these texts are left out. The name is that of
   * the file, which every folder knows, where A1111 takes the trainer's.
   */
  public Tag tag() {
    return tag("", "");
  }

  /**
   * {@return the same as {@link #tag()}, to be added to prompts that are there} Of what calls the
   * LoRA up nothing is left if one of its words is in the prompt already, and of what belongs into
   * the negative prompt nothing if it is there.
   *
   * @param prompt to which the tag is to be added
   * @param negativePrompt that of the same request
   */
  public Tag tag(String prompt, String negativePrompt) {
    Objects.requireNonNull(prompt, "prompt");
    Objects.requireNonNull(negativePrompt, "negativePrompt");
    return Services.find(Backend.Loras.class).tag(this, prompt, negativePrompt);
  }

  /**
   * {@return the image beside the file that shows what it does; see {@link LoraDetails#preview}}
   * Looks for it at each call.
   */
  public Optional<Path> preview() {
    return Services.find(Backend.Loras.class).preview(this);
  }

  /**
   * What to write into prompts to draw with a LoRA.
   *
   * @param prompt its tag and what calls it up, such as {@code <lora:mox:0.7> mox style}
   * @param negativePrompt such as {@code (colourful:1)}, in A1111's brackets; empty if nothing is
   *     advised
   */
  public record Tag(String prompt, String negativePrompt) {
    /**
     * Refuses null.
     *
     * @param prompt its tag and what calls it up
     * @param negativePrompt may be empty
     */
    public Tag {
      Objects.requireNonNull(prompt, "prompt");
      Objects.requireNonNull(negativePrompt, "negativePrompt");
    }
  }

  /**
   * {@return everything that the file and those beside it tell: modules with their ranks, training,
   * trigger words, preview image} Reads the header, a number for each module, and the small files.
   *
   * @throws LoraException if the file cannot be read any more, or is now something else
   * @throws TensorFileException if it is damaged
   */
  public LoraDetails details() {
    return Services.find(Backend.Loras.class).details(this);
  }

  /**
   * {@return the SHA-256 of the whole file, 64 hexadecimal digits in lower case} Reads all of the
   * file, once as long as its size and time stamp stay the same.
   *
   * @throws LoraException if the file cannot be read any more
   * @throws TensorFileException if it changed meanwhile
   */
  public String sha256() {
    return Services.find(Backend.Loras.class).sha256(this);
  }

  /**
   * {@return Civitai's AutoV2 hash: the first 10 digits of {@link #sha256()}}
   *
   * @throws LoraException if the file cannot be read any more
   * @throws TensorFileException if it changed meanwhile
   */
  public String autoV2() {
    return sha256().substring(0, 10);
  }

  /**
   * {@return the AutoV3 hash, 12 hexadecimal digits that stay the same when the metadata is edited}
   * The first digits of {@code sshs_model_hash} in the metadata if it is there, else of the SHA-256
   * of the data after the header. A1111 writes this one into images ({@code Lora hashes}). Reads
   * the file once as long as its size and time stamp stay the same.
   *
   * @throws LoraException if the file cannot be read any more
   * @throws TensorFileException if it changed meanwhile
   */
  public String autoV3() {
    return Services.find(Backend.Loras.class).autoV3(this);
  }

  /**
   * Measures how far this LoRA at its strengths moves the weights of a checkpoint: does it do
   * anything, and where? Reads the changed layers of the checkpoint one after another, so it needs
   * little memory and no {@link Pipeline}; a second or two for a full-size model. Computes on the
   * processor.
   *
   * @param checkpoint the model, of the family that the LoRA was trained for
   * @return the sizes of the changes, by the blocks of the networks
   * @throws LoraException if it is for another family than the checkpoint, if none of its modules
   *     belongs to a layer, if one has the wrong shape or holds NaN or infinity
   * @throws CheckpointException if the checkpoint cannot be read any more
   * @throws TensorFileException if a file is damaged
   */
  public LoraEffect effectOn(Checkpoint checkpoint) {
    Objects.requireNonNull(checkpoint, "checkpoint");
    return Services.find(Backend.Loras.class).effectOn(this, checkpoint);
  }

  /**
   * Checks whether this LoRA fits a checkpoint: family, base within the family, layers, strength
   * and training settings. A LoRA that does not fit is an answer, not an error. Reads layer by
   * layer, which takes some seconds for a full-size model. Computes on the processor; interrupting
   * the thread cancels it.
   *
   * @param checkpoint the checkpoint to use it with
   * @return the findings
   * @throws LoraException if the LoRA cannot be used any more, or is damaged
   * @throws CheckpointException if the checkpoint cannot be read any more
   * @throws GenerationCancelledException if the thread was interrupted
   * @throws TensorFileException if a file is damaged
   */
  public LoraFit fitOn(Checkpoint checkpoint) {
    Objects.requireNonNull(checkpoint, "checkpoint");
    return Services.find(Backend.Loras.class).fitOn(this, checkpoint);
  }

  /**
   * Measures LoRAs at their strengths; where those change over the steps, at their peak. Reads the
   * changed layers of the checkpoint and the LoRAs one after another, so it needs little memory and
   * no {@link Pipeline}; some seconds for files of full size. Changes that are products of two
   * factors are compared by their factors. Computes on the processor; an interrupt of the thread
   * ends it.
   *
   * @param loras at least one
   * @param checkpoint the model, of the family that they were trained for
   * @return what they do together
   * @throws IllegalArgumentException if there is no LoRA
   * @throws LoraException if one is for another family than the checkpoint, does not match or fit
   *     it, or holds NaN or infinity
   * @throws CheckpointException if the checkpoint cannot be read any more
   * @throws GenerationCancelledException if the thread was interrupted
   * @throws TensorFileException if a file is damaged
   */
  public static LoraConflicts conflicts(List<LoraAdapter> loras, Checkpoint checkpoint) {
    Objects.requireNonNull(loras, "loras");
    Objects.requireNonNull(checkpoint, "checkpoint");
    if (loras.isEmpty()) {
      throw new IllegalArgumentException("loras must be at least one: " + loras);
    }
    return Services.find(Backend.Loras.class).conflicts(List.copyOf(loras), checkpoint);
  }

  /**
   * Writes the weight that this LoRA is best used with into {@code <name>.json} beside its file, as
   * "preferred weight", where A1111's cards and {@link LoraDetails} find it. What else stands there
   * stays. The file is replaced as a whole or not at all; two programs that write at once may lose
   * what one of them wrote.
   *
   * @param weight any number but 0, which means none to A1111
   * @throws IllegalArgumentException if it is 0, NaN or infinite
   * @throws LoraException if there is a file that is no JSON object, which then stays as it is, or
   *     nothing can be written there
   */
  public void writePreferredWeight(double weight) {
    Checks.finite(weight, "weight");
    if (weight == 0) {
      throw new IllegalArgumentException("weight must not be 0, which means that there is none");
    }
    Services.find(Backend.Loras.class).writePreferredWeight(this, weight);
  }

  /** Whether the other tells the same. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LoraAdapter that && state().equals(that.state());
  }

  @Override
  public int hashCode() {
    return state().hashCode();
  }

  private List<Object> state() {
    return List.of(path, family, modules, rank, metadata, strength, mask);
  }

  /** The name and what it is, without the metadata, which can be long. */
  @Override
  public String toString() {
    return "LoraAdapter[%s, %s, %s modules, rank %s, strength %s]"
        .formatted(name(), family.label(), modules, rank, strength.tagArguments());
  }
}
