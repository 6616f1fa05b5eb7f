package dev.sdlora.pipeline.request;

import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Outpainting;
import dev.sdlora.api.value.RandomSeed;
import dev.sdlora.families.family.ReferenceSize;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.infotext.Flux1Text;
import dev.sdlora.pipeline.canvas.Canvas;
import dev.sdlora.pipeline.canvas.Outpaint;
import dev.sdlora.pipeline.model.FileCaches;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.sampler.noise.ImageSeeds;
import java.util.List;
import java.util.Optional;

/**
 * A request resolved against a model, with parsed prompts, matched LoRAs, sizes, passes and a
 * memory estimate. Resolving changes no weights and allocates no native memory. Immutable.
 *
 * @param spec the request with trigger words added
 * @param source the start image, with outpainting turned into inpainting
 * @param size the size of the first pass
 * @param seeds the seeds of the first image
 * @param parts runs of images with equal prompts, in order; one unless prompts are dynamic
 * @param warnings about settings of a text that mean others
 */
public record RequestPlan(
    Model model,
    PromptSpec spec,
    Optional<ImageToImage> source,
    ImageSize size,
    ImageSeeds seeds,
    List<RequestPart> parts,
    List<String> warnings) {
  /** Copies the lists. */
  public RequestPlan {
    parts = List.copyOf(parts);
    warnings = List.copyOf(warnings);
  }

  /**
   * Resolves a request.
   *
   * @throws dev.sdlora.api.error.StableDiffusionException if a prompt, a LoRA, another file or a
   *     size cannot be used
   * @throws IllegalArgumentException if the request exceeds a limit of the pipeline, has a refiner
   *     switch but the pipeline no refiner, or names a branch that the U-Net does not have
   */
  public static RequestPlan resolve(Model model, PromptSpec requested) {
    RequestInputs.check(requested, model.settings().limits().request());
    Flux1Text read = Flux1Text.of(requested, model.checkpoint());
    PromptSpec spec =
        new TriggerWordPrompts(FileCaches.LORA_CARDS, model.loras().library()::find)
            .of(read.spec());
    model.auxiliary().controlNets().checkPreprocessors(spec.controlUnits());
    requireRefiner(model, spec);
    requireBranch(model, spec);
    Optional<ImageToImage> source = source(model, spec);
    ImageSize size = size(model, spec, source);
    ImageSeeds seeds =
        new ImageSeeds(
            RandomSeed.orDraw(spec.seed()),
            RandomSeed.orDraw(spec.variation().seed()),
            spec.variation().strength(),
            spec.samplerOptions().ensd());
    List<RequestPart> parts =
        ResolvedPrompts.of(spec, seeds).stream()
            .map(prompts -> RequestPart.resolve(model, prompts, spec.images(), source, size, seeds))
            .toList();
    return new RequestPlan(model, spec, source, size, seeds, parts, read.warnings());
  }

  private static void requireRefiner(Model model, PromptSpec spec) {
    if (spec.refinerSwitch().isPresent() && model.refiner().isEmpty()) {
      throw new IllegalArgumentException(
          "refinerSwitch is %s, but the pipeline has no refiner; set one with Pipeline.builder().refiner(checkpoint), or remove the switch"
              .formatted(spec.refinerSwitch().getAsDouble()));
    }
  }

  private static void requireBranch(Model model, PromptSpec spec) {
    int branch = spec.speedOptions().cacheBranchId();
    // Other denoisers refuse the cache itself.
    int branches = model.family().unetConfig().map(UNetConfig::branches).orElse(Integer.MAX_VALUE);
    if (spec.speedOptions().cacheInterval() > 1 && branch >= branches) {
      throw new IllegalArgumentException(
          "cacheBranchId is %s, but the branches of this model's U-Net are 0 to %s"
              .formatted(branch, branches - 1));
    }
  }

  private static Optional<ImageToImage> source(Model model, PromptSpec spec) {
    Optional<ImageToImage> given = spec.imageToImage();
    if (given.isPresent() && given.get().outpainting().isPresent()) {
      Outpainting more = given.get().outpainting().get();
      RequestMemory.requireFew(model, given.get().image(), more);
    }
    return given.map(
        start -> Outpaint.asInpainting(start, spec.size(), model.family().sizeMultiple()));
  }

  private static ImageSize size(Model model, PromptSpec spec, Optional<ImageToImage> source) {
    ImageSize usual = model.checkpoint().defaultSize();
    return spec.size()
        .or(
            () ->
                source.map(
                    given -> Canvas.defaultSize(given, usual, model.family().sizeMultiple())))
        .or(() -> spec.referenceImages().stream().findFirst().map(ReferenceSize::of))
        .orElse(usual);
  }
}
