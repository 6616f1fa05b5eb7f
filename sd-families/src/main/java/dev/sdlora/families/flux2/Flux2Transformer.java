package dev.sdlora.families.flux2;

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
 * FLUX.2's transformer (Black Forest Labs 2025), without the guidance embedding of the dev model.
 * All tokens of the context are read, so {@link DiffusionTransformer.Input#tokens} has no effect.
 * References are read at the sigma of the image, as in training.
 */
final class Flux2Transformer implements DiffusionTransformer {
  /** The TorchScript source of its method. */
  public static final List<Program.Source> METHODS =
      Program.Source.beside(Flux2Transformer.class, "flux2.torchscript.py");

  /** Functions of its own that gradients can pass through. */
  static final List<Program.Source> PARTS =
      Program.Source.beside(Flux2Transformer.class, "flux2_time.torchscript.py");

  private final Program program;
  private final Flux2Config config;
  private final LiveWeights weights;
  private final Supplier<TensorDict> dict;

  /** Creates a transformer; the weights are not closed with it. */
  public Flux2Transformer(Torch torch, Flux2Config config, LiveWeights weights) {
    this(Program.load(torch, METHODS, functions(weights)), config, weights, weights::dict);
  }

  private Flux2Transformer(
      Program program, Flux2Config config, LiveWeights weights, Supplier<TensorDict> dict) {
    this.program = program;
    this.config = config;
    this.weights = weights;
    this.dict = dict;
  }

  private static List<Program.Source> functions(LiveWeights weights) {
    String plain =
        weights.isPacked()
            ? "flux2_packed_products.torchscript.py"
            : "flux2_products.torchscript.py";
    String products = weights.isRounded() ? "flux2_int8_products.torchscript.py" : plain;
    return Program.Source.join(
        List.of(
            TransformerPrograms.fluxBlocks(weights),
            Program.Source.beside(Flux2Transformer.class, products),
            PARTS));
  }

  @Override
  public Flux2Transformer reading(Supplier<TensorDict> other) {
    return new Flux2Transformer(program, config, weights, other);
  }

  /** The dimensions of the transformer. */
  public Flux2Config config() {
    return config;
  }

  @Override
  public LiveWeights weights() {
    return weights;
  }

  @Override
  public NDArray predict(Input input, NDManager scope) {
    return program
        .call("predict")
        .tensor(input.latents())
        .tensor(input.sigmas())
        .tensor(input.context())
        .list(input.references().toArray(NDArray[]::new))
        .tensors(dict.get())
        .integer(config.heads())
        .integers(config.doubleBlocks(), config.singleBlocks())
        .integers(config.axes().stream().mapToLong(Integer::longValue).toArray())
        .number(config.theta())
        .run(scope);
  }
}
