package dev.sdlora.pipeline.generation;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.ImagePrompt;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.lora.LoraReport;
import dev.sdlora.families.conditioning.Conditions;
import dev.sdlora.lora.library.LoraFiles;
import dev.sdlora.pipeline.control.Controls;
import dev.sdlora.pipeline.embedding.PromptEmbeddings;
import dev.sdlora.pipeline.hypernetwork.Hypernetwork;
import dev.sdlora.pipeline.hypernetwork.HypernetworkFolders;
import dev.sdlora.pipeline.imageprompt.ImagePrompts;
import dev.sdlora.pipeline.lora.LoraPlans;
import dev.sdlora.pipeline.lora.LoraReports;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.pipeline.request.PassPlan;
import dev.sdlora.pipeline.request.UntaughtWords;
import dev.sdlora.pipeline.upscale.Enlarging;
import dev.sdlora.tensors.torch.Closing;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The networks of a request, used by its passes one after another, each with its own LoRAs. Used by
 * one thread.
 */
final class RequestNetworks implements AutoCloseable {
  /** The maximum number of warnings about detail passes that found nothing. */
  private static final int MOST_UNFOUND = 100;

  private final Model model;
  private final Progress progress;
  private final Controls controls;
  private final Controls noControls;
  private final ImagePrompts images;
  private final Map<LoraPlans, AppliedLoras> used = new LinkedHashMap<>();
  private final Map<Upscaler, Enlarging> upscalers = new HashMap<>();
  private final Map<LoraPlans, PromptEmbeddings> embeddings = new LinkedHashMap<>();
  private final Map<PassPlan, Conditions> conditions = new HashMap<>();
  private final Map<PassPlan, Conditions> refinerConditions = new HashMap<>();
  private final Set<String> lost = new LinkedHashSet<>();
  private final Set<String> unfound = new LinkedHashSet<>();
  private boolean refined;
  private @Nullable LoraPlans selected;
  private @Nullable AppliedLoras current;
  private long waitedNanos;

  /**
   * Creates the networks of a request, without LoRAs applied yet.
   *
   * @param units the ControlNet units of all passes
   * @throws dev.sdlora.api.error.CheckpointException if the network of a unit cannot be used
   */
  static RequestNetworks open(Model model, List<ControlUnit> units, Progress progress) {
    Controls controls = model.auxiliary().controlNets().open(units);
    Controls none = units.isEmpty() ? controls : model.auxiliary().controlNets().open(List.of());
    return new RequestNetworks(
        model, controls, none, model.auxiliary().imageAdapters().open(), progress);
  }

  private RequestNetworks(
      Model model, Controls controls, Controls noControls, ImagePrompts images, Progress progress) {
    this.model = model;
    this.progress = progress;
    this.controls = controls;
    this.noControls = noControls;
    this.images = images;
  }

  /** Encodes the image prompts of a request. */
  void encode(List<ImagePrompt> prompts) {
    model.auxiliary().imageAdapters().encode(prompts, images, progress::stopIfCancelled);
  }

  /** Returns the encoded image prompts. */
  ImagePrompts images() {
    return images;
  }

  /** Returns the ControlNets with their control images; none for a pass without control units. */
  Controls controls(PromptSpec pass) {
    return pass.controlUnits().isEmpty() ? noControls : controls;
  }

  /**
   * Tells the control units and image prompts, which act in ranges of steps, the next step.
   *
   * @param step the index of the step, from 0
   * @param steps the number of steps
   */
  void step(int step, int steps) {
    controls.step(step, steps);
    images.step(step, steps);
  }

  /**
   * Applies the LoRAs of a pass in place of the current ones; does nothing if they are already
   * applied. The result is valid until the next switch.
   */
  AppliedLoras switchTo(LoraPlans wanted) {
    AppliedLoras applied = current;
    if (applied != null && selected == wanted) {
      return applied;
    }
    progress.stopIfCancelled();
    release();
    progress.listener().lorasStart();
    applied = AppliedLoras.of(model, wanted, progress.cancelled());
    current = applied;
    selected = wanted;
    used.put(wanted, applied);
    if (applied.mode() == LoraMode.PATCHED) {
      for (LoraPlans.Fit fit : applied.loras().fits()) {
        model.loras().changeless().lostByRounding(fit).ifPresent(lost::add);
      }
    }
    waitedNanos += applied.waitedNanos();
    progress.listener().lorasEnd();
    return applied;
  }

  /**
   * Resizes an image with an upscaler, which is loaded on first use.
   *
   * @param upscaler an upscaler of images, not of latents
   * @throws dev.sdlora.api.error.CheckpointException if there is no such network
   */
  Raster enlarge(Upscaler upscaler, Raster image, int width, int height) {
    return upscalers
        .computeIfAbsent(
            upscaler,
            wanted ->
                Enlarging.open(
                    wanted,
                    model.auxiliary().upscalers(),
                    model.networks().torch(),
                    progress::stopIfCancelled))
        .enlarge(image, width, height);
  }

  /**
   * Returns the embeddings available to prompts with these LoRAs, including those in the LoRA
   * files.
   */
  PromptEmbeddings embeddings(LoraPlans plans, AppliedLoras applied) {
    return embeddings.computeIfAbsent(
        plans, first -> model.texts().embeddings(applied.loras().files(), first.isLenient()));
  }

  /**
   * Returns the encoded prompts of a pass, cached for its other images.
   *
   * @param encoding encodes the prompts with the applied LoRAs
   */
  Conditions conditions(PassPlan pass, Supplier<Conditions> encoding) {
    return conditions.computeIfAbsent(pass, first -> encoding.get());
  }

  /** Returns the prompts of a pass, encoded for the refiner. */
  Conditions refinerConditions(PassPlan pass, Supplier<Conditions> encoding) {
    return refinerConditions.computeIfAbsent(pass, first -> encoding.get());
  }

  /** Records that the refiner was used. */
  void refined() {
    refined = true;
  }

  /** Whether the refiner was used for an image. */
  boolean isRefined() {
    return refined;
  }

  /** Records that a detail pass found nothing. */
  void foundNothing(String warning) {
    if (unfound.size() < MOST_UNFOUND) {
      unfound.add(warning);
    }
  }

  /** Releases the weights. Patches stay until another request needs other weights. */
  private void release() {
    AppliedLoras applied = current;
    current = null;
    if (applied != null) {
      try (applied) {
        applied.keep();
      }
    }
  }

  /** Returns the reports about the LoRAs of all passes. */
  List<LoraReport> reports() {
    return used.values().stream()
        .flatMap(
            applied ->
                LoraReports.of(applied.loras(), model.loras().files(), applied.mode()).stream())
        .distinct()
        .toList();
  }

  /**
   * Returns the warnings of all passes about skipped or ineffective LoRAs and embeddings, and about
   * control units.
   */
  List<String> warnings() {
    return Stream.of(
            used.values().stream().flatMap(applied -> applied.loras().warnings().stream()),
            used.values().stream()
                .flatMap(applied -> model.loras().sums().warning(applied.loras()).stream()),
            lost.stream(),
            unfound.stream(),
            used.values().stream()
                .flatMap(applied -> model.loras().widened().warning(applied.patched()).stream()),
            embeddings.values().stream().flatMap(named -> named.warnings().stream()),
            controls.warnings().stream())
        .flatMap(all -> all)
        .distinct()
        .toList();
  }

  /**
   * Returns the words that the LoRAs of all passes were trained with, and the names of embeddings
   * in prompts.
   */
  Stream<String> broughtWords() {
    return Stream.concat(
        used.keySet().stream()
            .flatMap(plans -> plans.files().stream())
            .flatMap(file -> UntaughtWords.broughtBy(LoraFiles.adapter(file))),
        embeddings.values().stream().flatMap(each -> each.named().stream()));
  }

  /** Returns the hashes of the LoRAs of all passes, by the names in the prompts. */
  Map<String, String> hashes() {
    Map<String, String> hashes = new LinkedHashMap<>();
    used.values()
        .forEach(
            applied -> hashes.putAll(LoraReports.hashes(applied.loras(), model.loras().files())));
    return hashes;
  }

  /** Returns the hashes of the hypernetworks of all passes, by the names in the prompts. */
  Map<String, String> hypernetworkHashes() {
    Map<String, String> hashes = new LinkedHashMap<>();
    for (LoraPlans plans : used.keySet()) {
      for (Hypernetwork each : plans.hypernetworks()) {
        hashes.put(each.name(), HypernetworkFolders.hash(each.file()));
      }
    }
    return hashes;
  }

  /** Returns the hashes of the embeddings that the prompts of all passes name. */
  Map<String, String> embeddingHashes() {
    Map<String, String> hashes = new LinkedHashMap<>();
    embeddings.values().forEach(named -> hashes.putAll(named.hashes()));
    return hashes;
  }

  /** Returns the time spent waiting for other requests, in nanoseconds. */
  long waitedNanos() {
    return waitedNanos;
  }

  /** Marks the request as successful: its patches stay for the next one. */
  void keep() {
    if (current != null) {
      current.keep();
    }
  }

  @Override
  public void close() {
    AppliedLoras applied = current;
    Closing.all(
        () -> {
          if (applied != null) {
            applied.close();
          }
        },
        controls::close,
        noControls::close,
        images::close,
        () -> Closing.all(upscalers.values(), Enlarging::close));
  }
}
