package dev.sdlora.pipeline.control;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.ControlUnit;
import dev.sdlora.api.ImageSize;
import dev.sdlora.api.Picture;
import dev.sdlora.api.Tiling;
import dev.sdlora.pipeline.denoise.NoisePredictor;
import dev.sdlora.pipeline.network.ControlNet;
import dev.sdlora.pipeline.network.UNet;
import dev.sdlora.pipeline.raster.Framing;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.tensors.torch.Torch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The pictures that one request follows. Used by one thread. */
public final class Controls implements AutoCloseable {
  /** From each output of a ControlNet to the next one outside it, where the prompt matters more. */
  private static final double FADING = 0.825;

  private final List<Followed> followed = new ArrayList<>();
  private final List<ControlNets.Loaded> owned = new ArrayList<>();
  private final NDManager memory;
  private List<Guide> guides = List.of();
  private @Nullable ImageSize guided;
  private double share;

  /**
   * No pictures yet.
   *
   * @param memory what is made of the pictures; closed with this
   */
  Controls(NDManager memory) {
    this.memory = memory;
  }

  /** A picture and the network that reads it. */
  private record Followed(ControlUnit unit, ControlNet network) {}

  void add(ControlUnit unit, ControlNet network) {
    followed.add(new Followed(unit, network));
  }

  /** Takes a network that is to be freed with this. */
  void own(ControlNets.Loaded loaded) {
    owned.add(loaded);
  }

  /**
   * Tells which step comes. As in A1111's extension a unit acts when the share of the steps that
   * are done is from its start to its end, both included.
   *
   * @param step its number, from 0
   * @param steps how many there are
   */
  public void step(int step, int steps) {
    share = (double) step / steps;
  }

  /**
   * A U-Net that follows the pictures, until one for another size is asked for.
   *
   * @param size of the pictures to make; those to follow are brought to it
   * @param tiling which edges continue at the opposite edge, for the ControlNets too
   */
  public NoisePredictor over(UNet unet, ImageSize size, Tiling tiling) {
    if (!size.equals(guided)) {
      guides.forEach(guide -> guide.hint.close());
      guides = followed.stream().map(each -> guide(each, size, tiling)).toList();
      guided = size;
    }
    UNet seamless = unet.tiling(tiling);
    return (batch, scope) -> {
      List<NDArray> residuals = new ArrayList<>();
      for (Guide guide : guides) {
        if (guide.unit.start() <= share && share <= guide.unit.end()) {
          residuals.addAll(guide.residuals(batch, scope));
        }
      }
      return seamless.predict(batch.latents(), batch.times(), batch.context(), residuals, scope);
    };
  }

  private Guide guide(Followed each, ImageSize size, Tiling tiling) {
    ControlNet network = each.network.tiling(tiling);
    try (NDArray picture = picture(each.unit, size, memory)) {
      return new Guide(each.unit, network, network.hint(picture, memory));
    }
  }

  private static NDArray picture(ControlUnit unit, ImageSize size, NDManager scope) {
    Picture picture = unit.picture();
    Raster given = new Raster(picture.width(), picture.height(), 3, picture.rgb());
    Raster fitted =
        switch (unit.resizeMode()) {
          case JUST_RESIZE -> Framing.stretch(given, size.width(), size.height());
          case RESIZE_AND_FILL -> Framing.contain(given, size.width(), size.height());
          default -> Framing.cover(given, size.width(), size.height());
        };
    float[] planes = fitted.planes();
    for (int i = 0; i < planes.length; i++) {
      planes[i] = planes[i] * 0.5f + 0.5f;
    }
    return Torch.floats(scope, planes, 1, 3, size.height(), size.width());
  }

  /**
   * A network with what it has read of its picture.
   *
   * @param hint as {@link ControlNet#hint} gives it
   */
  private record Guide(ControlUnit unit, ControlNet network, NDArray hint) {

    List<NDArray> residuals(NoisePredictor.Batch batch, NDManager scope) {
      int rows = batch.rows();
      int outputs = network.config().outputs();
      float[] scales = new float[outputs * rows];
      for (int i = 0; i < scales.length; i++) {
        boolean negative = i % rows == 0 && batch.negativeFirst();
        scales[i] = (float) scale(outputs - 1 - i / rows, negative);
      }
      return network.residuals(
          batch.latents(),
          batch.times(),
          batch.context(),
          hint,
          Torch.floats(scope, scales, outputs, rows),
          scope);
    }

    /**
     * The factor on an output, by the rules of A1111's ControlNet extension.
     *
     * @param outwards how many outputs lie between it and the middle
     */
    private double scale(int outwards, boolean negative) {
      return switch (unit.mode()) {
        case BALANCED -> unit.weight();
        case PROMPT -> unit.weight() * Math.pow(FADING, outwards);
        case CONTROL -> negative ? 0 : unit.weight() * Math.pow(FADING, outwards);
      };
    }
  }

  @Override
  public void close() {
    memory.close();
    owned.forEach(ControlNets.Loaded::close);
    owned.clear();
  }
}
