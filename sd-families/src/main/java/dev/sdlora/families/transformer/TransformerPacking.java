package dev.sdlora.families.transformer;

import dev.sdlora.families.network.IntegerPacking;
import dev.sdlora.tensors.natives.Processor;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.Packer;
import dev.sdlora.tensors.weights.Packing;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Decides about the packing of the large matrices of transformers. */
public final class TransformerPacking {
  /** The tokens of an image of 512×512 pixels. */
  private static final int IMAGE = 1024;

  /** The tokens of a prompt. */
  private static final int TEXT = 512;

  private TransformerPacking() {}

  /**
   * Whether packed weights are supported here and faster than plain ones. With AMX they are not:
   * libtorch multiplies by plain bfloat16 matrices of these sizes faster than by packed ones.
   */
  public static boolean isFaster(Torch torch, ScalarType type) {
    boolean tiles = type == ScalarType.BFLOAT16 && Processor.hasAmx();
    return !tiles && Packer.isSupported(torch, type);
  }

  /**
   * Returns packings with the blocks' matrices in integers. The others are packed if that is
   * faster, or if they are cut, because the programs expect the same parts everywhere.
   *
   * @param packings the packings without integers
   * @param shapes the shapes of all weights
   */
  public static Map<String, Packing> inIntegers(
      Torch torch, ScalarType type, Map<String, Packing> packings, Map<String, List<Long>> shapes) {
    Map<String, Packing> all = new LinkedHashMap<>(IntegerPacking.of(packings, shapes));
    if (!isFaster(torch, type)) {
      all.values().removeIf(packing -> packing instanceof Packing.Linear);
    }
    return all;
  }

  /** Cuts the hidden layer of an MLP into chunks of the width of a token. */
  public static List<Long> chunks(long inner, long width) {
    return inner % width == 0
        ? Collections.nCopies(Math.toIntExact(inner / width), width)
        : List.of(inner);
  }

  /**
   * Returns the number of rows that a matrix is multiplied by; the name shows whether they are of
   * image or text.
   */
  public static int rows(String name) {
    if (name.startsWith("single_")) {
      return IMAGE + TEXT;
    }
    boolean text =
        name.startsWith("context_")
            || name.contains(".ff_context.")
            || name.contains(".add_")
            || name.contains(".to_add_out.");
    return text ? TEXT : IMAGE;
  }
}
