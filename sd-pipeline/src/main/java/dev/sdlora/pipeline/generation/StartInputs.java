package dev.sdlora.pipeline.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.Image;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.families.network.Prediction;
import dev.sdlora.families.network.UNetConfig;
import dev.sdlora.pipeline.canvas.Canvas;
import dev.sdlora.pipeline.canvas.CanvasEncoder;
import dev.sdlora.pipeline.canvas.StartLatent;
import dev.sdlora.pipeline.model.Model;
import dev.sdlora.pipeline.request.HiresPlan;
import dev.sdlora.pipeline.request.Repainting;
import dev.sdlora.pipeline.request.RequestPart;
import dev.sdlora.pipeline.request.RequestPlan;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The encoded start image of a request, the same for all its images.
 *
 * @param start the start latent of the first pass
 * @param channels the additional channels that an inpainting or editing model reads in the first
 *     pass
 * @param hiresChannels the additional channels of the second pass
 * @param references the latents of reference images, for passes that do not read them as control
 *     images
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
record StartInputs(
    Optional<StartLatent> start,
    Optional<float[]> channels,
    Optional<float[]> hiresChannels,
    List<NDArray> references) {

  /** Returns the input of the first pass for a number of images. */
  PassInput first(int images) {
    return new PassInput(
        start.map(each -> Collections.nCopies(images, each)).orElse(List.of()),
        channels,
        references);
  }

  /** Encodes the start image with the VAE. */
  static StartInputs encode(
      RequestPlan plan,
      RequestPart part,
      Optional<Canvas> canvas,
      Progress progress,
      NDManager scope) {
    progress.stopIfCancelled();
    Model model = plan.model();
    return model
        .memory()
        .withVae(
            part.spec(),
            plan.size(),
            vae ->
                encode(
                    new CanvasEncoder(vae, model.networks().latentResizing()),
                    plan,
                    part,
                    canvas,
                    progress,
                    scope));
  }

  private static StartInputs encode(
      CanvasEncoder encoder,
      RequestPlan plan,
      RequestPart part,
      Optional<Canvas> canvas,
      Progress progress,
      NDManager scope) {
    Optional<float[]> channels = Optional.empty();
    Optional<float[]> hiresChannels = Optional.empty();
    ImageSize size = plan.size();
    Optional<ImageSize> hires = part.hires().map(HiresPlan::size);
    Optional<UNetConfig> unet = plan.model().family().unetConfig();
    if (unet.map(UNetConfig::isEditing).orElse(false)) {
      int count = unet.orElseThrow().outChannels();
      boolean scaled = plan.model().family().prediction() == Prediction.EDM_V;
      channels = Optional.of(encoder.edited(canvas, size, count, scaled, scope));
      hiresChannels =
          hires.map(second -> encoder.edited(Optional.empty(), second, count, scaled, scope));
    }
    if (unet.map(UNetConfig::isInpainting).orElse(false)) {
      double maskWeight = part.repainting().map(Repainting::conditioningMaskWeight).orElse(1.0);
      channels = Optional.of(encoder.channels(canvas, size, maskWeight, scope));
      hiresChannels = hires.map(second -> encoder.channels(Optional.empty(), second, 1, scope));
    }
    if (plan.model().family().fillsMasks()) {
      double maskWeight = part.repainting().map(Repainting::conditioningMaskWeight).orElse(1.0);
      channels = Optional.of(encoder.filled(canvas, size, maskWeight, scope));
      hiresChannels = hires.map(second -> encoder.filled(Optional.empty(), second, 1, scope));
    }
    Optional<Image> control = part.first().control();
    if (control.isPresent()) {
      channels = Optional.of(encoder.control(control.get(), size, scope));
    }
    Optional<Image> hiresControl = part.hires().flatMap(second -> second.pass().control());
    if (hiresControl.isPresent()) {
      hiresChannels = hires.map(second -> encoder.control(hiresControl.get(), second, scope));
    }
    progress.stopIfCancelled();
    Optional<StartLatent> start = canvas.map(given -> encoder.encode(given, size, scope));
    return new StartInputs(
        start,
        channels,
        hiresChannels,
        part.passes().stream().allMatch(pass -> pass.control().isPresent())
            ? List.of()
            : ReferenceLatents.encode(part.spec(), encoder, progress, scope));
  }
}
