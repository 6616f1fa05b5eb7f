package dev.sdlora.families.flux1;

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

/**
 * FLUX.1's transformer (Black Forest Labs 2024), and those of its kin.
 *
 * <p>FLUX.1 reads all tokens of the context, the pooled text and, unless it is schnell, the
 * guidance scale; {@link DiffusionTransformer.Input#tokens} has no effect. References are behind
 * the image on the first axis of places, as Kontext was trained for one of them. While the weights
 * include those that a control LoRA adds, latents have the channels of a control image behind their
 * own. Chroma reads only the context, each row up to its number of tokens.
 */
final class Flux1Transformer implements DiffusionTransformer {
  /** Functions of its own that gradients can pass through. */
  static final List<Program.Source> PARTS =
      Program.Source.beside(Flux1Transformer.class, "flux1_parts.torchscript.py");

  private final Program program;
  private final Flux1Config config;
  private final LiveWeights weights;
  private final Supplier<TensorDict> dict;

  /** Creates a transformer; the weights are not closed with it. */
  public Flux1Transformer(Torch torch, Flux1Config config, LiveWeights weights) {
    this(
        Program.load(torch, config.modulation().methods(), functions(config, weights)),
        config,
        weights,
        weights::dict);
  }

  private Flux1Transformer(
      Program program, Flux1Config config, LiveWeights weights, Supplier<TensorDict> dict) {
    this.program = program;
    this.config = config;
    this.weights = weights;
    this.dict = dict;
  }

  private static List<Program.Source> functions(Flux1Config config, LiveWeights weights) {
    return Program.Source.join(
        List.of(
            TransformerPrograms.fluxBlocks(weights),
            Program.Source.beside(
                Flux1Transformer.class,
                weights.isPacked()
                    ? "flux1_packed_products.torchscript.py"
                    : "flux1_products.torchscript.py"),
            PARTS,
            config.modulation().functions()));
  }

  @Override
  public Flux1Transformer reading(Supplier<TensorDict> other) {
    return new Flux1Transformer(program, config, weights, other);
  }

  /** The dimensions of the transformer. */
  public Flux1Config config() {
    return config;
  }

  @Override
  public LiveWeights weights() {
    return weights;
  }

  /**
   * {@inheritDoc}
   *
   * @param input latents of even height and width; with the pooled text for FLUX.1, and with the
   *     guidance scale as it is if the network reads it
   * @throws IllegalArgumentException if sides are odd, or Chroma's numbers of tokens are outside
   *     their range
   */
  @Override
  public NDArray predict(Input input, NDManager scope) {
    long[] shape = input.latents().getShape().getShape();
    if (shape[2] % Flux1Config.PATCH != 0 || shape[3] % Flux1Config.PATCH != 0) {
      throw new IllegalArgumentException(
          "a latent of %s x %s, expected an even height and width".formatted(shape[2], shape[3]));
    }
    long most = input.context().getShape().get(1);
    if (config.modulation().countsTokens()
        && (input.tokens().size() != shape[0]
            || input.tokens().stream().anyMatch(n -> n < 1 || n > most))) {
      throw new IllegalArgumentException(
          "%s text tokens for a batch of %s, expected a number from 1 to %s for each row"
              .formatted(input.tokens(), shape[0], most));
    }
    return program
        .call("predict")
        .tensor(input.latents())
        .tensor(input.sigmas())
        .tensor(input.context())
        .integers(input.tokens().stream().mapToLong(Integer::longValue).toArray())
        .tensor(input.added().vector())
        .tensor(input.added().guidance())
        .list(input.references().toArray(NDArray[]::new))
        .tensors(dict.get())
        .integer(config.heads())
        .integers(config.doubleBlocks(), config.singleBlocks())
        .integers(config.axes().stream().mapToLong(Integer::longValue).toArray())
        .number(config.theta())
        .run(scope);
  }
}
