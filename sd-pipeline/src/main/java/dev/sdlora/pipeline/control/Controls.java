package dev.sdlora.pipeline.control;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.ImageSize;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.families.denoise.DeepCache;
import dev.sdlora.families.denoise.NoisePredictor;
import dev.sdlora.families.denoise.NoisePredictor.Batch;
import dev.sdlora.families.network.Residuals;
import dev.sdlora.families.network.UNet;
import dev.sdlora.pipeline.preprocess.ControlImages;
import dev.sdlora.pipeline.raster.Framing;
import dev.sdlora.pipeline.raster.Raster;
import dev.sdlora.tensors.torch.Closing;
import dev.sdlora.tensors.torch.Torch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The control units of one request. Used by one thread. */
public final class Controls implements AutoCloseable {
  private final List<LoadedUnit> units = new ArrayList<>();
  private final List<ControlNets.Loaded> owned = new ArrayList<>();
  private final NDManager memory;
  private final List<Path> preprocessors;
  private NDManager made;
  private List<Active> read = List.of();
  private @Nullable ImageSize readFor;
  private double share;

  /**
   * Creates an empty set of units.
   *
   * @param memory owns the encoded images; closed with this
   * @param preprocessors folders with the networks of preprocessors
   */
  Controls(NDManager memory, List<Path> preprocessors) {
    this.memory = memory;
    this.preprocessors = preprocessors;
    this.made = memory.newSubManager();
  }

  /** A unit and the network that encodes its image. */
  private record LoadedUnit(ControlUnit unit, ControlNetwork network) {}

  /** An encoded control image and its unit, which says when it is active. */
  private record Active(ControlUnit unit, ControlNetwork.Control control) {
    boolean at(double share) {
      return unit.start() <= share && share <= unit.end();
    }
  }

  void add(ControlUnit unit, ControlNetwork network) {
    units.add(new LoadedUnit(unit, network));
  }

  /** Takes ownership of a network. */
  void own(ControlNets.Loaded loaded) {
    owned.add(loaded);
  }

  /**
   * Sets the next step. As in A1111's extension, a unit is active if the fraction of completed
   * steps is between its start and its end, both inclusive.
   *
   * @param step the index of the step, from 0
   * @param steps the number of steps
   */
  public void step(int step, int steps) {
    share = (double) step / steps;
  }

  /** Returns the warnings about types of units whose network is not a ControlNet Union. */
  public List<String> warnings() {
    return units.stream()
        .filter(each -> each.network.types().isEmpty())
        .flatMap(each -> each.unit.unionType().map(type -> ignored(each.unit, type)).stream())
        .toList();
  }

  private static String ignored(ControlUnit unit, String type) {
    return "type '%s' of a control unit has no effect, because '%s' is not a ControlNet Union"
        .formatted(type, unit.name());
  }

  private List<Active> active() {
    return read.stream().filter(each -> each.at(share)).toList();
  }

  /**
   * Returns a U-Net guided by the control images; valid until this is called with another size.
   *
   * @param size the size of the generated images, to which control images are scaled
   * @param tiling the edges that continue at the opposite edge, also for the ControlNets
   * @param cache the cached features; calls that use them run no network but the U-Net
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
    for (ControlNetwork.Control each : calls(acting)) {
      sum = sum.and(each.residuals(batch, scope));
    }
    return sum;
  }

  /** Returns the control images with those that one network reads in one call put together. */
  private static List<ControlNetwork.Control> calls(List<Active> acting) {
    List<ControlNetwork.Control> calls = new ArrayList<>();
    for (Active each : acting) {
      boolean joined = false;
      for (int i = 0; i < calls.size() && !joined; i++) {
        Optional<ControlNetwork.Control> both = calls.get(i).with(each.control);
        joined = both.isPresent();
        calls.set(i, both.orElse(calls.get(i)));
      }
      if (!joined) {
        calls.add(each.control);
      }
    }
    return calls;
  }

  private Active read(LoadedUnit each, ImageSize size, Tiling tiling) {
    try (NDArray image = image(each.unit, size, memory)) {
      return new Active(each.unit, each.network.read(each.unit, image, tiling, made));
    }
  }

  private NDArray image(ControlUnit unit, ImageSize size, NDManager scope) {
    Raster made =
        ControlImages.make(
            unit.preprocessor(), Raster.of(unit.image()), unit.resizeMode(), size, preprocessors);
    Raster fitted = Framing.frame(unit.resizeMode(), made, size);
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
