package dev.sdlora.pipeline.control;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.error.CheckpointException;
import dev.sdlora.api.error.ErrorDetails;
import dev.sdlora.api.image.ControlUnit;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.api.value.UnionType;
import dev.sdlora.families.denoise.NoisePredictor.Batch;
import dev.sdlora.families.network.Residuals;
import dev.sdlora.families.network.control.ControlNetUnion;
import dev.sdlora.families.network.control.ControlNetUnion.Shown;
import dev.sdlora.tensors.torch.Torch;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * A ControlNet Union. As in diffusers, the active units of a request with the same network and mode
 * share one call of it, in which their weights scale the encoded images; the weight of a single
 * unit scales the outputs. A1111's extension calls the network once for each unit and adds up the
 * outputs.
 *
 * @param network the network
 */
record UnionNetwork(ControlNetUnion network) implements ControlNetwork {

  @Override
  public OptionalInt types() {
    return OptionalInt.of(network.config().types());
  }

  @Override
  public Control read(ControlUnit unit, NDArray image, Tiling tiling, NDManager memory) {
    ControlNetUnion seamless = network.tiling(tiling);
    Shown shown =
        new Shown(
            seamless.hint(image, memory),
            type(unit, network.config().types()).number(),
            unit.weight());
    return new Images(seamless, network, unit.mode(), List.of(shown));
  }

  /**
   * Checks that the type of a unit is known and that the network has it.
   *
   * @param types the number of types of the network
   * @throws IllegalArgumentException if neither the unit nor its preprocessor says the type
   * @throws CheckpointException if the network lacks the type
   */
  static void require(ControlUnit unit, int types) {
    UnionType type = type(unit, types);
    if (type.number() >= types) {
      throw new CheckpointException(
          "ControlNet Union '%s' has no type '%s'; it has %s, and files of ProMax have %s too"
              .formatted(
                  unit.network(),
                  type.id(),
                  String.join(", ", UnionType.names(types)),
                  String.join(
                      " and ", UnionType.names(UnionType.PROMAX).subList(types, UnionType.PROMAX))),
          ErrorDetails.in(unit.network()));
    }
  }

  private static UnionType type(ControlUnit unit, int types) {
    return unit.unionType()
        .map(UnionType::parse)
        .or(() -> UnionType.ofPreprocessor(unit.preprocessor().name()))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "ControlNet Union '%s' reads several types of control images, and preprocessor '%s' does not show the type of this one; set unionType to one of %s"
                        .formatted(
                            unit.name(),
                            unit.preprocessor().name(),
                            String.join(", ", UnionType.names(types)))));
  }

  /**
   * Control images for one call.
   *
   * @param seamless the network with the request's tiling
   * @param of the network without tiling, which identifies it
   * @param mode the mode of all units
   * @param shown the encoded images
   */
  private record Images(
      ControlNetUnion seamless, ControlNetUnion of, ControlUnit.Mode mode, List<Shown> shown)
      implements Control {

    @Override
    public Optional<Control> with(Control other) {
      return other instanceof Images more && more.of == of && more.mode == mode
          ? Optional.of(
              new Images(
                  seamless, of, mode, Stream.concat(shown.stream(), more.shown.stream()).toList()))
          : Optional.empty();
    }

    @Override
    public Residuals residuals(Batch batch, NDManager scope) {
      int outputs = of.config().base().outputs();
      double[] faded = Scales.ofControlNet(outputs);
      boolean single = shown.size() == 1;
      Shown first = shown.get(0);
      double weight = single ? first.weight() : 1;
      return new Residuals(
          seamless.residuals(
              batch.latents(),
              batch.times(),
              batch.context(),
              batch.added().vector(),
              single ? List.of(new Shown(first.hint(), first.type(), 1)) : shown,
              Torch.floats(scope, Scales.of(mode, weight, faded, batch), outputs, batch.size()),
              scope),
          List.of());
    }
  }
}
