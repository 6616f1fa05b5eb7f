package dev.sdlora.families.network;

import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.StoredFormat;
import java.util.List;

/** Selects the functions by which programs read the weights of layers. */
public final class WeightReading {
  /** The source of the functions that read weights held in the dtype of the computation. */
  static final List<Program.Source> PLAIN =
      Program.Source.beside(WeightReading.class, "weight.torchscript.py");

  private static final List<Program.Source> STORED =
      Program.Source.join(
          List.of(
              Program.Source.beside(WeightReading.class, "stored_weight.torchscript.py"),
              Program.Source.beside(StoredFormat.class, "widening.torchscript.py")));

  private WeightReading() {}

  /** Returns the sources for the formats in which weights are held. */
  public static List<Program.Source> of(LiveWeights weights) {
    return of(weights.isStored());
  }

  /**
   * Returns the sources for weights.
   *
   * @param isStored whether some are held in another format than that of the computation
   */
  public static List<Program.Source> of(boolean isStored) {
    return isStored ? STORED : PLAIN;
  }
}
