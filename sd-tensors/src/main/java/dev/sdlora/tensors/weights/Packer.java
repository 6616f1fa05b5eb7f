package dev.sdlora.tensors.weights;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.tensors.natives.Processor;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Converts weights to another layout and back. The values keep their bits; a packed tensor is
 * opaque, so only the operations for which it was made can read it.
 */
public final class Packer {
  private static final String WEIGHT = ".weight";
  private static final String SCALE = "_scale";
  private static final String INTEGER_PACKING = "int8_packing.torchscript.py";

  /** Relative to the largest result; a wrong one has the size of the result. */
  private static final double LARGEST_ERROR = 0.01;

  private static final Logger LOG = LoggerFactory.getLogger(Packer.class);
  private static final Map<ScalarType, Boolean> SUPPORTED = new EnumMap<>(ScalarType.class);
  private static final Map<ScalarType, Boolean> INTEGERS = new EnumMap<>(ScalarType.class);

  private final Torch torch;
  private @Nullable Program program;

  Packer(Torch torch) {
    this.torch = torch;
  }

  /**
   * Whether weights of a dtype can be packed here, determined by one small product of each kind:
   * libtorch for Apple's processors has no oneDNN, and oneDNN rejects bfloat16 on processors
   * without AVX-512.
   */
  public static boolean isSupported(Torch torch, ScalarType type) {
    synchronized (SUPPORTED) {
      return SUPPORTED.computeIfAbsent(type, format -> works(torch, format));
    }
  }

  /**
   * Whether there are {@linkplain Packing.Integers integer products} with results of a dtype: the
   * processor has instructions for them, and a small product and a small convolution are right.
   * Without such instructions oneDNN would be a thousand times slower, or saturate sums.
   */
  public static boolean hasIntegers(Torch torch, ScalarType type) {
    synchronized (INTEGERS) {
      return INTEGERS.computeIfAbsent(
          type, format -> Processor.hasIntegers() && areRight(torch, format));
    }
  }

  private static boolean works(Torch torch, ScalarType type) {
    try (Torch trial = torch.child();
        NDManager scope = trial.scope()) {
      new Packer(trial).program().call("products").integer(type.code()).run(scope);
      return true;
    } catch (EngineException e) {
      LOG.debug("weights in {} are not packed", type, e);
      return false;
    }
  }

  private static boolean areRight(Torch torch, ScalarType type) {
    try (Torch trial = torch.child();
        NDManager scope = trial.scope()) {
      NDArray error =
          Program.load(trial, Packer.class, INTEGER_PACKING)
              .call("largest_error")
              .integer(type.code())
              .run(scope);
      return error.toFloatArray()[0] < LARGEST_ERROR;
    } catch (EngineException e) {
      LOG.debug("weights in {} have no integer products", type, e);
      return false;
    }
  }

  /** Compiled on demand, because not every libtorch has these operations. */
  private Program program() {
    Program known = program;
    if (known == null) {
      known = Program.load(torch, Packer.class, "packing.torchscript.py");
      program = known;
    }
    return known;
  }

  /** Replaces tensors in a dictionary. */
  void replace(TensorDict dict, Map<String, NDArray> entries) {
    try (NDManager scope = torch.scope()) {
      entries.forEach(
          (name, tensor) ->
              program().call("replace").tensors(dict).text(name).tensor(tensor).run(scope));
    }
  }

  /**
   * Returns the packed form of a weight: one tensor, or one for each of its parts or forms.
   *
   * @param plain the weight in the layout of the file
   * @param owner the manager that will own the result
   */
  List<NDArray> pack(Packing packing, NDArray plain, NDManager owner) {
    if (packing instanceof Packing.Integers integers) {
      return packIntegers(integers.layout(), plain, owner);
    }
    if (packing instanceof Packing.Convolution conv) {
      return List.of(
          program()
              .call("pack_conv")
              .tensor(plain)
              .integer(conv.stride())
              .integer(conv.padding())
              .integers(conv.batch(), plain.getShape().get(1), conv.side(), conv.side())
              .run(owner));
    }
    if (packing instanceof Packing.Doubling doubling) {
      return program()
          .call("pack_doubling")
          .tensor(plain)
          .integer(doubling.batch())
          .integer(doubling.side())
          .runForList(owner);
    }
    return packLinear(program(), packing, plain, owner);
  }

  private List<NDArray> packIntegers(Packing layout, NDArray plain, NDManager owner) {
    Program integers = integers();
    if (layout instanceof Packing.Convolution conv) {
      return integers
          .call("pack_conv")
          .tensor(plain)
          .integer(conv.stride())
          .integer(conv.padding())
          .integers(conv.batch(), plain.getShape().get(1), conv.side(), conv.side())
          .runForList(owner);
    }
    return packLinear(integers, layout, plain, owner);
  }

  private Program integers() {
    return Program.load(torch, Packer.class, INTEGER_PACKING);
  }

  private static List<NDArray> packLinear(
      Program program, Packing packing, NDArray plain, NDManager owner) {
    if (packing instanceof Packing.Adjacent adjacent) {
      return packLinear(program, plain, 1, adjacent.rows(), adjacent.widths(), owner);
    }
    if (packing instanceof Packing.Stacked stacked) {
      return packLinear(program, plain, 0, stacked.rows(), stacked.heights(), owner);
    }
    long height = plain.getShape().get(0);
    return packing instanceof Packing.Gated gated
        ? packLinear(program, plain, 0, gated.rows(), List.of(height / 2, height / 2), owner)
        : packLinear(program, plain, 0, ((Packing.Linear) packing).rows(), List.of(height), owner);
  }

  private static List<NDArray> packLinear(
      Program program, NDArray plain, int dimension, int rows, List<Long> sizes, NDManager owner) {
    return program
        .call("pack_linear")
        .tensor(plain)
        .integer(dimension)
        .integers(sizes.stream().mapToLong(Long::longValue).toArray())
        .integer(rows)
        .runForList(owner);
  }

  /**
   * Returns a packed weight in the layout of the file.
   *
   * @param shape the shape of the weight
   */
  NDArray unpack(
      @Nullable Packing packing, List<NDArray> parts, List<Long> shape, NDManager scope) {
    boolean rounded = packing instanceof Packing.Integers;
    Packing layout = layout(packing);
    List<NDArray> all = layout instanceof Packing.Doubling ? parts.subList(0, 1) : parts;
    return (rounded ? integers() : program())
        .call("unpack")
        .list(all.toArray(NDArray[]::new))
        .integer(layout instanceof Packing.Adjacent ? 1 : 0)
        .integers(shape.stream().mapToLong(Long::longValue).toArray())
        .run(scope);
  }

  /**
   * Returns the name of one of the tensors of a weight that is packed as several.
   *
   * @param part its index, from 0
   */
  static String name(@Nullable Packing packing, String name, int part) {
    if (packing instanceof Packing.Integers integers) {
      String weight = name(integers.layout(), name, part / 2);
      return part % 2 == 0 ? weight : weight + SCALE;
    }
    if (part == 0) {
      return name;
    }
    String suffix =
        packing instanceof Packing.Doubling
            ? "doubling"
            : packing instanceof Packing.Gated ? "gate" : String.valueOf(part);
    return name.substring(0, name.length() - WEIGHT.length()) + "." + suffix + WEIGHT;
  }

  /** Returns the layout of a weight that is not rounded. */
  static @Nullable Packing layout(@Nullable Packing packing) {
    return packing instanceof Packing.Integers integers ? integers.layout() : packing;
  }

  /** Returns the number of additional elements in the second form of a weight. */
  static long repeated(Packing packing, long numbers) {
    return packing instanceof Packing.Doubling ? numbers / 9 * 16 : 0;
  }
}
