package dev.sdlora.pipeline.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Upscaler;
import dev.sdlora.families.network.vae.LatentResizing;
import dev.sdlora.pipeline.canvas.RegionFrame;
import dev.sdlora.pipeline.canvas.StartLatent;
import dev.sdlora.pipeline.image.Pixels;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.pipeline.request.HiresPlan;
import dev.sdlora.pipeline.request.ImageRun;
import dev.sdlora.pipeline.request.RequestPart;
import dev.sdlora.sampler.noise.LatentShape;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Runs the second pass of hires fix: enlarges the latents of the first pass and samples again. */
final class HiresPass {
  private static final Map<Upscaler, LatentResizing.Mode> LATENT_MODES =
      Map.of(
          Upscaler.LATENT, LatentResizing.Mode.BILINEAR,
          Upscaler.LATENT_ANTIALIASED, LatentResizing.Mode.BILINEAR_ANTIALIASED,
          Upscaler.LATENT_BICUBIC, LatentResizing.Mode.BICUBIC,
          Upscaler.LATENT_BICUBIC_ANTIALIASED, LatentResizing.Mode.BICUBIC_ANTIALIASED,
          Upscaler.LATENT_NEAREST, LatentResizing.Mode.NEAREST,
          Upscaler.LATENT_NEAREST_EXACT, LatentResizing.Mode.NEAREST_EXACT);

  private final Model model;
  private final HiresPlan plan;
  private final DenoisingPass pass;
  private final Progress progress;

  HiresPass(Model model, HiresPlan plan, Progress progress) {
    this.model = model;
    this.plan = plan;
    this.progress = progress;
    this.pass =
        new DenoisingPass(
            model,
            plan.pass(),
            RegionFrame.whole(plan.from())
                .enlarged(plan.enlarged(), plan.size(), model.family().latentFactor()),
            progress);
  }

  /** Applies the LoRAs of this pass and encodes its prompts, once for all images of a request. */
  void prepare(RequestNetworks networks, NDManager scope) {
    pass.prepare(networks, scope);
  }

  /**
   * Encodes the prompts of the second pass if its LoRAs are those of the first one: before the
   * denoiser is read, which may not fit into memory with the text encoder.
   */
  static void encodeAhead(
      Model model, RequestPart part, Progress progress, RequestNetworks networks, NDManager scope) {
    part.hires()
        .filter(second -> second.pass().loras() == part.first().loras())
        .ifPresent(second -> new HiresPass(model, second, progress).prepare(networks, scope));
  }

  /**
   * Enlarges latents and samples again, with noise from the same seeds.
   *
   * @param latents the latents of the first pass, one for each image
   * @param shown the channels that an inpainting or editing model reads in addition to the noisy
   *     latent
   * @param references the latents of reference images
   */
  List<float[]> refine(
      List<ImageRun> images,
      List<float[]> latents,
      Optional<float[]> shown,
      List<NDArray> references,
      RequestNetworks networks,
      NDManager scope) {
    List<StartLatent> starts =
        latents.stream()
            .map(latent -> cut(enlarge(latent, networks, scope)))
            .map(start -> new StartLatent(start, Optional.empty()))
            .toList();
    List<ImageRun> after =
        images.stream().map(image -> image.lastPass(plan.pass().steps())).toList();
    return pass.sample(after, new PassInput(starts, shown, references), networks, scope);
  }

  private float[] enlarge(float[] latent, RequestNetworks networks, NDManager scope) {
    progress.stopIfCancelled();
    ImageSize from = plan.from();
    ImageSize enlarged = plan.enlarged();
    LatentResizing.Mode mode = LATENT_MODES.get(plan.settings().upscaler());
    if (mode != null) {
      return model
          .networks()
          .latentResizing()
          .resize(
              mode, latent, model.family().latents(from), model.family().latents(enlarged), scope);
    }
    float[] pixels =
        model.memory().withVae(plan.pass().spec(), from, vae -> vae.decode(latent, from, scope));
    Raster image = Pixels.raster(pixels, from);
    progress.stopIfCancelled();
    Raster large =
        networks.enlarge(plan.settings().upscaler(), image, enlarged.width(), enlarged.height());
    progress.stopIfCancelled();
    return model
        .memory()
        .withVae(plan.pass().spec(), enlarged, vae -> vae.encode(large.planes(), enlarged, scope));
  }

  /**
   * Crops a latent to its centre. If the excess is odd, one more position is removed at the end.
   */
  private float[] cut(float[] large) {
    LatentShape cutTo = model.family().latents(plan.size());
    LatentShape cutFrom = model.family().latents(plan.enlarged());
    int width = cutTo.width();
    int height = cutTo.height();
    int wide = cutFrom.width();
    int high = cutFrom.height();
    int left = (wide - width) / 2;
    int top = (high - height) / 2;
    int channels = cutFrom.channels();
    float[] cut = new float[channels * height * width];
    for (int row = 0; row < channels * height; row++) {
      int from = (row / height * high + top + row % height) * wide + left;
      System.arraycopy(large, from, cut, row * width, width);
    }
    return cut;
  }
}
