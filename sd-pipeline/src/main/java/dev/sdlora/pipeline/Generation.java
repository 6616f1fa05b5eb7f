package dev.sdlora.pipeline;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Upscaling;
import dev.sdlora.api.image.Variation;
import dev.sdlora.api.lora.LoraMode;
import dev.sdlora.api.sampling.Sampler;
import dev.sdlora.api.sampling.SpeedOptions;
import dev.sdlora.pipeline.canvas.Canvas;
import dev.sdlora.pipeline.canvas.CanvasEncoder;
import dev.sdlora.pipeline.canvas.Outpaint;
import dev.sdlora.pipeline.canvas.RegionFrame;
import dev.sdlora.pipeline.canvas.StartLatent;
import dev.sdlora.pipeline.image.ImageSettings;
import dev.sdlora.pipeline.image.Infotext;
import dev.sdlora.pipeline.image.Pixels;
import dev.sdlora.pipeline.image.Reproduction;
import dev.sdlora.pipeline.memory.MemoryNeed;
import dev.sdlora.pipeline.network.Prediction;
import dev.sdlora.pipeline.network.UNetConfig;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.sampler.noise.ImageSeeds;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.ThreadLimit;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** One request on its way from a prompt to images. */
final class Generation {
  /** A1111 draws random seeds from this range. */
  private static final long SEEDS = 4294967294L;

  /** What images say about the program that made them. */
  private static final String VERSION = "SD-LoRA for Java 0.1.0";

  private final Model model;
  private final PromptSpec spec;
  private final int firstImage;
  private final Map<String, String> templates;
  private final Progress progress;
  private final ImageSeeds firstSeeds;
  private final ImageSize size;
  private final Optional<Canvas> canvas;
  private final Optional<Repainting> repainting;
  private final DenoisingPass first;
  private final Optional<HiresPass> second;

  /** Whether the latents are those of the first pass; known once they are sampled. */
  private boolean isFirstPassOnly;

  private Generation(
      Model model,
      ResolvedPrompts prompts,
      ImageSeeds firstSeeds,
      Optional<ImageToImage> source,
      ImageSize size,
      Progress progress) {
    this.model = model;
    this.spec = prompts.spec();
    this.firstImage = prompts.firstImage();
    this.templates = prompts.templates();
    this.progress = progress;
    this.firstSeeds = firstSeeds;
    this.size = size;
    this.canvas = source.map(given -> Canvas.of(given, size));
    this.repainting = source.map(Repainting::of);
    this.first =
        DenoisingPass.first(
            model,
            spec,
            PassSampling.of(model, spec, size, repainting),
            canvas.map(Canvas::regions).orElseGet(() -> RegionFrame.whole(size)),
            progress);
    this.second = spec.hiresFix().map(fix -> new HiresPass(model, first, spec, fix, progress));
  }

  /**
   * Does all the work of a request, once there is memory for it.
   *
   * @param cancelled whether the caller has given up
   * @throws dev.sdlora.api.error.ResourceException if it needs more than there is
   * @throws IllegalArgumentException if it exceeds a bound of the pipeline, wants a refiner and the
   *     pipeline has none, or a branch that the U-Net does not have
   */
  static GenerationResult run(
      Model model, PromptSpec asked, GenerationListener listener, BooleanSupplier cancelled) {
    RequestInputs.check(asked, model.limits().request());
    PromptSpec spec =
        new TriggerWordPrompts(FileCaches.LORA_CARDS, model.library()::find).of(asked);
    requireRefiner(model, spec);
    requireBranch(model, spec);
    spec.imageToImage()
        .ifPresent(
            given ->
                given
                    .outpainting()
                    .ifPresent(more -> RequestMemory.requireFew(model, given.image(), more)));
    Optional<ImageToImage> source =
        spec.imageToImage().map(given -> Outpaint.asInpainting(given, spec.size()));
    ImageSize usual = model.checkpoint().defaultSize();
    ImageSize size =
        spec.size().or(() -> source.map(given -> Canvas.defaultSize(given, usual))).orElse(usual);
    boolean keepsImages = !listener.takesImages();
    ImageSeeds seeds =
        new ImageSeeds(
            chosen(spec.seed()),
            chosen(spec.variation().seed()),
            spec.variation().strength(),
            spec.samplerOptions().ensd());
    Optional<GenerationResult> result = Optional.empty();
    List<ResolvedPrompts> parts = ResolvedPrompts.of(spec, seeds);
    Progress progress = new Progress(listener, cancelled);
    for (int i = 0; i < parts.size() && (i == 0 || !progress.early().asked()); i++) {
      ResolvedPrompts part = parts.get(i);
      // Images of other parts are kept beside those of this one.
      PromptSpec whole = part.spec().toBuilder().images(spec.images()).build();
      MemoryNeed need = new RequestMemory(model, whole, source, size).need(keepsImages);
      Optional<GenerationResult> before = result;
      boolean isLast = i == parts.size() - 1;
      result =
          Optional.of(
              model
                  .memory()
                  .within(
                      need,
                      Failures.numbers(spec, Optional.of(size)),
                      cancelled,
                      () ->
                          new Generation(model, part, seeds, source, size, progress)
                              .run(keepsImages, before, isLast)));
    }
    return result.orElseThrow();
  }

  private static void requireRefiner(Model model, PromptSpec spec) {
    spec.refinerSwitch()
        .filter(change -> model.refiner().isEmpty())
        .ifPresent(
            change -> {
              throw new IllegalArgumentException(
                  ("refinerSwitch is at %s, but the pipeline has no refiner; expected one from"
                          + " Pipeline.builder().refiner(checkpoint), or no switch")
                      .formatted(change.at()));
            });
  }

  private static void requireBranch(Model model, PromptSpec spec) {
    int branch = spec.speedOptions().cacheBranchId();
    int branches = model.networks().unet().config().branches();
    if (spec.speedOptions().cacheInterval() > 1 && branch >= branches) {
      throw new IllegalArgumentException(
          "cacheBranchId is %s, but the branches of this model's U-Net are 0 to %s"
              .formatted(branch, branches - 1));
    }
  }

  private static long chosen(OptionalLong seed) {
    return seed.orElseGet(() -> ThreadLocalRandom.current().nextLong(SEEDS));
  }

  /**
   * Makes the images. Native memory that it takes is given back whatever happens.
   *
   * @param before what other parts of the request have made
   * @param isLast whether no other part follows
   */
  private GenerationResult run(
      boolean keepsImages, Optional<GenerationResult> before, boolean isLast) {
    long start = System.nanoTime();
    try (RequestNetworks networks = new RequestNetworks(model, spec.controlUnits(), progress);
        NDManager scope = model.networks().torch().scope()) {
      Inputs inputs =
          onItsThreads(
              () -> {
                first.prepare(networks, scope);
                return encode(scope);
              });
      List<GeneratedImage> images = new ArrayList<>();
      int together = JointBatch.images(spec, size);
      EarlyEnd early = progress.early();
      for (int from = 0; from < spec.images() && (from == 0 || !early.asked()); from += together) {
        List<ImageRun> runs =
            IntStream.range(from, Math.min(from + together, spec.images()))
                .mapToObj(this::image)
                .toList();
        List<float[]> latents = sample(runs, inputs, networks, scope);
        for (int i = 0; i < runs.size(); i++) {
          GeneratedImage image = finish(runs, i, latents.get(i), networks, scope);
          if (keepsImages) {
            images.add(image);
          }
        }
      }
      progress.stopIfCancelled();
      GenerationResult.Builder told =
          GenerationResult.builder(images)
              .loras(networks.reports())
              .warnings(warnings(networks))
              .precision(PrecisionChoice.precision(model.networks().type()))
              .elapsed(Duration.ofNanos(System.nanoTime() - start - networks.waitedNanos()));
      vae().ifPresent(told::vae);
      GenerationResult own = told.build();
      GenerationResult result = before.map(others -> joined(others, own)).orElse(own);
      if (isLast || early.isNow()) {
        progress.listener().generationEnd(result);
      }
      networks.keep();
      return result;
    }
  }

  private static GenerationResult joined(GenerationResult before, GenerationResult after) {
    GenerationResult.Builder joined =
        GenerationResult.builder(joined(before.images(), after.images()))
            .loras(joined(before.loras(), after.loras()).stream().distinct().toList())
            .warnings(joined(before.warnings(), after.warnings()).stream().distinct().toList())
            .precision(after.precision())
            .elapsed(before.elapsed().plus(after.elapsed()));
    after.vae().ifPresent(joined::vae);
    return joined.build();
  }

  private static <T> List<T> joined(List<T> before, List<T> after) {
    return Stream.concat(before.stream(), after.stream()).toList();
  }

  private ImageRun image(int number) {
    int index = firstImage + number;
    int steps = first.steps() + second.map(hires -> hires.pass().steps()).orElse(0);
    return new ImageRun(index, firstSeeds.image(index), 0, steps);
  }

  /**
   * What the passes of all images are given.
   *
   * @param start what the first one starts from
   * @param channels what an inpainting model reads in the first pass
   * @param hiresChannels what an inpainting model reads in the second pass
   */
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  private record Inputs(
      Optional<StartLatent> start, Optional<float[]> channels, Optional<float[]> hiresChannels) {
    PassInput first(int pictures) {
      return new PassInput(
          start.map(each -> Collections.nCopies(pictures, each)).orElse(List.of()), channels);
    }
  }

  private Inputs encode(NDManager scope) {
    progress.stopIfCancelled();
    return model.withVae(
        spec,
        size,
        vae -> encode(new CanvasEncoder(vae, model.networks().latentResizing()), scope));
  }

  private Inputs encode(CanvasEncoder encoder, NDManager scope) {
    Optional<float[]> firstChannels = Optional.empty();
    Optional<float[]> hiresChannels = Optional.empty();
    UNetConfig unet = model.networks().unet().config();
    if (unet.isEditing()) {
      int channels = unet.outChannels();
      boolean scaled = model.networks().prediction() == Prediction.EDM_V;
      firstChannels = Optional.of(encoder.edited(canvas, size, channels, scaled, scope));
      hiresChannels =
          second.map(
              hires -> encoder.edited(Optional.empty(), hires.size(), channels, scaled, scope));
    }
    if (unet.isInpainting()) {
      double maskWeight = repainting.map(Repainting::conditioningMaskWeight).orElse(1.0);
      firstChannels = Optional.of(encoder.channels(canvas, size, maskWeight, scope));
      hiresChannels =
          second.map(hires -> encoder.channels(Optional.empty(), hires.size(), 1, scope));
    }
    progress.stopIfCancelled();
    Optional<StartLatent> start = canvas.map(given -> encoder.encode(given, size, scope));
    return new Inputs(start, firstChannels, hiresChannels);
  }

  private List<float[]> sample(
      List<ImageRun> runs, Inputs inputs, RequestNetworks networks, NDManager scope) {
    runs.forEach(run -> progress.listener().imageStart(run.index(), run.seeds().seed()));
    return onItsThreads(
        () -> {
          List<float[]> latents = first.sample(runs, inputs.first(runs.size()), networks, scope);
          isFirstPassOnly = second.isEmpty() || progress.early().asked();
          return !isFirstPassOnly
              ? second.orElseThrow().refine(runs, latents, inputs.hiresChannels(), networks, scope)
              : latents;
        });
  }

  /** Makes an image of one of the latents that were sampled together. */
  private GeneratedImage finish(
      List<ImageRun> runs,
      int position,
      float[] latent,
      RequestNetworks networks,
      NDManager scope) {
    ImageRun run = runs.get(position);
    Raster drawn = onItsThreads(() -> decode(run, latent, scope));
    Raster finished = canvas.map(given -> given.finish(drawn)).orElse(drawn);
    Raster enlarged = spec.upscaling().map(up -> enlarge(finished, up, networks)).orElse(finished);
    GeneratedImage image =
        new GeneratedImage(
            enlarged.toPicture(),
            run.seeds().seed(),
            Infotext.write(settings(run.seeds(), networks).inBatch(runs.size(), position)));
    progress.listener().imageEnd(run.index(), image);
    return image;
  }

  /** The size of images before they are enlarged. */
  private ImageSize drawnSize() {
    return second.map(HiresPass::size).orElse(size);
  }

  /** Does work on images before they are enlarged. */
  private <T> T onItsThreads(Supplier<T> work) {
    ImageSize drawn = drawnSize();
    return ThreadLimit.draw(
        model.networks().unet().weights().size(), (long) drawn.width() * drawn.height(), work);
  }

  private Raster decode(ImageRun run, float[] latent, NDManager scope) {
    progress.listener().decodeStart(run.index());
    progress.stopIfCancelled();
    ImageSize drawn = isFirstPassOnly ? size : drawnSize();
    float[] pixels =
        switch (spec.finalDecoder()) {
          case VAE -> model.withVae(spec, drawn, vae -> vae.decode(latent, drawn, scope));
          case TAESD -> model.taesd().decode(latent, drawn, spec.tiling());
        };
    progress.listener().decodeEnd(run.index());
    return Pixels.raster(pixels, drawn);
  }

  private static Raster enlarge(Raster picture, Upscaling by, RequestNetworks networks) {
    return networks.enlarge(
        by.upscaler(),
        picture,
        (int) (picture.width() * by.scale()),
        (int) (picture.height() * by.scale()));
  }

  /** What was passed over, and what the text that the request was read from says beyond it. */
  private List<String> warnings(RequestNetworks networks) {
    List<String> passedOver = networks.warnings();
    List<String> warnings = new ArrayList<>();
    Optional<DenoisingPass> hires = second.map(HiresPass::pass);
    warnings.addAll(PromptWarnings.of(first, hires, passedOver));
    warnings.addAll(passedOver);
    warnings.addAll(PromptWarnings.ofEmbeddingsAmongLoras(model, first, hires));
    UntaughtWords.warning(model, first, hires, networks).ifPresent(warnings::add);
    warnings.addAll(tokenMerging());
    warnings.addAll(fewSteps());
    if (progress.early().isNow()) {
      warnings.add("the request was ended early: its last image has fewer steps than it says");
    }
    SizeWarning.of(spec, size, model.checkpoint().defaultSize()).ifPresent(warnings::add);
    warnings.addAll(Reproduction.warnings(settings(firstSeeds, networks), model.checkpoint()));
    return warnings.stream().map(model.pathRedactor()::redact).distinct().toList();
  }

  private List<String> tokenMerging() {
    SpeedOptions speed = spec.speedOptions();
    boolean wanted =
        speed.tokenMergingRatio() != 0
            || spec.hiresFix().map(fix -> fix.tokenMergingRatio().isPresent()).orElse(false);
    int downsample = speed.tokenMergingMaxDownsample();
    return wanted && !model.networks().unet().config().attendsAt(downsample)
        ? List.of(
            ("tokenMergingRatio has no effect, since this model has no attention at"
                    + " tokenMergingMaxDownsample %s; it has at a larger one")
                .formatted(downsample))
        : List.of();
  }

  private List<String> fewSteps() {
    Sampler sampler = spec.sampler();
    return spec.steps() < sampler.leastSteps()
        ? List.of(
            "%s draws grainy pictures in %s steps; give it %s or more, or take another sampler"
                .formatted(sampler.label(), spec.steps(), sampler.leastSteps()))
        : List.of();
  }

  /** The name of what took the place of the checkpoint's own VAE. */
  private Optional<String> vae() {
    return model.checkpoint().vae().map(path -> String.valueOf(path.getFileName()));
  }

  private ImageSettings settings(ImageSeeds seeds, RequestNetworks networks) {
    Variation variation = spec.variation();
    PromptSpec drawn = spec;
    if (variation.strength() != 0) {
      OptionalLong seed = OptionalLong.of(seeds.variationSeed());
      variation = new Variation(seed, variation.strength(), variation.resizeFrom());
      drawn = spec.toBuilder().variation(variation).build();
    }
    ImageSettings settings =
        new ImageSettings(
            drawn,
            size,
            seeds.seed(),
            model.checkpoint().name(),
            model.hash(),
            networks.hashes(),
            networks.embeddingHashes(),
            VERSION);
    settings = settings.withHypernetworks(networks.hypernetworkHashes()).withMasks();
    for (Map.Entry<String, String> template : templates.entrySet()) {
      settings = settings.with(template.getKey(), template.getValue());
    }
    if (model.networks().unet().config().isEditing() && canvas.isPresent()) {
      settings = settings.edited();
    }
    Optional<Refiner> refiner = model.refiner().filter(second -> networks.isRefined());
    if (refiner.isPresent()) {
      settings = settings.with(ImageSettings.REFINER, refiner.get().title());
    }
    if (vae().isPresent()) {
      settings = settings.withVae(vae().get(), model.vaeHash());
    }
    ScalarType type = model.networks().type();
    if (type != ScalarType.FLOAT32) {
      settings = settings.with(ImageSettings.PRECISION, type.name().toLowerCase(Locale.ROOT));
    }
    boolean overlaid =
        networks.reports().stream().anyMatch(lora -> lora.mode() == LoraMode.OVERLAY);
    return overlaid ? settings.with(ImageSettings.LORA_MODE, LoraMode.OVERLAY.name()) : settings;
  }
}
