package dev.sdlora.pipeline.generation;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.error.GenerationCancelledException;
import dev.sdlora.api.error.StableDiffusionException;
import dev.sdlora.api.image.Detector;
import dev.sdlora.api.image.Detector.Found;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.ImageToImage;
import dev.sdlora.api.image.Inpainting;
import dev.sdlora.api.value.Decimals;
import dev.sdlora.pipeline.canvas.Canvas;
import dev.sdlora.pipeline.canvas.RegionFrame;
import dev.sdlora.pipeline.detail.DetailMasks;
import dev.sdlora.pipeline.detail.FoundFilter;
import dev.sdlora.pipeline.raster.Framing;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.pipeline.request.DetailPlan;
import dev.sdlora.pipeline.request.ImageRun;
import dev.sdlora.pipeline.request.PassPlan;
import dev.sdlora.pipeline.request.RequestPart;
import dev.sdlora.pipeline.request.RequestPlan;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Paints what detectors find in finished images again, as ADetailer does: each find is an
 * inpainting request of its own, drawn by the same code, with the networks of the request. Used by
 * one thread.
 */
final class DetailLoop {
  private final RequestPlan plan;
  private final RequestPart part;
  private final Progress progress;
  private final RequestNetworks networks;
  private final NDManager scope;

  /**
   * Creates the loop of a part of a request.
   *
   * @param scope owns encoded prompts, which serve all images
   */
  DetailLoop(
      RequestPlan plan,
      RequestPart part,
      Progress progress,
      RequestNetworks networks,
      NDManager scope) {
    this.plan = plan;
    this.part = part;
    this.progress = progress;
    this.networks = networks;
    this.scope = scope;
  }

  /**
   * Opens the detectors, and encodes the prompts of passes whose LoRAs are those of the first pass:
   * before the denoiser is read, which may not fit into memory with the text encoder.
   */
  void prepare() {
    for (DetailPlan detail : part.details()) {
      detail.detector().open();
      for (PassPlan pass : detail.passes()) {
        if (pass.loras() == part.first().loras()) {
          encode(pass);
        }
      }
    }
  }

  private void encode(PassPlan pass) {
    new DenoisingPass(plan.model(), pass, RegionFrame.whole(pass.size()), progress)
        .prepare(networks, scope);
  }

  /**
   * Paints the details of an image. An early end leaves further finds as they are.
   *
   * @param image the decoded image, before it is pasted into a start image and upscaled
   * @return an image of the same size
   */
  Raster paint(ImageRun run, Raster image) {
    if (part.details().isEmpty()) {
      return image;
    }
    Optional<Raster> inpainted = inpainted(image);
    if (inpainted.map(DetailMasks::isBlack).orElse(false)) {
      return image;
    }
    Optional<Raster> within = inpainted.filter(mask -> !isCutOut());
    Raster painted = image;
    ImageRun now = run.finished();
    for (DetailPlan detail : part.details()) {
      if (progress.early().isRequested()) {
        break;
      }
      List<Supplier<Raster>> masks = masks(detail, run, painted, within);
      now = now.with(steps(detail, masks.size()));
      for (int i = 0; i < masks.size() && !(i > 0 && progress.early().isRequested()); i++) {
        Optional<PassPlan> pass = detail.find(i);
        if (pass.isPresent()) {
          int seed = detail.detail().sameSeed() ? 0 : i;
          painted = paint(detail, pass.get(), painted, masks.get(i).get(), now.detail(seed));
          now = now.after(pass.get().steps());
        }
      }
    }
    return painted;
  }

  private static int steps(DetailPlan detail, int finds) {
    int steps = 0;
    for (int i = 0; i < finds; i++) {
      steps += detail.find(i).map(PassPlan::steps).orElse(0);
    }
    return steps;
  }

  private List<Supplier<Raster>> masks(
      DetailPlan detail, ImageRun run, Raster image, Optional<Raster> within) {
    progress.stopIfCancelled();
    String name = detail.detector().name();
    Detector detector = detail.detector().open();
    List<Supplier<Raster>> masks;
    try {
      List<Found> finds = detector.find(image.toImage(), detail.detail().confidence());
      masks =
          new DetailMasks(detail.detail(), image.width(), image.height())
              .of(FoundFilter.of(finds, detail.detail(), image.width(), image.height()), within);
    } catch (GenerationCancelledException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new StableDiffusionException(
          "detector '%s' failed on image %s: %s"
              .formatted(
                  name,
                  run.index() + 1,
                  Optional.ofNullable(e.getMessage()).orElse(e.getClass().getSimpleName())),
          e);
    }
    progress.stopIfCancelled();
    if (masks.isEmpty()) {
      networks.foundNothing(
          "detail pass '%s' found nothing in image %s (confidence %s)"
              .formatted(
                  detail.detail().detector(),
                  run.index() + 1,
                  Decimals.text(detail.detail().confidence())));
    }
    return masks;
  }

  private Raster paint(DetailPlan detail, PassPlan pass, Raster image, Raster mask, ImageRun find) {
    RequestPlan own =
        new RequestPlan(
            plan.model(),
            pass.spec(),
            Optional.of(detail.source(image.toImage(), rgb(mask))),
            pass.size(),
            find.seeds(),
            List.of(),
            List.of());
    ImageSize size = pass.size();
    Canvas canvas =
        Canvas.of(own.source().orElseThrow(), size, plan.model().family().sizeMultiple());
    DenoisingPass denoising = new DenoisingPass(plan.model(), pass, canvas.regions(), progress);
    Decoding decoding =
        new Decoding(plan.model(), pass.spec(), Optional.of(canvas), networks, progress);
    try (NDManager ofFind = scope.newSubManager()) {
      Raster decoded =
          plan.model()
              .networks()
              .drawing(
                  size,
                  () -> {
                    // Encoded prompts outlast the find.
                    denoising.prepare(networks, scope);
                    StartInputs inputs =
                        StartInputs.encode(
                            own,
                            part.ofDetail(detail, pass),
                            Optional.of(canvas),
                            progress,
                            ofFind);
                    float[] latent =
                        denoising.sample(List.of(find), inputs.first(1), networks, ofFind).get(0);
                    return decoding.decode(find.index(), latent, size, ofFind);
                  });
      Raster drawn = decoding.finish(decoded);
      return drawn.isAsLargeAs(image)
          ? drawn
          : Framing.stretch(drawn, image.width(), image.height());
    }
  }

  private static Image rgb(Raster mask) {
    byte[] rgb = new byte[3 * mask.samples().length];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = mask.samples()[i / 3];
    }
    return Image.of(mask.width(), mask.height(), rgb);
  }

  private Optional<Inpainting> inpainting() {
    return plan.source().flatMap(ImageToImage::inpainting);
  }

  private boolean isCutOut() {
    return inpainting().map(Inpainting::onlyMasked).orElse(false);
  }

  /** Returns the mask of an inpainting request, brought to the size of its image. */
  private Optional<Raster> inpainted(Raster image) {
    return inpainting()
        .map(
            area -> {
              Raster grey = Raster.of(area.mask()).grey();
              return Framing.frame(
                  plan.source().orElseThrow().resizeMode(),
                  area.inverted() ? grey.inverted() : grey,
                  new ImageSize(image.width(), image.height()));
            });
  }
}
