package dev.sdlora.api.lora;

import dev.sdlora.api.LoraAdapter;
import dev.sdlora.api.image.PixelSize;
import dev.sdlora.api.model.ModelPart;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Contents and metadata of a LoRA file and the files next to it. Immutable.
 *
 * @param bytes the size of the file
 * @param modules the layers that it changes, in the order of the file
 * @param training the training settings, as far as the file contains them
 * @param triggerWords the trigger words; see {@link LoraAdapter#triggerWords()}
 * @param preferredWeight "preferred weight" of {@code <name>.json}, which A1111's editor writes;
 *     empty if it is 0, which means unset in A1111
 * @param negativeText "negative text" of {@code <name>.json}, for the negative prompt
 * @param notes "notes" of {@code <name>.json}, else "description"
 * @param preview an image next to the file with its name: {@code <name>.png}, {@code
 *     <name>.preview.png}, and likewise jpg, jpeg, webp and gif; the first that exists
 */
public record LoraDetails(
    long bytes,
    List<Module> modules,
    Training training,
    List<TriggerWord> triggerWords,
    OptionalDouble preferredWeight,
    Optional<String> negativeText,
    Optional<String> notes,
    Optional<Path> preview) {

  /**
   * Copies the lists.
   *
   * @param bytes the size of the file
   * @param modules the changed layers; copied
   * @param training the training settings
   * @param triggerWords the trigger words; copied
   * @param preferredWeight the recommended strength
   * @param negativeText text for the negative prompt
   * @param notes notes for people
   * @param preview the path of an image
   */
  public LoraDetails {
    modules = List.copyOf(modules);
    triggerWords = List.copyOf(triggerWords);
  }

  /** {@return the number of modules of each network; networks without modules are omitted} */
  public Map<ModelPart, Integer> modulesByPart() {
    Map<ModelPart, Integer> counts = new EnumMap<>(ModelPart.class);
    modules.forEach(module -> counts.merge(module.part(), 1, Integer::sum));
    return Collections.unmodifiableMap(counts);
  }

  /** {@return the number of modules of each rank, smallest rank first} */
  public Map<Integer, Integer> modulesByRank() {
    Map<Integer, Integer> counts = new TreeMap<>();
    modules.forEach(module -> counts.merge(module.rank(), 1, Integer::sum));
    return Collections.unmodifiableMap(counts);
  }

  /**
   * The change of one layer.
   *
   * @param key the layer's name in the file
   * @param part the network, derived from the key
   * @param kind the kind of the change, such as {@code LoRA}, {@code LoCon}, {@code DoRA}, {@code
   *     LoHa}
   * @param rank the inner size of the product; 1 for kinds without a product
   * @param alpha the change is scaled by alpha / rank. Empty if neither the file nor PEFT's
   *     settings next to it contain it, which means a scale of 1
   */
  public record Module(String key, ModelPart part, String kind, int rank, OptionalDouble alpha) {}

  /**
   * Training settings of a LoRA. Settings that the trainer left out are empty.
   *
   * @param title the name for people ({@code modelspec.title})
   * @param checkpoint the checkpoint that it was trained on ({@code ss_sd_model_name}, else
   *     "baseModel" of {@code <name>.civitai.info})
   * @param resolution the size of the training images ({@code ss_resolution}, {@code ss_datasets},
   *     {@code modelspec.resolution})
   * @param clipSkip the layer of the text encoder that was read, 1 for the last ({@code
   *     ss_clip_skip})
   */
  public record Training(
      Optional<String> title,
      Optional<String> checkpoint,
      Optional<PixelSize> resolution,
      OptionalInt clipSkip) {}
}
