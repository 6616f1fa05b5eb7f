package dev.sdlora.families.sd3;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import dev.sdlora.families.transformer.DiffusionTransformer;
import dev.sdlora.families.transformer.TransformerPrograms;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/**
 * The transformer of Stable Diffusion 3 and 3.5 (Esser et al. 2024), in which text and image have
 * weights of their own and one attention. All tokens of the context are read, so {@link
 * DiffusionTransformer.Input#tokens} has no effect.
 */
final class Sd3Transformer implements DiffusionTransformer {
  /** The TorchScript source of its method. */
  public static final List<Program.Source> METHODS =
      Program.Source.beside(Sd3Transformer.class, "sd3.torchscript.py");

  private final Program program;
  private final Sd3Config config;
  private final LiveWeights weights;
  private final Supplier<TensorDict> dict;

  /** Creates a transformer; the weights are not closed with it. */
  public Sd3Transformer(Torch torch, Sd3Config config, LiveWeights weights) {
    this(
        Program.load(
            torch,
            METHODS,
            TransformerPrograms.functions(
                weights, Program.Source.beside(Sd3Transformer.class, "sd3_parts.torchscript.py"))),
        config,
        weights,
        weights::dict);
  }

  private Sd3Transformer(
      Program program, Sd3Config config, LiveWeights weights, Supplier<TensorDict> dict) {
    this.program = program;
    this.config = config;
    this.weights = weights;
    this.dict = dict;
  }

  @Override
  public Sd3Transformer reading(Supplier<TensorDict> other) {
    return new Sd3Transformer(program, config, weights, other);
  }

  /** The dimensions of the transformer. */
  public Sd3Config config() {
    return config;
  }

  @Override
  public LiveWeights weights() {
    return weights;
  }

  /**
   * {@inheritDoc}
   *
   * @param input latents of even height and width, at most as large as the grid of positions, with
   *     the pooled text; no references
   * @throws IllegalArgumentException if there are references, or a side is odd or too large
   */
  @Override
  public NDArray predict(Input input, NDManager scope) {
    long[] shape = input.latents().getShape().getShape();
    if (!input.references().isEmpty()) {
      throw new IllegalArgumentException(
          "%s reference images, expected none: Stable Diffusion 3 reads text only"
              .formatted(input.references().size()));
    }
    int most = Sd3Config.PATCH * config.positions();
    if (shape[2] % Sd3Config.PATCH != 0
        || shape[3] % Sd3Config.PATCH != 0
        || Math.max(shape[2], shape[3]) > most) {
      throw new IllegalArgumentException(
          "a latent of %s x %s, expected an even height and width of at most %s"
              .formatted(shape[2], shape[3], most));
    }
    return program
        .call("predict")
        .tensor(input.latents())
        .tensor(input.sigmas())
        .tensor(input.context())
        .tensor(input.added().vector())
        .tensors(dict.get())
        .integer(config.heads())
        .integers(blocks(input.skipped()))
        .run(scope);
  }

  /** Returns the indices of the blocks that run. */
  private long[] blocks(List<Integer> skipped) {
    return IntStream.range(0, config.layers())
        .filter(block -> !skipped.contains(block))
        .asLongStream()
        .toArray();
  }
}
