package dev.sdlora.families.network;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import dev.sdlora.api.image.Tiling;
import dev.sdlora.tensors.natives.Processor;
import dev.sdlora.tensors.torch.Program;
import dev.sdlora.tensors.torch.ScalarType;
import dev.sdlora.tensors.torch.TensorDict;
import dev.sdlora.tensors.torch.Torch;
import dev.sdlora.tensors.weights.LiveWeights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The noise predictor of latent diffusion (Rombach et al. 2022). */
public final class UNet implements AdaptableNetwork {
  /** The TorchScript source of its methods. */
  public static final List<Program.Source> METHODS =
      Program.Source.beside(UNet.class, "unet.torchscript.py");

  private static final List<Program.Source> FURTHER =
      Program.Source.beside(
          UNet.class,
          "layers.torchscript.py",
          "token_merging.torchscript.py",
          "hypernetworks.torchscript.py",
          "transformer.torchscript.py",
          "unet_parts.torchscript.py");

  /** The TorchScript source of the functions that its methods call. */
  public static final List<Program.Source> FUNCTIONS =
      functions("products.torchscript.py", "attention.torchscript.py");

  /** Suffix of the weights that compute the keys of a text. */
  private static final String KEYS = ".to_k.weight";

  private final Program program;
  private final UNetConfig config;
  private final LiveWeights weights;
  private final Supplier<TensorDict> dict;
  private final Tiling tiling;
  private final double merged;
  private final int mergingLevels;
  private final Optional<TextKeys> texts;

  /** Creates a U-Net; the weights are not closed with it. */
  public UNet(Torch torch, UNetConfig config, LiveWeights weights) {
    this(
        Program.load(torch, METHODS, functionsOver(weights)),
        config,
        weights,
        weights::dict,
        Tiling.NONE,
        0,
        0,
        Optional.empty());
  }

  private UNet(
      Program program,
      UNetConfig config,
      LiveWeights weights,
      Supplier<TensorDict> dict,
      Tiling tiling,
      double merged,
      int mergingLevels,
      Optional<TextKeys> texts) {
    this.program = program;
    this.config = config;
    this.weights = weights;
    this.dict = dict;
    this.tiling = tiling;
    this.merged = merged;
    this.mergingLevels = mergingLevels;
    this.texts = texts;
  }

  private static List<Program.Source> functionsOver(LiveWeights weights) {
    return Program.Source.join(List.of(operations(weights), FURTHER));
  }

  /**
   * Selects the sources of linear layers, convolutions and attention for the weights of a network
   * and the processor.
   */
  public static List<Program.Source> operations(LiveWeights weights) {
    boolean byProducts =
        weights.isPacked()
            && weights.type() == ScalarType.BFLOAT16
            && Processor.hasBfloat16()
            && !Processor.hasAmx();
    return Program.Source.join(
        List.of(
            Program.Source.beside(
                UNet.class,
                products(weights),
                byProducts ? "matrix_attention.torchscript.py" : "attention.torchscript.py",
                "layers.torchscript.py"),
            WeightReading.of(weights)));
  }

  /** Returns the source of linear layers and convolutions for the weights of a network. */
  public static String products(LiveWeights weights) {
    if (weights.isRounded()) {
      return "int8_products.torchscript.py";
    }
    return weights.isPacked() ? "packed_products.torchscript.py" : "products.torchscript.py";
  }

  private static List<Program.Source> functions(String products, String attention) {
    return functions(products, Program.Source.beside(UNet.class, attention));
  }

  /**
   * Returns the functions that its methods call, with a custom attention.
   *
   * @param attention the source of {@code attend}
   */
  public static List<Program.Source> functions(List<Program.Source> attention) {
    return functions("products.torchscript.py", attention);
  }

  private static List<Program.Source> functions(String products, List<Program.Source> attention) {
    return Program.Source.join(
        List.of(
            Program.Source.beside(UNet.class, products), WeightReading.PLAIN, attention, FURTHER));
  }

  @Override
  public UNet reading(Supplier<TensorDict> other) {
    return new UNet(program, config, weights, other, tiling, merged, mergingLevels, texts);
  }

  /** Returns the same U-Net with wrap-around padding at some edges, for tileable images. */
  public UNet tiling(Tiling edges) {
    return new UNet(program, config, weights, dict, edges, merged, mergingLevels, texts);
  }

  /**
   * Returns the same U-Net with token merging in its self-attention (Bolya and Hoffman 2023, "Token
   * Merging for Fast Stable Diffusion").
   *
   * @param share fraction of the tokens to merge, 0 for none; values above three quarters have no
   *     further effect
   * @param maxDownsample merge at levels down to this reduction of the latent: 1, 2, 4, 8. SDXL has
   *     no attention at 1
   */
  public UNet mergingTokens(double share, int maxDownsample) {
    int levels = 1 + Integer.numberOfTrailingZeros(maxDownsample);
    return new UNet(program, config, weights, dict, tiling, share, levels, texts);
  }

  /**
   * Returns the same U-Net with cached keys and values of texts.
   *
   * @param keys the cache; the weights must not change while it is used
   */
  public UNet remembering(TextKeys keys) {
    return new UNet(
        program, config, weights, dict, tiling, merged, mergingLevels, Optional.of(keys));
  }

  /** The dimensions of the U-Net. */
  public UNetConfig config() {
    return config;
  }

  @Override
  public LiveWeights weights() {
    return weights;
  }

  /**
   * The inputs of a model call.
   *
   * @param latents float32 [batch, channels, height / 8, width / 8], at unit variance
   * @param times float32 [batch], training timesteps from 0 to 999, fractions allowed
   * @param context float32 [batch, tokens, context width]
   * @param added conditions in addition to the text
   * @param residuals outputs of other networks to add
   */
  public record Input(
      NDArray latents, NDArray times, NDArray context, AddedConditions added, Residuals residuals) {
    /** Returns a copy with other residuals. */
    public Input with(Residuals others) {
      return new Input(latents, times, context, added, others);
    }
  }

  /**
   * Predicts the noise in latents, for a network with timestep and text only, without residuals.
   */
  public NDArray predict(NDArray latents, NDArray times, NDArray context, NDManager scope) {
    return predict(latents, times, context, Residuals.NONE, scope);
  }

  /** Predicts the noise in latents, for a network with timestep and text only. */
  public NDArray predict(
      NDArray latents, NDArray times, NDArray context, Residuals residuals, NDManager scope) {
    int rows = (int) latents.getShape().get(0);
    AddedConditions none = AddedConditions.none(rows, scope);
    return predict(new Input(latents, times, context, none, residuals), scope);
  }

  /**
   * Predicts the noise in latents.
   *
   * @param scope the manager that will own the result
   * @return float32, the shape of the latents
   */
  public NDArray predict(Input input, NDManager scope) {
    return call(input, -1, List.of(), scope).get(0);
  }

  /**
   * A prediction and inner features, for {@link #predictOutside}.
   *
   * @param predicted the prediction
   * @param features in the weights' dtype, one member for each row, on the prediction's manager
   */
  public record Keeping(NDArray predicted, NDArray features) {}

  /**
   * Predicts as {@link #predict(Input, NDManager)} does, and also returns the input of the decoder
   * block to which a branch leads.
   *
   * @param branch the skip connection from the encoder to the decoder, from 0, the shallowest, to
   *     {@link UNetConfig#branches()} - 1
   */
  public Keeping predictKeeping(Input input, int branch, NDManager scope) {
    List<NDArray> results = call(input, branch, List.of(), scope);
    return new Keeping(results.get(0), results.get(1));
  }

  /**
   * Runs only the layers outside the cached features (Ma et al. 2024, "DeepCache: Accelerating
   * Diffusion Models for Free").
   *
   * @param input with residuals for the outputs up to the branch only
   * @param branch the skip connection of the cached features
   * @param features the features of the rows, in any number of parts
   */
  public NDArray predictOutside(Input input, int branch, List<NDArray> features, NDManager scope) {
    return call(input, branch, features, scope).get(0);
  }

  private List<NDArray> call(Input input, int branch, List<NDArray> features, NDManager scope) {
    NDArray context =
        input
            .added()
            .regions()
            .map(more -> behind(input.context(), more, scope))
            .orElse(input.context());
    Map<String, NDArray> keys =
        texts.map(known -> known.of(context, owner -> keys(context, owner))).orElse(Map.of());
    try (TensorDict known = TensorDict.of(input.added().images().with(keys))) {
      return program
          .call("predict_keeping")
          .tensor(input.latents())
          .tensor(input.times())
          .tensor(context)
          .tensor(input.added().vector())
          .tensor(input.added().guidance())
          .tensors(dict.get())
          .integers(config.headCounts())
          .integer(Edges.code(tiling))
          .list(input.residuals().blocks().toArray(NDArray[]::new))
          .list(input.residuals().levels().toArray(NDArray[]::new))
          .number(merged)
          .integer(mergingLevels)
          .integer(branch)
          .list(features.toArray(NDArray[]::new))
          .integer(1)
          .tensors(known)
          .runForList(scope);
    }
  }

  /** Concatenates the text outside regions and the texts of the regions. */
  private static NDArray behind(NDArray text, NDArray regions, NDManager scope) {
    NDArray all = NDArrays.concat(new NDList(text, regions), 1);
    all.attach(scope);
    return all;
  }

  /** Computes the keys and values of a text in all layers that read it. */
  private Map<String, NDArray> keys(NDArray context, NDManager owner) {
    Map<String, NDArray> keys = new LinkedHashMap<>();
    for (String name : config.weights().keySet()) {
      if (name.endsWith(".attn2" + KEYS)) {
        String layer = name.substring(0, name.length() - KEYS.length());
        List<NDArray> both =
            program.call("text").tensor(context).tensors(dict.get()).text(layer).runForList(owner);
        keys.put(layer + ".keys", both.get(0));
        keys.put(layer + ".values", both.get(1));
      }
    }
    return keys;
  }
}
