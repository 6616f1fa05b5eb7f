package dev.sdlora.pipeline.generation;

import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.lora.LoraReport;
import dev.sdlora.lora.library.LoraFiles;
import dev.sdlora.pipeline.conditioning.Conditions;
import dev.sdlora.pipeline.control.Controls;
import dev.sdlora.pipeline.embedding.PromptEmbeddings;
import dev.sdlora.pipeline.hypernetwork.Hypernetwork;
import dev.sdlora.pipeline.hypernetwork.HypernetworkFolders;
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
 * The networks as the passes of a request use them one after another, each with its own LoRAs. Used
 * by one thread.
 */
final class RequestNetworks implements AutoCloseable {
  private final Model model;
  private final Progress progress;
  private final Controls controls;
  private final Map<LoraPlans, AppliedLoras> used = new LinkedHashMap<>();
  private final Map<Upscaler, Enlarging> upscalers = new HashMap<>();
  private final Map<LoraPlans, PromptEmbeddings> embeddings = new LinkedHashMap<>();
  private final Map<PassPlan, Conditions> conditions = new HashMap<>();
  private final Map<PassPlan, Conditions> refinerConditions = new HashMap<>();
  private final Set<String> lost = new LinkedHashSet<>();
  private boolean refined;
  private @Nullable LoraPlans selected;
  private @Nullable AppliedLoras current;
  private long waitedNanos;

  /**
   * The networks of a request, with none of its LoRAs yet.
   *
   * @param units the images that all passes follow
   * @throws dev.sdlora.api.error.CheckpointException if the network of a unit cannot be used
   */
  static RequestNetworks open(Model model, List<ControlUnit> units, Progress progress) {
    return new RequestNetworks(model, model.controlNets().open(units), progress);
  }

  private RequestNetworks(Model model, Controls controls, Progress progress) {
    this.model = model;
    this.progress = progress;
    this.controls = controls;
  }

  /** The images to follow. */
  Controls controls() {
    return controls;
  }

  /**
   * Applies the LoRAs of a pass instead of those applied before; does nothing if they are applied
   * already. The result is valid until the next switch.
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
        model.changeless().lostByRounding(fit).ifPresent(lost::add);
      }
    }
    waitedNanos += applied.waitedNanos();
    progress.listener().lorasEnd();
    return applied;
  }

  /**
   * An image of other sides, by an upscaler that is made ready when it is first needed.
   *
   * @param upscaler one of images, not of latents
   * @throws dev.sdlora.api.error.CheckpointException if there is no such network
   */
  Raster enlarge(Upscaler upscaler, Raster picture, int width, int height) {
    return upscalers
        .computeIfAbsent(
            upscaler,
            wanted ->
                Enlarging.open(
                    wanted, model.upscalers(), model.networks().torch(), progress::stopIfCancelled))
        .enlarge(picture, width, height);
  }

  /**
   * Returns the embeddings that prompts may name while some LoRAs are applied, including those in
   * the LoRA files.
   */
  PromptEmbeddings embeddings(LoraPlans plans, AppliedLoras applied) {
    return embeddings.computeIfAbsent(
        plans, first -> model.embeddings(applied.loras().files(), first.isLenient()));
  }

  /**
   * The encoded prompts of a pass, kept for its other images.
   *
   * @param encoding encodes them with the LoRAs that are on
   */
  Conditions conditions(PassPlan pass, Supplier<Conditions> encoding) {
    return conditions.computeIfAbsent(pass, first -> encoding.get());
  }

  /** The same as the refiner reads them. */
  Conditions refinerConditions(PassPlan pass, Supplier<Conditions> encoding) {
    return refinerConditions.computeIfAbsent(pass, first -> encoding.get());
  }

  /** Notes that the refiner has taken over in a pass. */
  void refined() {
    refined = true;
  }

  /** Whether the refiner has had a part in an image. */
  boolean isRefined() {
    return refined;
  }

  /** Gives the weights free. What is patched stays until someone wants something else. */
  private void release() {
    AppliedLoras applied = current;
    current = null;
    if (applied != null) {
      try (applied) {
        applied.keep();
      }
    }
  }

  /** What became of the LoRAs of all passes. */
  List<LoraReport> reports() {
    return used.values().stream()
        .flatMap(
            applied -> LoraReports.of(applied.loras(), model.loraFiles(), applied.mode()).stream())
        .distinct()
        .toList();
  }

  /** What was passed over in all passes, and what has no effect. */
  List<String> warnings() {
    return Stream.of(
            used.values().stream().flatMap(applied -> applied.loras().warnings().stream()),
            used.values().stream()
                .flatMap(applied -> model.loraSums().warning(applied.loras()).stream()),
            lost.stream(),
            embeddings.values().stream().flatMap(named -> named.warnings().stream()))
        .flatMap(said -> said)
        .distinct()
        .toList();
  }

  /** What the LoRAs of all passes were trained with, and the embeddings that prompts name. */
  Stream<String> broughtWords() {
    return Stream.concat(
        used.keySet().stream()
            .flatMap(plans -> plans.files().stream())
            .flatMap(file -> UntaughtWords.broughtBy(LoraFiles.adapter(file))),
        embeddings.values().stream().flatMap(each -> each.named().stream()));
  }

  /** Hashes of the LoRAs of all passes, by the names that the prompts use. */
  Map<String, String> hashes() {
    Map<String, String> hashes = new LinkedHashMap<>();
    used.values()
        .forEach(applied -> hashes.putAll(LoraReports.hashes(applied.loras(), model.loraFiles())));
    return hashes;
  }

  /** Hashes of the hypernetworks of all passes, by the names that the prompts use. */
  Map<String, String> hypernetworkHashes() {
    Map<String, String> hashes = new LinkedHashMap<>();
    for (LoraPlans plans : used.keySet()) {
      for (Hypernetwork each : plans.hypernetworks()) {
        hashes.put(each.name(), HypernetworkFolders.hash(each.file()));
      }
    }
    return hashes;
  }

  /** Hashes of the embeddings that the prompts of all passes name. */
  Map<String, String> embeddingHashes() {
    Map<String, String> hashes = new LinkedHashMap<>();
    embeddings.values().forEach(named -> hashes.putAll(named.hashes()));
    return hashes;
  }

  /** How long other requests were waited for. */
  long waitedNanos() {
    return waitedNanos;
  }

  /** The request has succeeded: what is patched stays for the next one. */
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
        () -> Closing.all(upscalers.values(), Enlarging::close));
  }
}
