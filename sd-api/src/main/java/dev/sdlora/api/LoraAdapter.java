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
import dev.sdlora.api.service.FileReference;
import dev.sdlora.api.service.Services;
import dev.sdlora.api.spi.Backend;
import dev.sdlora.api.value.Checks;
import dev.sdlora.api.value.FileNames;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * A LoRA file with the strengths at which to apply it. Opening it reads only names, shapes and
 * metadata. Immutable; it holds no open file, and one adapter can be used by any number of
 * requests.
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
   * @param family the model family that it was trained for
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

  /** {@return the number of layers that it changes} */
  public int modules() {
    return modules;
  }

  /** {@return the largest rank among its layers} */
  public int rank() {
    return rank;
  }

  /**
   * {@return the metadata written by the trainer, such as {@code ss_output_name}} May be empty;
   * unmodifiable.
   */
  public Map<String, String> metadata() {
    return metadata;
  }

  /** {@return its strengths, block weights and rank limit} */
  public LoraStrength strength() {
    return strength;
  }

  /**
   * Opens a LoRA file at strength 1.
   *
   * @param path a {@code .safetensors} or PyTorch file, of any of the {@linkplain #kinds kinds}
   * @return the adapter, with names, shapes and metadata read
   * @throws LoraException if the file is missing or contains no supported LoRA (for example, a
   *     checkpoint); the message says what it is
   * @throws TensorFileException if the file is damaged or is not a tensor file
   */
  public static LoraAdapter open(Path path) {
    Objects.requireNonNull(path, "path");
    return Services.find(Backend.Loras.class).open(path);
  }

  /**
   * Opens a LoRA file at strength 1 by path or by reference to a model site; see {@link
   * Checkpoint#open(String)}.
   *
   * @param pathOrReference a path, or a reference such as {@code civitai:16576} or {@code
   *     hf:owner/repo/file.safetensors}
   * @return the adapter, with names, shapes and metadata read
   * @throws IllegalStateException if it is a reference and sd-models is missing
   * @throws IllegalArgumentException if it is neither a path nor a reference
   * @throws LoraException as {@link #open(Path)}
   * @throws StableDiffusionException if the file cannot be downloaded
   */
  public static LoraAdapter open(String pathOrReference) {
    Objects.requireNonNull(pathOrReference, "pathOrReference");
    return open(FileReference.path(pathOrReference));
  }

  /** {@return the file name without its extension, used in prompts as {@code <lora:name:1>}} */
  public String name() {
    return FileNames.stem(path);
  }

  /**
   * {@return the name given by its trainer ({@code ss_output_name}), which prompts may use as well}
   * Empty if it is missing or blank.
   */
  public Optional<String> alias() {
    return Optional.ofNullable(metadata.get("ss_output_name")).filter(alias -> !alias.isBlank());
  }

  /** {@return the strength for the text encoder, before block weights} */
  public double textEncoderStrength() {
    return strength.textEncoder();
  }

  /** {@return the strength for the U-Net in the first step, before block weights} */
  public double unetStrength() {
    return strength.unet().first();
  }

  /**
   * {@return the same adapter with both strengths set to one value}
   *
   * @param strength the strength; 0 switches the adapter off, negative values invert it
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

  /** {@return the part of the image that it affects; empty, the default, for the whole image} */
  public Optional<RegionMask> mask() {
    return mask;
  }

  /**
   * {@return the same adapter, limited to a part of the image} The edge is blurred as with {@link
   * RegionMask#of}.
   *
   * @param image an image of any size, white inside the part
   */
  public LoraAdapter withMask(Image image) {
    return withMask(RegionMask.of(image));
  }

  /**
   * {@return the same adapter, limited to a part of the image} At each position of each layer its
   * strength is multiplied by the mask, and each position reads the prompt as encoded with the
   * LoRAs that act there. This requires {@link LoraMode#OVERLAY}, which {@link LoraMode#AUTO} then
   * selects, and a LoRA whose whole change can be overlaid. Its changes to layers without positions
   * (the time embedding, and SDXL's conditioning on the text as a whole) are skipped with a
   * warning.
   *
   * @param mask the part of the image
   */
  public LoraAdapter withMask(RegionMask mask) {
    return new LoraAdapter(this, strength, Optional.of(Objects.requireNonNull(mask, "mask")));
  }

  /**
   * {@return the kinds of its changes, such as {@code LoRA}, {@code LoCon}, {@code DoRA} or {@code
   * LoHa}; most frequent first} Reads the file's header.
   *
   * @throws LoraException if the file can no longer be read, or is no longer a LoRA
   */
  public List<String> kinds() {
    return Services.find(Backend.Loras.class).kinds(this);
  }

  /**
   * {@return the trigger words, without duplicates} They are in this order: the "activation text"
   * of {@code <name>.json} next to the file, the "trainedWords" of {@code <name>.civitai.info},
   * {@code modelspec.trigger_phrase}, and the training tags ({@code ss_tag_frequency}) as A1111
   * shows them: counts summed over all folders, the 24 most frequent first, with captions that are
   * sentences (16 letters and more on average) split into words of three letters and more.
   */
  public List<TriggerWord> triggerWords() {
    return Services.find(Backend.Loras.class).triggerWords(this);
  }

  /**
   * {@return the recommended strength, never 0: the "preferred weight" of {@code <name>.json} next
   * to the file, which A1111's editor writes} Empty if there is none.
   */
  public OptionalDouble preferredWeight() {
    return Services.find(Backend.Loras.class).preferredWeight(this);
  }

  /**
   * {@return a short description of this LoRA: the "description" of {@code <name>.json} next to the
   * file, which A1111's editor writes} Empty if there is none.
   */
  public Optional<String> description() {
    return Services.find(Backend.Loras.class).description(this);
  }

  /**
   * {@return the text that a click on the card of this LoRA in A1111 adds to the prompt: the tag
   * and the trigger words, such as {@code <lora:mox:0.7> mox style}} {@link #negativeText()} is the
   * text for the negative prompt.
   *
   * <p>The weight is this adapter's strength or, if that is still the initial 1, the {@linkplain
   * #preferredWeight preferred} one. The trigger words are the "activation text" of {@code
   * <name>.json}. If there is none, A1111 adds no words; this method uses the first available of
   * "trainedWords" of {@code <name>.civitai.info}, {@code modelspec.trigger_phrase}, and the tag
   * that all captions of a training folder share and others lack. Names of embeddings that were
   * trained with the LoRA come first. LoRA tags in these texts are removed. The name is the file
   * name, which is valid in every folder, whereas A1111 uses the trainer's name.
   */
  public String tag() {
    return tag("");
  }

  /**
   * {@return the text of {@link #tag()} to add to an existing prompt} The trigger words are omitted
   * if one of them is already in the prompt.
   *
   * @param prompt the prompt to add to
   */
  public String tag(String prompt) {
    Objects.requireNonNull(prompt, "prompt");
    return Services.find(Backend.Loras.class).tag(this, prompt);
  }

  /**
   * {@return the text to add to the negative prompt to use this LoRA: the "negative text" of {@code
   * <name>.json} in A1111's syntax, such as {@code (colourful:1)}} Empty if none is recommended.
   */
  public Optional<String> negativeText() {
    return negativeText("");
  }

  /**
   * {@return the text of {@link #negativeText()} to add to an existing negative prompt} Empty if it
   * is already there.
   *
   * @param negativePrompt the negative prompt to add to
   */
  public Optional<String> negativeText(String negativePrompt) {
    Objects.requireNonNull(negativePrompt, "negativePrompt");
    return Services.find(Backend.Loras.class).negativeText(this, negativePrompt);
  }

  /**
   * {@return the preview image next to the file; see {@link LoraDetails#preview}} Every call looks
   * for it again.
   */
  public Optional<Path> preview() {
    return Services.find(Backend.Loras.class).preview(this);
  }

  /**
   * {@return the contents and metadata of the file and the files next to it: modules with their
   * ranks, training settings, trigger words, preview image} Reads the header, one number for each
   * module, and the small files next to it.
   *
   * @throws LoraException if the file can no longer be read, or is no longer a LoRA
   * @throws TensorFileException if it is damaged
   */
  public LoraDetails details() {
    return Services.find(Backend.Loras.class).details(this);
  }

  /**
   * {@return the SHA-256 of the whole file, 64 hexadecimal digits in lower case} Reads the whole
   * file, and reads it again only if its size or timestamp changes.
   *
   * @throws LoraException if the file can no longer be read
   * @throws TensorFileException if the file changes while it is read
   */
  public String sha256() {
    return Services.find(Backend.Loras.class).sha256(this);
  }

  /**
   * {@return Civitai's AutoV2 hash: the first 10 digits of {@link #sha256()}}
   *
   * @throws LoraException if the file can no longer be read
   * @throws TensorFileException if the file changes while it is read
   */
  public String autoV2() {
    return sha256().substring(0, 10);
  }

  /**
   * {@return the AutoV3 hash, 12 hexadecimal digits that do not change when the metadata is edited}
   * They are the first digits of {@code sshs_model_hash} in the metadata or, if that is missing, of
   * the SHA-256 of the data after the header. A1111 writes this hash into images ({@code Lora
   * hashes}). Reads the file, and reads it again only if its size or timestamp changes.
   *
   * @throws LoraException if the file can no longer be read
   * @throws TensorFileException if the file changes while it is read
   */
  public String autoV3() {
    return Services.find(Backend.Loras.class).autoV3(this);
  }

  /**
   * Measures how much this LoRA at its strengths changes the weights of a checkpoint, and in which
   * blocks. Reads the changed layers of the checkpoint one after another, so it needs little memory
   * and no {@link Pipeline}; it takes a second or two for a full-size model. Computes on the CPU.
   *
   * @param checkpoint the model, of the family that the LoRA was trained for
   * @return the sizes of the changes, by the blocks of the networks
   * @throws LoraException if the LoRA is for another family, none of its modules belongs to a
   *     layer, or a module has the wrong shape or contains NaN or infinity
   * @throws CheckpointException if the checkpoint can no longer be read
   * @throws TensorFileException if a file is damaged
   */
  public LoraEffect effectOn(Checkpoint checkpoint) {
    Objects.requireNonNull(checkpoint, "checkpoint");
    return Services.find(Backend.Loras.class).effectOn(this, checkpoint);
  }

  /**
   * Checks whether this LoRA fits a checkpoint: family, base within the family, layers, strength
   * and training settings. If it does not fit, the findings say so; that is not an error. Reads
   * layer by layer, which takes some seconds for a full-size model. Computes on the CPU;
   * interrupting the thread cancels it.
   *
   * @param checkpoint the checkpoint to use it with
   * @return the findings
   * @throws LoraException if the LoRA can no longer be used, or is damaged
   * @throws CheckpointException if the checkpoint can no longer be read
   * @throws GenerationCancelledException if the thread was interrupted
   * @throws TensorFileException if a file is damaged
   */
  public LoraFit fitOn(Checkpoint checkpoint) {
    Objects.requireNonNull(checkpoint, "checkpoint");
    return Services.find(Backend.Loras.class).fitOn(this, checkpoint);
  }

  /**
   * Measures how LoRAs at their strengths interact; strengths that change over the steps count with
   * their peak. Reads the changed layers of the checkpoint and the LoRAs one after another, so it
   * needs little memory and no {@link Pipeline}; it takes some seconds for full-size files. Changes
   * that are products of two factors are compared by their factors. Computes on the CPU;
   * interrupting the thread cancels it.
   *
   * @param loras at least one LoRA
   * @param checkpoint the model, of the family that they were trained for
   * @return the combined changes
   * @throws IllegalArgumentException if the list is empty
   * @throws LoraException if one is for another family, does not match or fit the checkpoint, or
   *     contains NaN or infinity
   * @throws CheckpointException if the checkpoint can no longer be read
   * @throws GenerationCancelledException if the thread was interrupted
   * @throws TensorFileException if a file is damaged
   */
  public static LoraConflicts conflicts(List<LoraAdapter> loras, Checkpoint checkpoint) {
    Objects.requireNonNull(loras, "loras");
    Objects.requireNonNull(checkpoint, "checkpoint");
    if (loras.isEmpty()) {
      throw new IllegalArgumentException("loras must not be empty: " + loras);
    }
    return Services.find(Backend.Loras.class).conflicts(List.copyOf(loras), checkpoint);
  }

  /**
   * Writes the recommended weight of this LoRA into {@code <name>.json} next to its file, as
   * "preferred weight", where A1111's cards and {@link LoraDetails} find it. The file's other
   * contents are kept. The file is replaced completely or not at all; if two programs write at the
   * same time, the changes of one may be lost.
   *
   * @param weight any finite number except 0, which A1111 treats as unset
   * @throws IllegalArgumentException if the weight is 0, NaN or infinite
   * @throws LoraException if the existing file is not a JSON object, in which case it is kept, or
   *     if the file cannot be written
   */
  public void writePreferredWeight(double weight) {
    Checks.finite(weight, "weight");
    if (weight == 0) {
      throw new IllegalArgumentException("weight must not be 0, which A1111 treats as unset");
    }
    Services.find(Backend.Loras.class).writePreferredWeight(this, weight);
  }

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

  /** Returns the name and the main properties, without the metadata, which can be long. */
  @Override
  public String toString() {
    return "LoraAdapter[%s, %s, %s modules, rank %s, strength %s]"
        .formatted(name(), family.label(), modules, rank, strength.tagArguments());
  }
}
