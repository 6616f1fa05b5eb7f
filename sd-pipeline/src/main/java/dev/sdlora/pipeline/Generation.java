package dev.sdlora.pipeline;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.ImageSize;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.Variation;
import dev.sdlora.pipeline.image.ImageSettings;
import dev.sdlora.pipeline.image.Infotext;
import dev.sdlora.pipeline.image.Pixels;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.sampler.noise.ImageSeeds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BooleanSupplier;

/** One request on its way from a prompt to pictures. */
final class Generation {
  /** A1111 draws random seeds from this range. */
  private static final long SEEDS = 4294967294L;

  /** What pictures say about the program that made them. */
  private static final String VERSION = "SD-LoRA for Java 0.1.0";

  private final Model model;
  private final PromptSpec spec;
  private final Progress progress;
  private final ImageSize size;
  private final ImageSeeds firstSeeds;

  Generation(Model model, PromptSpec spec, GenerationListener listener, BooleanSupplier cancelled) {
    this.model = model;
    this.spec = spec;
    this.progress = new Progress(listener, cancelled);
    this.size = spec.size().orElse(model.checkpoint().defaultSize());
    this.firstSeeds =
        new ImageSeeds(
            chosen(spec.seed()),
            chosen(spec.variation().seed()),
            spec.variation().strength(),
            spec.samplerOptions().ensd());
  }

  private static long chosen(OptionalLong seed) {
    return seed.orElseGet(() -> ThreadLocalRandom.current().nextLong(SEEDS));
  }

  /** Does all the work. Native memory that it takes is given back whatever happens. */
  GenerationResult run() {
    long start = System.nanoTime();
    Pass pass = new Pass(model, spec, size, progress);
    try (PassNetworks networks = new PassNetworks(model, spec.controlUnits(), progress);
        NDManager scope = model.networks().torch().scope()) {
      pass.prepare(networks, scope);
      List<GeneratedImage> images = new ArrayList<>();
      for (int i = 0; i < spec.images(); i++) {
        ImageSeeds seeds = firstSeeds.image(i);
        long seed = seeds.seed();
        progress.listener().imageStart(i, seed);
        float[] latent = pass.sample(i, seeds, networks, scope);
        Raster drawn = decode(i, latent, scope);
        GeneratedImage image =
            new GeneratedImage(drawn.toPicture(), seed, parameters(networks, seeds));
        images.add(image);
        progress.listener().imageEnd(i, image);
      }
      GenerationResult result =
          new GenerationResult(
              images,
              networks.reports(),
              networks.warnings(),
              Duration.ofNanos(System.nanoTime() - start - networks.waitedNanos()));
      progress.listener().generationEnd(result);
      networks.keep();
      return result;
    }
  }

  private Raster decode(int image, float[] latent, NDManager scope) {
    progress.stopIfCancelled();
    progress.listener().decodeStart(image);
    float[] pixels = model.vae(spec, size).decode(latent, size, scope);
    progress.listener().decodeEnd(image);
    return new Raster(size.width(), size.height(), 3, Pixels.rgb(pixels));
  }

  private String parameters(PassNetworks networks, ImageSeeds seeds) {
    Variation variation = spec.variation();
    PromptSpec drawn =
        variation.strength() == 0
            ? spec
            : spec.toBuilder()
                .variation(
                    new Variation(
                        OptionalLong.of(seeds.variationSeed()),
                        variation.strength(),
                        variation.resizeFrom()))
                .build();
    return Infotext.write(
        new ImageSettings(
            drawn,
            size,
            seeds.seed(),
            model.checkpoint().name(),
            model.hash(),
            networks.hashes(),
            networks.embeddingHashes(),
            VERSION));
  }
}
