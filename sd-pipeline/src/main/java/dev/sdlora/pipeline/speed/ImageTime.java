package dev.sdlora.pipeline.speed;

import dev.sdlora.api.Checkpoint;
import dev.sdlora.api.Precision;
import dev.sdlora.api.PromptSpec;
import dev.sdlora.api.TimeEstimate;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.families.checkpoint.CheckpointReader;
import dev.sdlora.families.checkpoint.transformer.ModelFiles;
import dev.sdlora.pipeline.model.PrecisionChoice;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.ThreadLimit;
import dev.sdlora.tensors.torch.Torch;
import java.time.Duration;

/** Estimates how long an image takes on this machine's processor. */
public final class ImageTime {
  private static final String DEVICE = "cpu";

  /** The side of the matrices: their product takes a tenth of a second on two cores. */
  private static final int SIDE = 2048;

  private ImageTime() {}

  /** Estimates the time for an image with the defaults of a checkpoint. */
  public static TimeEstimate of(Checkpoint checkpoint) {
    ModelFiles files = CheckpointReader.open(checkpoint);
    PromptSpec spec = checkpoint.defaults();
    ImageSize size = checkpoint.defaultSize();
    ScalarType type = PrecisionChoice.of(files, Precision.AUTO, DEVICE);
    long pixels = (long) size.width() * size.height();
    int calls = spec.sampler().secondOrder() ? 2 * spec.steps() : spec.steps();
    int rows = spec.cfgScale() == 1 ? 1 : 2;
    ImageWork work = ImageWork.of(files, (int) Math.round(Math.sqrt((double) pixels)), calls, rows);
    try (Torch torch = Torch.open(DEVICE)) {
      return ThreadLimit.draw(
          files.size(),
          pixels,
          () -> {
            double seconds = work.seconds(ProductRate.of(torch, SIDE, type));
            return new TimeEstimate(
                Duration.ofMillis(Math.round(1e3 * seconds)),
                size,
                spec.steps(),
                PrecisionChoice.precision(type),
                Torch.threads());
          });
    }
  }
}
