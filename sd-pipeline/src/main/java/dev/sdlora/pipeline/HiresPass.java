package dev.sdlora.pipeline;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.image.HiresFix;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.SizeConditioning;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.pipeline.canvas.RegionFrame;
import dev.sdlora.pipeline.canvas.StartLatent;
import dev.sdlora.pipeline.image.Pixels;
import dev.sdlora.pipeline.network.LatentResizing;
import dev.sdlora.pipeline.raster.Raster;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The second pass of hires fix: enlarges what the first one made, and paints over it. */
final class HiresPass {
  private static final Map<Upscaler, LatentResizing.Mode> LATENT_MODES =
      Map.of(
          Upscaler.LATENT, LatentResizing.Mode.BILINEAR,
          Upscaler.LATENT_ANTIALIASED, LatentResizing.Mode.BILINEAR_ANTIALIASED,
          Upscaler.LATENT_BICUBIC, LatentResizing.Mode.BICUBIC,
          Upscaler.LATENT_BICUBIC_ANTIALIASED, LatentResizing.Mode.BICUBIC_ANTIALIASED,
          Upscaler.LATENT_NEAREST, LatentResizing.Mode.NEAREST,
          Upscaler.LATENT_NEAREST_EXACT, LatentResizing.Mode.NEAREST_EXACT);

  private final HiresFix settings;
  private final Model model;
  private final Progress progress;
  private final ImageSize from;
  private final int firstSteps;
  private final PromptSpec second;
  private final ImageSize enlarged;
  private final ImageSize size;
  private final DenoisingPass pass;

  /**
   * A pass after another.
   *
   * @param first the pass before
   * @param spec of the request
   * @param progress of the request
   */
  HiresPass(
      Model model, DenoisingPass first, PromptSpec spec, HiresFix settings, Progress progress) {
    this.settings = settings;
    this.model = model;
    this.progress = progress;
    this.from = first.size();
    this.firstSteps = first.steps();
    this.enlarged = enlarged(from, settings);
    this.size = settings.size().orElse(enlarged);
    this.second = second(spec, settings);
    this.pass =
        first.followedBy(
            second,
            PassSampling.of(model, second, size, Optional.of(Repainting.of(settings))),
            RegionFrame.whole(from).enlarged(enlarged, size),
            told(from, settings));
  }

  /** The size that covers the result, in the proportions of the first pass. */
  static ImageSize enlarged(ImageSize from, HiresFix settings) {
    if (settings.size().isEmpty()) {
      return floor(from.width() * settings.scale(), from.height() * settings.scale());
    }
    ImageSize to = settings.size().get();
    double scale =
        Math.max((double) to.width() / from.width(), (double) to.height() / from.height());
    return floor(from.width() * scale, from.height() * scale);
  }

  /**
   * The size that SDXL is told, which A1111 does not round to what latents have, and which is that
   * before the edges are cut off.
   */
  static SizeConditioning.Size told(ImageSize from, HiresFix settings) {
    int width = from.width();
    int height = from.height();
    if (settings.size().isEmpty()) {
      double scale = settings.scale();
      return new SizeConditioning.Size((int) (width * scale), (int) (height * scale));
    }
    ImageSize to = settings.size().get();
    return (long) width * to.height() < (long) to.width() * height
        ? new SizeConditioning.Size(to.width(), to.width() * height / width)
        : new SizeConditioning.Size(to.height() * width / height, to.height());
  }

  private static ImageSize floor(double width, double height) {
    // A product such as 8 · 1.1 · 10 may end just below the whole number that is meant.
    return new ImageSize(8 * (int) (width / 8 + 1e-6), 8 * (int) (height / 8 + 1e-6));
  }

  private static PromptSpec second(PromptSpec spec, HiresFix settings) {
    PromptSpec.Builder second =
        spec.toBuilder()
            .noHiresFix()
            .prompt(settings.prompt().orElse(spec.prompt()))
            .negativePrompt(settings.negativePrompt().orElse(spec.negativePrompt()))
            .steps(settings.steps().orElse(spec.steps()));
    settings.sampler().ifPresent(second::sampler);
    settings.schedule().ifPresent(second::schedule);
    settings.cfgScale().ifPresent(second::cfgScale);
    settings
        .tokenMergingRatio()
        .ifPresent(
            ratio ->
                second.speedOptions(
                    spec.speedOptions().toBuilder().tokenMergingRatio(ratio).build()));
    return second.build();
  }

  /** The size of what comes out. */
  ImageSize size() {
    return size;
  }

  /** The pass itself. */
  DenoisingPass pass() {
    return pass;
  }

  /**
   * Enlarges latents and samples again, with noise of the same seeds.
   *
   * @param images the images
   * @param latents of the first pass, one for each
   * @param shown what an inpainting model or one that edits reads beside the noisy latent
   */
  List<float[]> refine(
      List<ImageRun> images,
      List<float[]> latents,
      Optional<float[]> shown,
      RequestNetworks networks,
      NDManager scope) {
    List<StartLatent> starts =
        latents.stream()
            .map(latent -> cut(enlarge(latent, networks, scope)))
            .map(start -> new StartLatent(start, Optional.empty()))
            .toList();
    List<ImageRun> after = images.stream().map(image -> image.after(firstSteps)).toList();
    return pass.sample(after, new PassInput(starts, shown), networks, scope);
  }

  private float[] enlarge(float[] latent, RequestNetworks networks, NDManager scope) {
    progress.stopIfCancelled();
    LatentResizing.Mode mode = LATENT_MODES.get(settings.upscaler());
    if (mode != null) {
      return model.networks().latentResizing().resize(mode, latent, from, enlarged, scope);
    }
    float[] pixels = model.withVae(second, from, vae -> vae.decode(latent, from, scope));
    Raster picture = Pixels.raster(pixels, from);
    progress.stopIfCancelled();
    Raster large =
        networks.enlarge(settings.upscaler(), picture, enlarged.width(), enlarged.height());
    progress.stopIfCancelled();
    return model.withVae(second, enlarged, vae -> vae.encode(large.planes(), enlarged, scope));
  }

  /** The middle of a latent; of an odd number of positions too many one more goes at the end. */
  private float[] cut(float[] large) {
    int width = size.width() / 8;
    int height = size.height() / 8;
    int wide = enlarged.width() / 8;
    int high = enlarged.height() / 8;
    int left = (wide - width) / 2;
    int top = (high - height) / 2;
    int channels = large.length / (wide * high);
    float[] cut = new float[channels * height * width];
    for (int row = 0; row < channels * height; row++) {
      int from = (row / height * high + top + row % height) * wide + left;
      System.arraycopy(large, from, cut, row * width, width);
    }
    return cut;
  }
}
