package dev.sdlora.pipeline.control;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.pipeline.denoise.DeepCache;
import dev.sdlora.pipeline.denoise.NoisePredictor;
import dev.sdlora.pipeline.denoise.NoisePredictor.Batch;
import dev.sdlora.pipeline.network.Residuals;
import dev.sdlora.pipeline.network.UNet;
import dev.sdlora.pipeline.raster.Framing;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.tensors.torch.Closing;
import dev.sdlora.tensors.torch.Torch;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The control units of one request. Used by one thread. */
public final class Controls implements AutoCloseable {
  private final List<LoadedUnit> units = new ArrayList<>();
  private final List<ControlNets.Loaded> owned = new ArrayList<>();
  private final NDManager memory;
  private NDManager made;
  private List<Active> read = List.of();
  private @Nullable ImageSize readFor;
  private double share;

  /**
   * No images yet.
   *
   * @param memory what is made of the images; closed with this
   */
  Controls(NDManager memory) {
    this.memory = memory;
    this.made = memory.newSubManager();
  }

  /** An image and the network that reads it. */
  private record LoadedUnit(ControlUnit unit, ControlNetwork network) {}

  /** What has been read of an image, and when it acts. */
  private record Active(ControlUnit unit, ControlNetwork.Control control) {
    boolean at(double share) {
      return unit.start() <= share && share <= unit.end();
    }
  }

  void add(ControlUnit unit, ControlNetwork network) {
    units.add(new LoadedUnit(unit, network));
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

  private List<Active> active() {
    return read.stream().filter(each -> each.at(share)).toList();
  }

  /**
   * A U-Net that follows the images, until one for another size is asked for.
   *
   * @param size of the images to make; those to follow are brought to it
   * @param tiling which edges continue at the opposite edge, for the ControlNets too
   * @param cache what is kept of a call for others; calls that take from it ask no network beside
   *     the U-Net
   */
  public NoisePredictor over(UNet unet, ImageSize size, Tiling tiling, DeepCache cache) {
    if (!size.equals(readFor)) {
      made.close();
      made = memory.newSubManager();
      read = units.stream().map(each -> read(each, size, tiling)).toList();
      readFor = size;
    }
    UNet seamless = unet.tiling(tiling);
    return (batch, scope) -> {
      List<Active> acting = active();
      return cache.predict(seamless, batch, acting, () -> residuals(acting, batch, scope), scope);
    };
  }

  private static Residuals residuals(List<Active> acting, Batch batch, NDManager scope) {
    Residuals sum = Residuals.NONE;
    for (Active each : acting) {
      sum = sum.and(each.control.residuals(batch, scope));
    }
    return sum;
  }

  private Active read(LoadedUnit each, ImageSize size, Tiling tiling) {
    try (NDArray picture = image(each.unit, size, memory)) {
      return new Active(each.unit, each.network.read(each.unit, picture, tiling, made));
    }
  }

  private static NDArray image(ControlUnit unit, ImageSize size, NDManager scope) {
    Raster fitted = Framing.frame(unit.resizeMode(), Raster.of(unit.image()), size);
    float[] planes = fitted.planes();
    for (int i = 0; i < planes.length; i++) {
      planes[i] = planes[i] * 0.5f + 0.5f;
    }
    return Torch.floats(scope, planes, 1, 3, size.height(), size.width());
  }

  @Override
  public void close() {
    Closing.all(memory::close, () -> Closing.all(owned, ControlNets.Loaded::close), owned::clear);
  }
}
