package dev.sdlora.pipeline;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationCancelledException;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationListener.Step;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.ImageSize;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.pipeline.conditioning.Conditioner;
import dev.sdlora.pipeline.conditioning.Conditioning;
import dev.sdlora.pipeline.conditioning.Conditions;
import dev.sdlora.pipeline.denoise.BatchedPredictor;
import dev.sdlora.pipeline.denoise.Guidance;
import dev.sdlora.pipeline.denoise.GuidanceOptions;
import dev.sdlora.pipeline.denoise.LatentToRgb;
import dev.sdlora.pipeline.denoise.NoisePredictor;
import dev.sdlora.pipeline.embedding.PromptEmbeddings;
import dev.sdlora.pipeline.image.ImageSettings;
import dev.sdlora.pipeline.image.Infotext;
import dev.sdlora.pipeline.image.Pixels;
import dev.sdlora.prompt.grammar.ExtraNetworks;
import dev.sdlora.sampler.SamplingPlan;
import dev.sdlora.sampler.StepObserver;
import dev.sdlora.sampler.noise.Noise;
import dev.sdlora.sampler.noise.NoiseSource;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** One request on its way from a prompt to pictures. */
final class Generation {
  /** A1111 draws random seeds from this range. */
  private static final long SEEDS = 4294967294L;

  /** What pictures say about the program that made them. */
  private static final String VERSION = "SD-LoRA for Java 0.1.0";

  private final Model model;
  private final PromptSpec spec;
  private final GenerationListener listener;
  private final BooleanSupplier cancelled;
  private final ImageSize size;
  private final long firstSeed;
  private final SamplingPlan plan;

  Generation(Model model, PromptSpec spec, GenerationListener listener, BooleanSupplier cancelled) {
    this.model = model;
    this.spec = spec;
    this.listener = listener;
    this.cancelled = cancelled;
    this.size = spec.size().orElse(model.checkpoint().defaultSize());
    this.firstSeed = spec.seed().orElseGet(() -> ThreadLocalRandom.current().nextLong(SEEDS));
    this.plan = SamplingPlan.of(spec.sampler(), spec.schedule(), spec.steps(), model.levels());
  }

  /** Does all the work. Native memory that it takes is given back whatever happens. */
  GenerationResult run() {
    long start = System.nanoTime();
    ExtraNetworks prompt = ExtraNetworks.cut(spec.prompt());
    ExtraNetworks negative = ExtraNetworks.cut(spec.negativePrompt());
    try (AppliedLoras loras = applyLoras(LoraSelection.of(spec, prompt, negative, model))) {
      PromptEmbeddings embeddings =
          model.embeddings(loras.loras().files(), loras.loras().isLenient());
      List<GeneratedImage> images = draw(prompt.text(), negative.text(), loras, embeddings);
      GenerationResult result =
          new GenerationResult(
              images,
              loras.loras().reports(model.loraFiles(), loras.mode()),
              Stream.of(loras.loras().warnings(), embeddings.warnings())
                  .flatMap(List::stream)
                  .toList(),
              Duration.ofNanos(System.nanoTime() - start - loras.waitedNanos()));
      listener.generationEnd(result);
      loras.keep();
      return result;
    }
  }

  private List<GeneratedImage> draw(
      String prompt, String negative, AppliedLoras loras, PromptEmbeddings embeddings) {
    try (NDManager scope = model.networks().torch().scope()) {
      Guidance guidance = condition(prompt, negative, loras, embeddings, scope);
      List<GeneratedImage> images = new ArrayList<>();
      for (int i = 0; i < spec.images(); i++) {
        long seed = firstSeed + i;
        listener.imageStart(i, seed);
        float[] latent = sample(i, seed, guidance, loras);
        byte[] rgb = decode(i, latent, scope);
        GeneratedImage image =
            new GeneratedImage(size, rgb, seed, parameters(loras.loras(), embeddings, seed));
        images.add(image);
        listener.imageEnd(i, image);
      }
      return images;
    }
  }

  private AppliedLoras applyLoras(LoraSelection selection) {
    stopIfCancelled();
    listener.lorasStart();
    AppliedLoras loras = AppliedLoras.of(model, selection, cancelled);
    try {
      listener.lorasEnd();
      return loras;
    } catch (RuntimeException | Error e) {
      loras.close();
      throw e;
    }
  }

  private Guidance condition(
      String prompt,
      String negative,
      AppliedLoras loras,
      PromptEmbeddings embeddings,
      NDManager scope) {
    stopIfCancelled();
    listener.conditioningStart();
    Conditioner conditioner = new Conditioner(loras.textEncoder(), embeddings);
    Conditioning cond = conditioner.encode(prompt, spec.clipSkip(), scope);
    Conditioning uncond = conditioner.encode(negative, spec.clipSkip(), scope);
    listener.conditioningEnd();
    return new Guidance(
        new BatchedPredictor(predictor(loras), model.levels(), latentChannels(), size, scope),
        Conditions.of(cond, uncond),
        GuidanceOptions.scale(spec.cfgScale()));
  }

  /** How the U-Net is called, for every picture and every step. */
  private NoisePredictor predictor(AppliedLoras loras) {
    return (batch, scope) -> {
      stopIfCancelled();
      return loras.unet().predict(batch.latents(), batch.times(), batch.context(), scope);
    };
  }

  private int latentChannels() {
    return model.networks().unet().config().outChannels();
  }

  private float[] sample(int image, long seed, Guidance guidance, AppliedLoras loras) {
    NoiseSource noise = Noise.of(spec.rng(), seed);
    float[] start = noise.next(latentChannels() * (size.height() / 8) * (size.width() / 8));
    return plan.run(guidance.start(), start, noise, new StepEvents(image, loras));
  }

  private byte[] decode(int image, float[] latent, NDManager scope) {
    stopIfCancelled();
    listener.decodeStart(image);
    float[] pixels = model.networks().vae().decode(latent, size, scope);
    listener.decodeEnd(image);
    return Pixels.rgb(pixels);
  }

  private String parameters(LoraSelection loras, PromptEmbeddings embeddings, long seed) {
    return Infotext.write(
        new ImageSettings(
            spec,
            size,
            seed,
            model.checkpoint().name(),
            model.hash(),
            loras.hashes(model.loraFiles()),
            embeddings.hashes(),
            VERSION));
  }

  private void stopIfCancelled() {
    if (cancelled.getAsBoolean()) {
      throw new GenerationCancelledException("the generation was cancelled");
    }
  }

  /** Passes a sampler's steps on to the listener, and to LoRAs whose strength changes. */
  private final class StepEvents implements StepObserver {
    private final int image;
    private final AppliedLoras loras;

    StepEvents(int image, AppliedLoras loras) {
      this.image = image;
      this.loras = loras;
    }

    private Step step(int step, double sigma) {
      return new Step(image, step + 1, plan.sigmas().steps(), sigma);
    }

    @Override
    public void stepStart(int step, double sigma) {
      listener.stepStart(step(step, sigma));
      stopIfCancelled();
      loras.step(step, plan.sigmas().steps());
    }

    @Override
    public void stepEnd(int step, double sigma, float[] denoised) {
      listener.stepEnd(
          step(step, sigma),
          () -> LatentToRgb.image(denoised, size.height() / 8, size.width() / 8));
    }
  }
}
