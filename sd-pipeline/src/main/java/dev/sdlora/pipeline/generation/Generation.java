package dev.sdlora.pipeline.generation;

import ai.djl.ndarray.NDManager;
import dev.sdlora.api.GeneratedImage;
import dev.sdlora.api.GenerationListener;
import dev.sdlora.api.GenerationResult;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.families.memory.MemoryBudget;
import dev.sdlora.pipeline.canvas.Canvas;
import dev.sdlora.pipeline.canvas.RegionFrame;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.pipeline.request.ImageRun;
import dev.sdlora.pipeline.request.RequestPart;
import dev.sdlora.pipeline.request.RequestPlan;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * Draws the images of a plan: prepares, encodes, samples, decodes and finishes. Used by one thread.
 */
public record Generation(
    RequestPlan plan,
    RequestPart part,
    Progress progress,
    RequestNetworks networks,
    NDManager scope,
    Optional<Canvas> canvas,
    DenoisingPass first,
    DetailLoop details) {
  private static Generation of(
      RequestPlan plan,
      RequestPart part,
      Progress progress,
      RequestNetworks networks,
      NDManager scope) {
    Optional<Canvas> canvas =
        plan.source()
            .map(given -> Canvas.of(given, plan.size(), plan.model().family().sizeMultiple()));
    RegionFrame regions = canvas.map(Canvas::regions).orElse(RegionFrame.whole(plan.size()));
    DenoisingPass first = new DenoisingPass(plan.model(), part.first(), regions, progress);
    DetailLoop details = new DetailLoop(plan, part, progress, networks, scope);
    return new Generation(plan, part, progress, networks, scope, canvas, first, details);
  }

  /**
   * Draws all images, one part after another. Each part starts when its memory is available.
   *
   * @param cancelled whether the caller has cancelled the request
   * @throws dev.sdlora.api.error.ResourceException if there is not enough memory
   */
  public static GenerationResult run(
      RequestPlan plan, GenerationListener listener, BooleanSupplier cancelled) {
    Progress progress = new Progress(listener, cancelled);
    Results results = new Results(plan.model(), listener);
    MemoryBudget budget = plan.model().memory().budget();
    for (int i = 0; i < plan.parts().size() && (i == 0 || !progress.early().isRequested()); i++) {
      RequestPart part = plan.parts().get(i);
      boolean isLast = i == plan.parts().size() - 1;
      budget.within(
          part.need(plan.model(), results.keepsImages()),
          Failures.numbers(plan.spec(), Optional.of(plan.size())),
          cancelled,
          () -> run(plan, part, isLast, progress, results));
    }
    return results.end();
  }

  private static Results run(
      RequestPlan plan, RequestPart part, boolean isLast, Progress progress, Results results) {
    long start = System.nanoTime();
    try (RequestNetworks networks =
            RequestNetworks.open(plan.model(), part.spec().controlUnits(), progress);
        NDManager scope = plan.model().networks().torch().scope()) {
      of(plan, part, progress, networks, scope).draw(results);
      progress.stopIfCancelled();
      results.partEnd(plan, part, networks, progress.early().isNow(), System.nanoTime() - start);
      if (isLast || progress.early().isNow()) {
        results.end();
      }
      networks.keep();
      return results;
    }
  }

  private void draw(Results results) {
    StartInputs inputs = plan.model().networks().drawing(part.size(), this::prepare);
    boolean isFirst = true;
    for (List<ImageRun> batch : part.batches()) {
      if (!isFirst && progress.early().isRequested()) {
        break;
      }
      isFirst = false;
      batch.forEach(image -> progress.listener().imageStart(image.index(), image.seeds().seed()));
      Latents latents = plan.model().networks().drawing(part.size(), () -> sample(batch, inputs));
      for (int i = 0; i < batch.size(); i++) {
        results.add(finish(batch, i, latents));
      }
    }
  }

  private StartInputs prepare() {
    networks.encode(part.spec().imagePrompts());
    first.prepare(networks, scope);
    HiresPass.encodeAhead(plan.model(), part, progress, networks, scope);
    details.prepare();
    return StartInputs.encode(plan, part, canvas, progress, scope);
  }

  /** The latents of images, each [channels][height / 8][width / 8], and the size of the images. */
  private record Latents(List<float[]> each, ImageSize size) {}

  private Latents sample(List<ImageRun> batch, StartInputs inputs) {
    List<float[]> latents = first.sample(batch, inputs.first(batch.size()), networks, scope);
    if (part.hires().isEmpty() || progress.early().isRequested()) {
      return new Latents(latents, plan.size());
    }
    HiresPass second = new HiresPass(plan.model(), part.hires().get(), progress);
    return new Latents(
        second.refine(batch, latents, inputs.hiresChannels(), inputs.references(), networks, scope),
        part.size());
  }

  private GeneratedImage finish(List<ImageRun> batch, int position, Latents latents) {
    ImageRun run = batch.get(position);
    Decoding decoding = new Decoding(plan.model(), part.spec(), canvas, networks, progress);
    float[] latent = latents.each().get(position);
    Raster decoded =
        plan.model()
            .networks()
            .drawing(part.size(), () -> decoding.decode(run.index(), latent, latents.size, scope));
    GeneratedImage image =
        new GeneratedImage(
            decoding.finish(details.paint(run, decoded)).toImage(),
            run.seeds().seed(),
            ResultSettings.infotext(plan, part, batch, position, networks));
    progress.listener().imageEnd(run.index(), image);
    return image;
  }
}
