package dev.sdlora.families.zimage;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.families.transformer.DiffusionTransformer;
import dev.sdlora.families.transformer.TransformerPacking;
import dev.sdlora.families.transformer.TransformerPrograms;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import dev.sdlora.tensors.weights.Packing;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The transformer of Z-Image (Tongyi Lab 2025), which reads image and text in one sequence. Its
 * values exceed the range of float16.
 */
final class ZImageTransformer implements DiffusionTransformer {
  /** The TorchScript source of its methods. */
  public static final List<Program.Source> METHODS =
      Program.Source.beside(ZImageTransformer.class, "z_image.torchscript.py");

  /** Functions of its own that gradients can pass through. */
  static final List<Program.Source> PARTS =
      Program.Source.beside(ZImageTransformer.class, "z_image_parts.torchscript.py");

  private static final List<Program.Source> BLOCKS =
      Program.Source.beside(ZImageTransformer.class, "z_image_blocks.torchscript.py");

  /** The number of tokens for which weights are packed: an image of 512² and a short text. */
  private static final int TOKENS = 1056;

  private final Program program;
  private final ZImageConfig config;
  private final LiveWeights weights;
  private final Supplier<TensorDict> dict;

  /** Creates a transformer; the weights are not closed with it. */
  public ZImageTransformer(Torch torch, ZImageConfig config, LiveWeights weights) {
    this(
        Program.load(
            torch,
            METHODS,
            TransformerPrograms.functions(weights, Program.Source.join(List.of(PARTS, BLOCKS)))),
        config,
        weights,
        weights::dict);
  }

  private ZImageTransformer(
      Program program, ZImageConfig config, LiveWeights weights, Supplier<TensorDict> dict) {
    this.program = program;
    this.config = config;
    this.weights = weights;
    this.dict = dict;
  }

  /**
   * Returns the packed layouts of the weights, by name: all matrices by which every token is
   * multiplied; use them if they are {@linkplain TransformerPacking#isFaster faster}.
   */
  public static Map<String, Packing> packings(ZImageConfig config) {
    Map<String, Packing> packings = new LinkedHashMap<>();
    config
        .weights()
        .forEach(
            (name, shape) -> {
              if (shape.size() == 2
                  && (name.contains(".attention.") || name.contains(".feed_forward."))) {
                packings.put(name, new Packing.Linear(TOKENS));
              }
            });
    return packings;
  }

  @Override
  public ZImageTransformer reading(Supplier<TensorDict> other) {
    return new ZImageTransformer(program, config, weights, other);
  }

  /** The dimensions of the transformer. */
  public ZImageConfig config() {
    return config;
  }

  @Override
  public LiveWeights weights() {
    return weights;
  }

  /**
   * {@inheritDoc}
   *
   * @param input latents of even height and width, no references
   * @throws IllegalArgumentException if there are references or sides are odd, or a number of
   *     tokens is outside its range
   */
  @Override
  public NDArray predict(Input input, NDManager scope) {
    long[] shape = input.latents().getShape().getShape();
    if (!input.references().isEmpty()) {
      throw new IllegalArgumentException(
          "%s reference images, expected none: Z-Image reads text only"
              .formatted(input.references().size()));
    }
    if (shape[2] % ZImageConfig.PATCH != 0 || shape[3] % ZImageConfig.PATCH != 0) {
      throw new IllegalArgumentException(
          "a latent of %s x %s, expected an even height and width".formatted(shape[2], shape[3]));
    }
    long most = input.context().getShape().get(1);
    if (input.tokens().size() != shape[0]
        || input.tokens().stream().anyMatch(n -> n < 1 || n > most)) {
      throw new IllegalArgumentException(
          "%s text tokens for a batch of %s, expected a number from 1 to %s for each row"
              .formatted(input.tokens(), shape[0], most));
    }
    return program
        .call("predict")
        .tensor(input.latents())
        .tensor(input.sigmas())
        .tensor(input.context())
        .tensors(dict.get())
        .integers(input.tokens().stream().mapToLong(Integer::longValue).toArray())
        .integer(config.heads())
        .integers(config.axes().stream().mapToLong(Integer::longValue).toArray())
        .number(config.theta())
        .run(scope);
  }
}
